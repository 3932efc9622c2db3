"""Reports: every format draws the same `View` of an incident; `render` chooses the format.

A module of this package named after a format offers `render(view, incident) -> str`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from techkit.report.view import view
from techkit.words import NAME

if TYPE_CHECKING:
    from techkit.model import Incident

FORMATS = ("terminal", "markdown", "html", "json")
ENDINGS = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".json": "json",
    ".txt": "terminal",
}


def render(incident: Incident, form: str, language: str, reader: str, program: str = NAME) -> str:
    """The incident as text of a format, in a language, for the user or the specialist."""
    module: Any = import_module(f"techkit.report.{form}")
    return str(module.render(view(incident, language, reader, program), incident))
