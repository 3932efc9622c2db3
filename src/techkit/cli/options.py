"""Options that several commands share, and their validation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from techkit.cli import USAGE, Stop
from techkit.cli.speech import say
from techkit.report import ENDINGS, FORMATS
from techkit.report.view import READERS
from techkit.words import LANGUAGES


def _language(asked: str) -> str:
    if asked and asked not in LANGUAGES:
        raise Stop(USAGE, say("error.language", word=asked))
    return asked


def _format(asked: str) -> str:
    if asked and asked not in FORMATS:
        raise Stop(USAGE, say("error.format", word=asked, choices=FORMATS))
    return asked


def _reader(asked: str) -> str:
    if asked not in READERS:
        raise Stop(USAGE, say("error.reader", word=asked))
    return asked


Lang = Annotated[str, typer.Option("--lang", metavar="LANG", help=say("help.lang"), callback=_language)]
Config = Annotated[str, typer.Option("--config", metavar="FILE", help=say("help.config"))]
Quiet = Annotated[bool, typer.Option("--quiet", help=say("help.quiet"))]
Deep = Annotated[bool, typer.Option("--deep", help=say("help.deep"))]
Format = Annotated[str, typer.Option("--format", metavar="FORMAT", help=say("help.format"), callback=_format)]
Output = Annotated[Path | None, typer.Option("--output", metavar="FILE", help=say("help.output"))]
Names = Annotated[bool, typer.Option("--names", help=say("help.names"))]
Reader = Annotated[str, typer.Option("--for", metavar="READER", help=say("help.for"), callback=_reader)]
Tape = Annotated[Path | None, typer.Option("--tape", metavar="FILE", help=say("help.tape"))]


def form_of(form: str, output: Path | None) -> str:
    """The format asked for, else the one of the file's extension; plain text without one."""
    ending = output.suffix.lower() if output else ""
    if form or not ending:
        return form or "terminal"
    if ending not in ENDINGS:
        raise Stop(USAGE, say("error.ending", word=ending, choices=tuple(ENDINGS)))
    return ENDINGS[ending]
