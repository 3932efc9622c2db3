"""The files that every login reads, and mistakes in them that break it: profile(5), environ(7)."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from techkit.host import ProbeError, attempt
from techkit.model import Reason, Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techkit.host import Host

ENVIRONMENT = "/etc/environment"
SCRIPTS = ("/etc/profile", "/etc/bash.bashrc", "/etc/bashrc")
FOLDER = "/etc/profile.d"
_OPENS = re.compile(r"(?:^|[;&|]\s*)(?:if|for|while|until|case|select)\b|\{\s*$|\(\s*$|(?:^|[;&|])\s*[{(]\s")
_CLOSES = re.compile(r"(?:^|[;\s])(?:fi|done|esac)\b|^\s*[)}]")
_EXITS = re.compile(r"(?:exit\b|exec\s+(?:/usr)?/?(?:bin/)?(?:false|true)\b)")


class Spoilt(Record, frozen=True):
    """A file that breaks logins; `why`: path (no usual program found), exit (the shell ends) or shut (unreadable)."""

    file: str
    why: str
    line: str
    number: int = 0


def spoilt(host: Host) -> tuple[Spoilt, ...]:
    """Read the files that everybody's session begins with."""
    return tuple(_spoilt(host))


def _spoilt(host: Host) -> Iterator[Spoilt]:
    text = attempt(partial(host.read, ENVIRONMENT), "", Reason.MISSING)
    if line := parse_path(text):
        yield Spoilt(ENVIRONMENT, "path", line)
    names = attempt(partial(host.listdir, FOLDER), [], Reason.MISSING)
    for file in (*SCRIPTS, *(f"{FOLDER}/{name}" for name in names if name.endswith(".sh"))):
        try:
            number, line = parse_exit(attempt(partial(host.read, file), "", Reason.MISSING))
        except ProbeError as error:
            if error.reason is not Reason.FORBIDDEN:
                raise
            yield Spoilt(file, "shut", "")
            continue
        if number:
            yield Spoilt(file, "exit", line, number)


def parse_path(text: str) -> str:
    """The last PATH of /etc/environment, where it leaves out the folder of all usual programs."""
    lines = re.findall(r"^[ \t]*(?:export[ \t]+)?(PATH[ \t]*=.*)$", text, re.MULTILINE)
    if not lines:
        return ""
    folders = lines[-1].partition("=")[2].strip().strip("\"'").split(":")
    known = any(folder.rstrip("/") in {"/bin", "/usr/bin"} or "PATH" in folder for folder in folders)
    return "" if known else lines[-1].strip()


def parse_exit(text: str) -> tuple[int, str]:
    """(number, line) of an unconditional exit, which ends every login shell; 0 without one."""
    depth = 0
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.partition(" #")[0].strip()
        if line.startswith("#"):
            continue
        if depth <= 0 and _EXITS.match(line):
            return number, line
        depth += len(_OPENS.findall(line)) - len(_CLOSES.findall(line))
    return 0, ""
