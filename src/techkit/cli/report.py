"""techkit report: an incident again, in any format and language."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from techkit.cli import options
from techkit.cli.deliver import deliver
from techkit.cli.speech import say

File = Annotated[Path, typer.Argument(metavar="FILE", help=say("help.report_file"))]


def command(
    file: File,
    form: options.Format = "",
    output: options.Output = None,
    names: options.Names = False,
    reader: options.Reader = "specialist",
    lang: options.Lang = "",  # noqa: ARG001 - read before anything is said
    quiet: options.Quiet = False,
) -> int:
    from techkit.incident import load

    incident = load(file)
    deliver(incident, form=form, output=output, names=names, reader=reader, quiet=quiet)
    return incident.exit_code
