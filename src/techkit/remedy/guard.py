"""A second process that undoes network changes if ours is cut off, when nobody could connect to do it."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from techkit.remedy import elevation, journal
from techkit.remedy.signals import undisturbed
from techkit.remedy.undo import backwards, undo

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from techkit.remedy.person import Desk


def command(run: int, first: int) -> list[str]:
    """The command of the second process: the run, and the first change that it guards."""
    return [*elevation.ours(), "undo", str(run), "--guard", str(first)]


@contextlib.contextmanager
def guarded(run: int, first: int) -> Iterator[None]:
    """While the block runs, the end of our process triggers the undo; without a second process there is no guard."""
    apart: dict[str, Any] = {"creationflags": 0x208} if os.name == "nt" else {"start_new_session": True}
    process = None
    with contextlib.suppress(OSError):
        process = subprocess.Popen(
            command(run, first), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **apart
        )
    try:
        yield
    finally:
        if process:
            process.kill()
            process.communicate()


def watch(folder: Path, desk: Desk, run: str, first: int) -> None:
    """Wait for the end of the parent, then undo what its run has changed from the `first` change on."""
    with undisturbed():
        sys.stdin.buffer.read()  # ends when the parent ends; a parent that is done kills us
        for story in journal.stories(folder):
            if str(story.number) == run:
                mine = [entry for entry in story.entries if entry.number >= first and not entry.settled]
                for entry in backwards(mine, lambda one: one.before):
                    undo(folder, desk, f"{run}.{entry.number}")
