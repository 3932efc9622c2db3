"""techkit list: what is checked, and what people say."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from techkit.cli import USAGE, Stop, options
from techkit.cli.speech import area, say, words

if TYPE_CHECKING:
    from collections.abc import Iterable

Verify = Annotated[Path | None, typer.Option("--verify", metavar="FOLDER", help=say("help.verify"))]


def command(
    verify: Verify = None,
    lang: options.Lang = "",  # noqa: ARG001 - read before anything is said
    config: options.Config = "",
) -> int:
    from techkit import registry
    from techkit.config import load

    if verify is not None:
        return _verify(verify)
    packs = load(config).packs
    language = words().language
    for place, names in groupby(registry.names(packs), key=lambda name: name.partition(".")[0]):
        print(area(place))
        _table((name, registry.title(name, packs)[language], registry.load(name, packs).cost) for name in names)
        print()
    print(say("list.symptoms"))
    _table((name, symptom.title[language], "quick") for name, symptom in registry.symptoms(packs).items())
    return 0


def _table(rows: Iterable[tuple[str, str, str]]) -> None:
    from rich.table import Table
    from rich.text import Text

    from techkit.report.terminal import Screen

    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for name, title, cost in rows:
        grid.add_row(Text(f"  {name}"), Text(title if cost == "quick" else f"{title} ({say('list.slow')})"))
    Screen().print(grid)


def _verify(folder: Path) -> int:
    from techkit.completeness import count, problems

    if not (folder / "checks").is_dir():
        raise Stop(USAGE, say("error.no_checks", folder=folder))
    found = list(problems(folder))
    for problem in found:
        print(say("list.problem", where=problem.where, what=problem.what))
    if found:
        raise Stop(USAGE)
    print(say("list.verified", count=count(folder)))
    return 0
