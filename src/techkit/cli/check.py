"""techkit check: the main job."""

from __future__ import annotations

import difflib
from typing import Annotated

import typer

from techkit.cli import INTERRUPTED, USAGE, Stop, options
from techkit.cli.deliver import deliver, get_ready, muted
from techkit.cli.live import watching
from techkit.cli.speech import say

What = Annotated[list[str] | None, typer.Argument(metavar="WHAT", help=say("help.check_what"))]


def command(
    what: What = None,
    deep: options.Deep = False,
    form: options.Format = "",
    output: options.Output = None,
    names: options.Names = False,
    reader: options.Reader = "specialist",
    tape: options.Tape = None,
    lang: options.Lang = "",  # noqa: ARG001 - read before anything is said
    config: options.Config = "",
    quiet: options.Quiet = False,
) -> int:
    from techkit.config import load
    from techkit.diagnose import diagnose

    settings = load(config)
    wanted = tuple(what or ())
    understood(wanted, settings.packs)
    get_ready(form, output)
    with watching(wanted=not quiet and form in {"", "terminal"}) as watch:
        found = diagnose(settings, wanted, deep=deep, tape=tape, mutes=muted(), watch=watch).incident
    deliver(found, form=form, output=output, names=names, reader=reader, quiet=quiet)
    return found.exit_code if found.complete else INTERRUPTED


def understood(wanted: tuple[str, ...], packs: tuple[str, ...]) -> None:
    """Stop and name the nearest words if one means nothing."""
    from techkit import registry

    registry.roots(packs)
    for word in wanted:
        try:
            registry.select((word,), packs)
        except registry.RegistryError as error:
            known = [
                *registry.names(packs),
                *registry.symptoms(packs),
                *{n.partition(".")[0] for n in registry.names(packs)},
            ]
            near = difflib.get_close_matches(word, known, 3, 0.5)
            hint = f" {say('error.near', names=tuple(near))}" if near else ""
            raise Stop(USAGE, say("error.unknown_check", word=word) + hint) from error
