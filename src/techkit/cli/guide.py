"""techkit alone."""

from __future__ import annotations

from typing import Annotated

import typer

from techkit.cli import options
from techkit.cli.speech import say

Version = Annotated[bool, typer.Option("--version", help=say("help.version"))]


def command(ctx: typer.Context, version: Version = False, lang: options.Lang = "") -> int:
    """Placeholder."""
    return 0
