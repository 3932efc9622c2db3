"""The command line: one file per command; only the one that was called is imported.

Exit codes: 2 critical, 1 warning, 3 an important thing unknown, 0 fine; 64 wrong usage or configuration, 70 techkit's
own failure, 74 the result could not be written, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from typing import NoReturn

from techkit.cli import speech

USAGE, SOFTWARE, IO, INTERRUPTED = 64, 70, 74, 130


class Stop(Exception):  # noqa: N818 - it stops; whether that is an error, the code says
    """Exit with one sentence and an exit code."""

    def __init__(self, code: int, sentence: str = "") -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


def run() -> NoReturn:
    """Run the command line and exit at once, without waiting for anything that still hangs."""
    code = main(sys.argv[1:])
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
    except OSError:
        code = code or IO
    os._exit(code)


def main(argv: list[str]) -> int:
    """Run a command line and return its exit code."""
    speech.prepare_streams()
    try:
        if sys.stdout is None:
            raise OSError(9, os.strerror(9))  # noqa: TRY301 - as if it had been written to
        return _main(argv)
    except Stop as stop:
        speech.complain(stop.sentence)
        return stop.code
    except KeyboardInterrupt:
        speech.complain(speech.say("error.interrupted"))
        return INTERRUPTED
    except OSError as error:  # the terminal or the pipe went away, or the disk is full
        speech.complain(speech.say("error.cannot_write", file="stdout", why=speech.words().reason(error)))
        speech.forget_stdout()
        return IO
    except Exception as error:  # noqa: BLE001 - no user ever sees a traceback
        speech.complain(speech.say("error.inner", what=f"{type(error).__name__}: {error}"))
        return SOFTWARE


def _main(argv: list[str]) -> int:
    from techkit.cli import app
    from techkit.inputs import InputError
    from techkit.store import StoreError

    try:
        return app.call(argv)
    except InputError as error:
        raise Stop(IO if isinstance(error, StoreError) else USAGE, speech.words().told(error)) from error
