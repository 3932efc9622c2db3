"""techkit new: everything that a new check or page needs, ready to be filled in."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

import typer

from techkit.cli import IO, USAGE, Stop, options
from techkit.cli.speech import say
from techkit.cli.speech import words as words_

Kind = Annotated[Literal["check", "page"], typer.Argument(metavar="KIND", help=say("help.new_kind"))]
Name = Annotated[str, typer.Argument(metavar="NAME", help=say("help.new_name"))]
Folder = Annotated[Path, typer.Option("--in", metavar="FOLDER", help=say("help.new_in"))]


def command(
    kind: Kind,
    name: Name,
    folder: Folder = Path(),
    lang: options.Lang = "",  # noqa: ARG001 - read before anything is said
) -> int:
    from techkit import scaffold

    parts = 2 if kind == "check" else 3
    words = name.split(".")
    if len(words) != parts or not all(re.fullmatch(r"[a-z][a-z0-9_]*", word) for word in words):
        raise Stop(USAGE, say("new.name", name=name))
    try:
        made = scaffold.check(folder, name) if kind == "check" else scaffold.page(folder, name)
    except FileExistsError as error:
        raise Stop(USAGE, say("new.exists", file=error.filename)) from error
    except OSError as error:
        raise Stop(IO, say("error.cannot_write", file=folder, why=words_().reason(error))) from error
    for file in made:
        print(say("new.made", file=file))
    return 0
