"""techkit fix: show what techkit can fix, ask, do it and verify it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from techkit.cli import IO, USAGE, Stop, options
from techkit.cli.desk import TerminalDesk
from techkit.cli.live import watching
from techkit.cli.speech import say, words, write

if TYPE_CHECKING:
    from techkit.config import Settings
    from techkit.remedy import plan
    from techkit.remedy.done import Done

Codes = Annotated[list[str] | None, typer.Argument(metavar="CODE", help=say("help.fix_code"))]
Dry = Annotated[bool, typer.Option("--dry-run", help=say("help.dry_run"))]
Yes = Annotated[bool, typer.Option("--yes", help=say("help.yes"))]
Risk = Annotated[str, typer.Option("--risk", metavar="RISK", help=say("help.risk"))]
Part = Annotated[list[str] | None, typer.Option("--part", hidden=True)]
Remedy = Annotated[str, typer.Option("--remedy", metavar="ID", help=say("help.remedy"))]


def command(
    codes: Codes = None,
    dry: Dry = False,
    yes: Yes = False,
    risk: Risk = "low",
    remedy: Remedy = "",
    part: Part = None,
    lang: options.Lang = "",  # noqa: ARG001 - read before anything is said
    config: options.Config = "",
    reader: Annotated[str, typer.Option("--for", hidden=True)] = "specialist",
) -> int:
    from techkit.config import load
    from techkit.remedy import plan

    settings = load(config)
    known(tuple(codes or ()), settings.packs)
    parts = tuple(_part(text) for text in part or ())
    try:
        wishes = plan.Wishes(tuple(codes or ()), risk, remedy, parts)
    except plan.WishError as error:
        raise Stop(USAGE, say("fix.no_wish", word=str(error))) from error
    desk = TerminalDesk(yes=yes, dry=dry, reader=reader)
    done = run_fix(settings, wishes, desk, dry=dry)
    if done.refused and not dry and not parts:
        return as_administrator(done, desk, risk, config)
    return done.remaining


def run_fix(settings: Settings, wishes: plan.Wishes, desk: TerminalDesk, *, dry: bool = False) -> Done:
    """Run a whole fix, and say how to undo it."""
    from techkit import store
    from techkit.remedy import journal, plan, runner

    try:
        done = runner.fix(
            settings,
            wishes,
            desk,
            folder=store.journals(),
            dry=dry,
            mutes=store.mutes(),
            watching=lambda: watching(wanted=True),
        )
    except plan.WishError as error:
        raise Stop(USAGE, say("fix.no_wish", word=str(error))) from error
    except journal.BusyError as error:
        raise Stop(IO, say("fix.busy")) from error
    except journal.LostError as error:
        raise Stop(IO, say("fix.journal_lost", error=str(error))) from error
    except journal.JournalError as error:
        raise Stop(IO, say("fix.journal_failed", error=str(error))) from error
    kept = [one for one in done.attempts if one.outcome in {"cleared", "better", "later"}]
    if done.run and any(one.undoable for one in kept):
        wholly = all(one.wholly for one in kept)
        write(say("fix.how_to_undo" if wholly else "fix.how_to_undo_partly", number=done.run))
    return done


def _part(text: str) -> plan.Part:
    """One remedy, as the unelevated process names it for the elevated one."""
    from techkit.remedy import elevation

    try:
        return elevation.told(text)
    except ValueError as error:
        raise Stop(USAGE, say("fix.no_wish", word=text)) from error


def as_administrator(done: Done, desk: TerminalDesk, risk: str = "low", config: str = "") -> int:
    """Run what was refused in an elevated process, if somebody can consent to it."""
    from techkit.remedy import elevation

    if not elevation.possible() or not desk.agree():
        return done.remaining
    words_ = ["--risk", risk, "--lang", words().language, *(["--config", config] if config else [])]
    code = elevation.run(elevation.command(done.refused, *words_))
    if code is None:
        write(say("fix.no_consent"))
        return done.remaining
    return code


def known(codes: tuple[str, ...], packs: tuple[str, ...]) -> None:
    """Stop and name the nearest codes if one has no page."""
    import difflib

    from techkit import catalogue, registry

    pages = list(catalogue.Catalogue(registry.roots(packs)).codes()) if codes else []
    for code in codes:
        if code not in pages:
            near = difflib.get_close_matches(code, pages, 3, 0.5)
            hint = f" {say('error.near', names=tuple(near))}" if near else ""
            raise Stop(USAGE, say("error.no_page", code=code) + hint)
