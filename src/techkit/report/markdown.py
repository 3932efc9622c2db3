"""The report as Markdown, for tickets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from techkit.report.html import environment

if TYPE_CHECKING:
    from techkit.model import Incident
    from techkit.report.view import View

TICKS = re.compile(r"`+")
SPECIAL = re.compile(r"([\\`*_\[\]<>#|~&])")


class Span(str):
    """Markdown already."""

    __slots__ = ()


def escape(text: object) -> str:
    """Text escaped for Markdown: no markup, no HTML, no line breaks."""
    return text if isinstance(text, Span) else SPECIAL.sub(r"\\\1", str(text)).replace("\n", " ")


def code(text: str) -> Span:
    """A code span whose fence is longer than any run of backticks within."""
    fence = "`" * (max(map(len, TICKS.findall(text)), default=0) + 1)
    edge = " " if len(fence) > 1 else ""
    line = text.replace("\n", " ")
    return Span(f"{fence}{edge}{line}{edge}{fence}")


def render(view: View, incident: Incident) -> str:  # noqa: ARG001 - every format is called alike
    """One Markdown document."""
    made = environment(autoescape=False)
    made.filters["e"] = escape
    made.filters["code"] = code
    made.finalize = escape
    return made.get_template("report.md").render(view=view, l=view.labels) + "\n"
