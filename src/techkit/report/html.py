"""The report as one self-contained HTML file: no scripts, nothing loaded from anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

from techkit.report.terminal import SIGNS

if TYPE_CHECKING:
    from techkit.model import Incident
    from techkit.report.view import View


def environment(*, autoescape: bool) -> Environment:
    """The Jinja environment of our templates."""
    made = Environment(
        loader=PackageLoader("techkit.report"),
        autoescape=autoescape,  # noqa: S701 - Markdown escapes in its own way
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["signs"] = SIGNS
    return made


def render(view: View, incident: Incident) -> str:  # noqa: ARG001 - every format is called alike
    """One HTML document."""
    return environment(autoescape=True).get_template("report.html").render(view=view, l=view.labels) + "\n"
