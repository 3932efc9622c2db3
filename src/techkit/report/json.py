"""The incident as JSON, with the words of one language added to its causes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from techkit.model import Incident
    from techkit.report.view import CauseView, View

SPOKEN = ("title", "why", "evidence", "again")


def render(view: View, incident: Incident) -> str:
    """One JSON object; `techkit report` reads it again."""
    document: dict[str, Any] = msgspec.to_builtins(incident)
    for cause, spoken in zip(document["causes"], view.causes, strict=True):
        cause.update(_words(spoken))
        cause["remedies"] = [
            {
                "id": remedy.id,
                "title": remedy.title,
                "risk": remedy.risk,
                "admin": remedy.admin,
                "undoable": remedy.undoable,
                "automatic": remedy.automatic,
                "steps": remedy.steps,
                "done": remedy.done,
            }
            for remedy in spoken.remedies
        ]
        for consequence, told in zip(cause["consequences"], spoken.consequences, strict=True):
            consequence["title"] = told.title
    document |= {"language": view.language, "verdict": view.verdict, "summary": view.summary, "chat": view.chat}
    return msgspec.json.format(msgspec.json.encode(document), indent=1).decode() + "\n"


def _words(cause: CauseView) -> dict[str, str]:
    return {name: getattr(cause, name) for name in SPOKEN}
