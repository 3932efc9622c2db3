"""file."""

from __future__ import annotations

from techkit.model import Record

UNDOABLE = True


class Action(Record, frozen=True):
    """What a step tells it."""

    path: str
    remove_lines: str = ""
    comment_lines: str = ""
    append_lines: str = ""
    mode: str = ""
