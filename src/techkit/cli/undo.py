"""techkit undo: put back what a fix has changed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import typer

from techkit.cli import IO, USAGE, Stop, options
from techkit.cli.desk import TerminalDesk, sentence
from techkit.cli.speech import say, write

if TYPE_CHECKING:
    from techkit.remedy import journal

Run = Annotated[str, typer.Argument(metavar="RUN", help=say("help.undo_run"))]
List = Annotated[bool, typer.Option("--list", help=say("fix.help_list"))]


def command(
    run: Run = "",
    listed: List = False,
    guard: Annotated[int, typer.Option("--guard", hidden=True)] = 0,
    lang: options.Lang = "",  # noqa: ARG001 - read before anything is said
) -> int:
    from techkit import store
    from techkit.remedy import journal, plan
    from techkit.remedy.guard import watch
    from techkit.remedy.undo import undo

    folder = store.journals()
    if run and not re.fullmatch(r"[1-9]\d{0,8}(\.[1-9]\d{0,8})?", run, re.ASCII):
        raise Stop(USAGE, say("fix.no_run", number=run))
    try:
        if listed:
            _list(journal.stories(folder))
            return 0
        if guard:
            watch(folder, TerminalDesk(), run, guard)
            return 0
        return 0 if undo(folder, TerminalDesk(), run) else 1
    except plan.WishError as error:
        raise Stop(USAGE, say("fix.no_run", number=str(error))) from error
    except journal.BusyError as error:
        raise Stop(IO, say("fix.busy")) from error
    except journal.JournalError as error:
        raise Stop(IO, say("fix.journal_failed", error=str(error))) from error


def _list(stories: list[journal.Story]) -> None:
    """The runs that changed something and have not been put back, the newest first."""
    from datetime import datetime

    import msgspec

    from techkit.cli.speech import words
    from techkit.remedy.actions import Shown

    standing = [story for story in reversed(stories) if story.standing]
    if not standing:
        write(say("fix.undo_nothing"))
    for story in standing:
        moment = words().write(datetime.fromisoformat(story.began).timestamp(), "datetime") if story.began else ""
        write(f"{story.number:4}  {moment}")
        for entry in story.standing:
            write(f"      {story.number}.{entry.number}  {entry.code}: {entry.remedy}")
            for shown in msgspec.convert(entry.shown, tuple[Shown, ...]):
                write(f"        {sentence(shown)}")
