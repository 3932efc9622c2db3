"""Leftovers of earlier runs: one that was cut off, and remedies that waited for a restart."""

from __future__ import annotations

import contextlib
from datetime import datetime
from typing import TYPE_CHECKING

from techkit.remedy import journal
from techkit.remedy.actions import Shown
from techkit.remedy.undo import undo
from techkit.remedy.verify import CLEARED, SAME, check_of, stands

if TYPE_CHECKING:
    from pathlib import Path

    from techkit.remedy.look import Look
    from techkit.remedy.person import Desk


def tell(folder: Path, desk: Desk, look: Look, *, dry: bool) -> None:
    """Name a run that was cut off, and offer to undo it; nothing if one is still running."""
    half: list[int] = []
    try:
        with journal.alone(folder) if folder.is_dir() else contextlib.nullcontext():
            for story in journal.stories(folder):
                if not story.ended and story.standing:
                    desk.tell(Shown("fix.undo_half", {"what": str(story.number)}))
                    half.append(story.number)
                if story.unverified and not dry:
                    _verify(story, folder, desk, look)
    except (journal.BusyError, journal.JournalError):
        return  # whoever changes something will be told
    for number in reversed(half):
        if not dry and desk.put_back(number):
            undo(folder, desk, str(number))


def _verify(story: journal.Story, folder: Path, desk: Desk, look: Look) -> None:
    """Look at what waited for a restart, once there was one."""
    for told in story.unverified:
        found, host = look.only(check_of(told["code"]))
        if host.psutil("boot_time") < datetime.fromisoformat(told["at"]).timestamp():
            continue
        outcome = SAME if stands(found, told["code"], told["subject"]) else CLEARED
        book = journal.resume(folder, story.number)
        book.write("verified", code=told["code"], subject=told["subject"], outcome=outcome)
        book.close()
        key = "fix.worked_later" if outcome == CLEARED else "fix.not_worked_later"
        desk.tell(Shown(key, {"id": told["remedy"], "code": told["code"]}))
