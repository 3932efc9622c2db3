"""The elevated half of a fix: started once, and told only which remedies to run, never what they do."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

import msgspec

import techkit
from techkit.remedy.plan import Part

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST = 4000
"""Most characters of one wish."""


def told(text: str) -> Part:
    """Parse a wish as the unelevated half writes it; raises ValueError."""
    if len(text) > LONGEST:
        raise ValueError("too long")
    return msgspec.json.decode(text, type=Part)


def ours() -> list[str]:
    """The command that starts techkit the way it was started."""
    return [sys.executable, *techkit.started]


def command(parts: Sequence[Part], *words: str) -> list[str]:
    """The command of the elevated half: our own program and the wishes, as whole arguments."""
    wishes = [argument for part in parts for argument in ("--part", msgspec.json.encode(part).decode())]
    return [*ours(), "fix", *dict.fromkeys(part.code for part in parts), "--yes", *words, *wishes]


def possible() -> bool:
    """Whether there is anybody to ask for the administrator's consent."""
    return sys.platform == "win32" or _asker() is not None


def _asker() -> list[str] | None:
    """sudo on a terminal, pkexec on a desktop; nothing if we are root already."""
    if sys.platform == "win32" or os.geteuid() == 0:
        return None
    if sys.stdin and sys.stdin.isatty() and (sudo := shutil.which("sudo")):
        return [sudo, "--"]
    if (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")) and (pkexec := shutil.which("pkexec")):
        return [pkexec]
    return None


def run(argv: Sequence[str]) -> int | None:
    """Start the elevated half and wait for it; its exit code, or None if consent was refused."""
    if sys.platform == "win32":
        return _windows(argv)
    asker = _asker()
    if asker is None:
        return None
    code = subprocess.run([*asker, *argv], check=False).returncode
    return None if asker[0].endswith("pkexec") and code in {126, 127} else code


def _windows(argv: Sequence[str]) -> int | None:
    """Windows asks by itself when a program is started as administrator."""
    shell: Any = import_module("win32com.shell.shell")
    event, process = import_module("win32event"), import_module("win32process")
    error_class: Any = import_module("pywintypes").error
    try:
        started = shell.ShellExecuteEx(
            fMask=0x40,  # SEE_MASK_NOCLOSEPROCESS: we wait for it
            lpVerb="runas",
            lpFile=argv[0],
            lpParameters=subprocess.list2cmdline(argv[1:]),
            nShow=1,
        )
    except error_class:
        return None
    event.WaitForSingleObject(started["hProcess"], event.INFINITE)
    return int(process.GetExitCodeProcess(started["hProcess"]))
