"""The report as Markdown: for a ticket that understands it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from techkit.report.html import environment

if TYPE_CHECKING:
    from techkit.model import Incident
    from techkit.report.view import View

SPECIAL = re.compile(r"([\\`*_\[\]<>#|~&])")


def escape(text: object) -> str:
    """Text that Markdown shows as it is: no markup, no HTML, no line of its own."""
    return SPECIAL.sub(r"\\\1", str(text)).replace("\n", " ")


def render(view: View, incident: Incident) -> str:  # noqa: ARG001 - every format is called alike
    """One Markdown document."""
    made = environment(autoescape=False)
    made.filters["e"] = escape
    made.finalize = escape
    return made.get_template("report.md").render(view=view, l=view.labels) + "\n"
