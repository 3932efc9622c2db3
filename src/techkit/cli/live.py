"""Shows which checks are running, and for how long, on a terminal only."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from techkit.cli import speech

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techkit.engine import Watch
    from techkit.model import Result

PATIENCE = 0.4
"""Seconds after which a check is worth naming."""


@contextmanager
def watching(*, wanted: bool) -> Iterator[Watch | None]:
    """A watcher that shows the checks in progress while the block runs; None without a terminal."""
    if not wanted or sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    running: dict[str, float] = {}

    def watch(name: str, result: Result | None) -> None:
        if result is None:
            running[name] = time.monotonic()
        else:
            running.pop(name, None)

    def now() -> Text:
        if not running:
            return Text()
        moment = time.monotonic()
        late = [(name, moment - since) for name, since in list(running.items()) if moment - since > PATIENCE]
        shown = ", ".join(speech.say("live.since", name=name, seconds=f"{age:.0f}") for name, age in late[:4])
        more = f" +{len(late) - 4}" if len(late) > 4 else ""
        names = shown + more or ", ".join(list(running)[:2])
        return Text(speech.say("live.running").format(names=names), style="dim", no_wrap=True, overflow="ellipsis")

    console = Console(stderr=True)
    try:
        with Live(console=console, get_renderable=now, transient=True, refresh_per_second=8):
            yield watch
    except KeyboardInterrupt:
        console.show_cursor()  # it may be hidden already, and Live not yet there to show it again
        raise
