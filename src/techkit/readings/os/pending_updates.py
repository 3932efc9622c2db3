"""Pending updates of Windows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techkit.model import Record

if TYPE_CHECKING:
    from techkit.host import Host

DEFINITIONS = "e0789628-ce08-4437-be74-2495b842f43b"
"""The category of antivirus signatures, the update agent's DefinitionUpdates, which come several times a day."""
GRAVE = {"critical", "important"}
"""MsrcSeverity of vulnerabilities that are exploited."""


class Update(Record, frozen=True):
    """One update; `age` in seconds since its release."""

    title: str
    article: str = ""
    grave: bool = False
    age: float | None = None


def updates(host: Host) -> tuple[Update, ...]:
    """Ask the update agent; antivirus.signatures covers signatures."""
    now = host.now()
    return tuple(
        Update(
            str(row["title"]),
            next((f"KB{number}" for number in row["articles"]), ""),
            str(row["severity"]).lower() in GRAVE,
            max(0.0, now - row["released"]) if row["released"] else None,
        )
        for row in host.waiting_updates()
        if DEFINITIONS not in row["categories"]
    )
