"""techkit record: this PC's answers on a tape, without its names."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from techkit.cli import INTERRUPTED, IO, Stop, options
from techkit.cli.live import watching
from techkit.cli.speech import say

File = Annotated[Path, typer.Argument(metavar="FILE", help=say("help.record_file"))]


def command(
    file: File,
    deep: options.Deep = False,
    names: options.Names = False,
    lang: options.Lang = "",  # noqa: ARG001 - read before anything is said
    config: options.Config = "",
    quiet: options.Quiet = False,
) -> int:
    import msgspec

    from techkit import __version__, store
    from techkit.config import load
    from techkit.diagnose import diagnose
    from techkit.host import tape
    from techkit.privacy import leaks, redact

    with watching(wanted=not quiet) as watch:
        done = diagnose(load(config), deep=deep, watch=watch)
    host = done.host
    recording = tape.recorded(host, __version__)
    if not names:
        recording = redact(recording, host.privates, own=("techkit", "system"))
    text = msgspec.json.format(msgspec.json.encode(recording), indent=1) + b"\n"
    if not names and (left := leaks(text.decode(), host.privates)):
        raise Stop(IO, f"{file}: {', '.join(left)}")
    store.write(file, text)
    print(say("record.done", count=len(recording.answers), file=file))
    if not done.incident.complete:
        raise Stop(INTERRUPTED, say("error.interrupted"))
    return 0
