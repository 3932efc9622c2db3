"""techkit mute: live with a finding until a day, for a reason."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from typing import Annotated

import typer

from techkit.cli import USAGE, Stop, options
from techkit.cli.speech import say, words

Code = Annotated[str, typer.Argument(metavar="CODE", help=say("help.mute_code"))]
Until = Annotated[str, typer.Option("--until", metavar="DATE", help=say("help.until"))]
Why = Annotated[str, typer.Option("--reason", metavar="TEXT", help=say("help.why"))]
Subject = Annotated[str, typer.Option("--subject", metavar="NAME", help=say("help.subject"))]


def command(
    code: Code,
    until: Until,
    reason: Why,
    subject: Subject = "*",
    lang: options.Lang = "",  # noqa: ARG001 - read before anything is said
) -> int:
    from techkit import store
    from techkit.model import Mute

    try:
        last = date.fromisoformat(until)
    except ValueError as error:
        raise Stop(USAGE, say("mute.date", text=until)) from error
    if last < datetime.now(UTC).date():
        raise Stop(USAGE, say("mute.past", text=until))
    if not reason.strip():
        raise Stop(USAGE, say("error.missing_argument", word="--reason"))
    known(code)
    store.mute(Mute(code=code, reason=_text(reason), until=last.isoformat(), subject=_text(subject)))
    moment = datetime(last.year, last.month, last.day, tzinfo=UTC).timestamp()
    print(say("mute.done", code=code, until=words().write(moment, "date")))
    return 0


def _text(word: str) -> str:
    """What was typed, as a check would tell it: bytes that are no text are written out."""
    return os.fsencode(word).decode("utf-8", "backslashreplace")


def known(pattern: str) -> None:
    """Stop with the nearest codes where a pattern means none."""
    from fnmatch import fnmatchcase

    from techkit import catalogue, registry
    from techkit.cli.fix import known as known_code
    from techkit.config import load

    packs = load().packs
    if not any(fnmatchcase(code, pattern) for code in catalogue.Catalogue(registry.roots(packs)).codes()):
        known_code((pattern,), packs)
