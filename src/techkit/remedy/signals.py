"""What Ctrl-C, a lost session or SIGTERM may interrupt, and what not."""

from __future__ import annotations

import contextlib
import signal
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Ignore Ctrl-C during an undo."""
    with _handling(signal.SIG_IGN, "SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
        yield


@contextlib.contextmanager
def signals_interrupt() -> Iterator[None]:
    """Treat a lost session or SIGTERM like Ctrl-C: what was begun is undone."""

    def interrupt(_number: int, _frame: Any) -> None:
        raise KeyboardInterrupt

    with _handling(interrupt, "SIGTERM", "SIGHUP", "SIGBREAK"):
        yield


@contextlib.contextmanager
def _handling(handler: Any, *names: str) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    kept: dict[int, Any] = {getattr(signal, name): None for name in names if hasattr(signal, name)}
    for number in kept:
        kept[number] = signal.signal(number, handler if signal.getsignal(number) != signal.SIG_IGN else signal.SIG_IGN)
    try:
        yield
    finally:
        for number, old in kept.items():
            signal.signal(number, old)
