"""Undoing one change that did not help, or an earlier run."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import msgspec

from techkit.remedy import actions, journal, plan
from techkit.remedy.actions import ActionError, RefusedError, Shown
from techkit.remedy.signals import undisturbed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from techkit.remedy.person import Desk


def put_back(book: journal.Journal, number: int, change: actions.Change | journal.Entry) -> Shown | None:
    """Undo one change and record the result; None, or the sentence that says why it stayed."""
    why = None
    try:
        event = "undone" if change.undoable else "stays"
        if change.undoable:
            actions.undo(change.kind, change.before, change.after)
    except ActionError as error:
        why = error.shown
        event = "refused" if isinstance(error, RefusedError) else "failed"
    with contextlib.suppress(journal.JournalError):  # it is undone all the same; to undo it again does nothing
        book.write(event, number=number)
    return why


def backwards(changes: Sequence[Any], settings: Callable[[Any], dict[str, Any]]) -> list[Any]:
    """The last first; a service that uses what was changed is restarted after all of it is undone."""
    order = list(reversed(changes))
    order.sort(key=lambda one: bool(settings(one).get("again")))
    return order


def undo(folder: Path, desk: Desk, wanted: str = "") -> bool:
    """Undo a run, last change first: `3`, or one change of it, `3.2`, or the last run that stands.

    Whether all of it is as before. Raises `JournalError`, `BusyError`, and `WishError` for an unknown run.
    """
    run, _, step = wanted.partition(".")
    with contextlib.ExitStack() as stack:
        if folder.is_dir():
            stack.enter_context(journal.alone(folder, lambda: desk.tell(Shown("fix.waits"))))
        stories = journal.stories(folder)
        if run and not any(_meant(story, run, step) for story in stories):
            raise plan.WishError(wanted)
        chosen = [story for story in reversed(stories) if story.standing and run in {"", str(story.number)}]
        entries = [entry for entry in chosen[0].standing if step in {"", str(entry.number)}] if chosen else []
        if not entries:
            desk.tell(Shown("fix.undo_nothing"))
            return True
        book = journal.resume(folder, chosen[0].number)
        stack.callback(book.close)
        whole = True
        with undisturbed():
            for entry in backwards(entries[::-1], lambda entry: entry.before):
                why = put_back(book, entry.number, entry)
                whole = whole and why is None
                if why:
                    desk.tell(why)
                    continue
                desk.tell(Shown("fix.undo_done" if entry.undoable else "fix.stays"))
                for shown in msgspec.convert(entry.shown, tuple[Shown, ...]):
                    desk.tell(shown)
            with contextlib.suppress(journal.JournalError):
                book.write("end")
        return whole


def _meant(story: journal.Story, run: str, step: str) -> bool:
    """Whether a run holds what is to be put back."""
    return str(story.number) == run and (not step or step in {str(entry.number) for entry in story.entries})
