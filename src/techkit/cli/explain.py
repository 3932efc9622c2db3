"""techkit explain: what a code means, without asking the machine."""

from __future__ import annotations

from typing import Annotated

import typer

from techkit.cli import USAGE, Stop, options
from techkit.cli.speech import say, words

Code = Annotated[str, typer.Argument(metavar="CODE", help=say("help.explain_code"))]


def command(
    code: Code,
    lang: options.Lang = "",  # noqa: ARG001 - read before anything is said
    config: options.Config = "",
) -> int:
    from techkit import catalogue, registry
    from techkit.config import load
    from techkit.report.terminal import Screen, explanation

    pages = catalogue.Catalogue(registry.roots(load(config).packs))
    if code not in set(pages.codes()):
        import difflib

        near = difflib.get_close_matches(code, list(pages.codes()), 3, 0.5)
        hint = f" {say('error.near', names=tuple(near))}" if near else ""
        raise Stop(USAGE, say("error.no_page", code=code) + hint)
    Screen().print(explanation(code, pages.page(code), words().language), crop=False)
    return 0
