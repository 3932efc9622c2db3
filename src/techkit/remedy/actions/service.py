"""service."""

from __future__ import annotations

from typing import Literal

from techkit.model import Record

UNDOABLE = True


class Action(Record, frozen=True):
    """What a step tells it."""

    unit: str
    state: Literal["", "running", "stopped", "restarted"] = ""
    startup: Literal["", "automatic", "manual", "disabled"] = ""
