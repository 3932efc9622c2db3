"""What the kernel has said since the start, of priority warning or worse: one question for all who read it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from techkit.host import ProbeError
from techkit.model import Reason, Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techkit.host import Host

MOST = 4000
"""Messages, the newest."""
WARNING = 4
FILE = "/var/log/kern.log"
JOURNAL = ("journalctl", "-k", "-b", "-p", str(WARNING), "-o", "json", "-n", str(MOST), "--no-pager")
COLUMNS = "--output-fields=MESSAGE,PRIORITY"


class Message(Record, frozen=True):
    """One line; `time` in seconds since 1970 where it is known, `priority` from 0, the worst, to 4, or None."""

    text: str
    time: float | None = None
    priority: int | None = None


def kernel_log(host: Host) -> tuple[Message, ...]:
    """Warnings and worse since the start, oldest first: the journal's, else the kernel's own buffer, else the log file.

    Raises FORBIDDEN where an ordinary user may see none of the three, MISSING where there is none.
    """
    errors = []
    for ask in (_journal, _buffer, _file):
        try:
            return ask(host)
        except ProbeError as error:
            errors.append(error)
    forbidden = [error for error in errors if error.reason is Reason.FORBIDDEN]
    raise (forbidden or [error for error in errors if error.reason is not Reason.MISSING] or errors)[0]


def _journal(host: Host) -> tuple[Message, ...]:
    said = host.run(*JOURNAL, COLUMNS, timeout=6)
    found = parse_journal(said["out"])
    if not found and re.search("insufficient permissions|not seeing messages", said["err"]):
        raise ProbeError(Reason.FORBIDDEN, "journalctl -k")
    if not found and (said["code"] or "No journal files" in said["err"]):
        raise ProbeError(Reason.MISSING, "journalctl -k -b")
    return found


def _buffer(host: Host) -> tuple[Message, ...]:
    said = host.run("dmesg", "-r")
    if said["code"]:
        denied = "not permitted" in said["err"] or "denied" in said["err"]
        raise ProbeError(Reason.FORBIDDEN if denied else Reason.UNREADABLE, "dmesg")
    return parse_buffer(said["out"], host.now() - float(host.read("/proc/uptime").split()[0]))


def _file(host: Host) -> tuple[Message, ...]:
    host.stat(FILE)  # raises where it is not there
    said = host.run("tail", "-n", str(MOST), FILE)
    if said["code"]:
        raise ProbeError(Reason.FORBIDDEN, FILE)
    return parse_file(said["out"])


def parse_journal(text: str) -> tuple[Message, ...]:
    """`journalctl -o json`: an object a line; text that is no UTF-8 comes as a list of bytes, a huge one as null."""
    found = []
    for line in text.splitlines():
        try:
            row = json.loads(line)
            message, when = row.get("MESSAGE"), int(row["__REALTIME_TIMESTAMP"]) / 1e6
            if isinstance(message, list):
                message = bytes(message).decode("utf-8", "backslashreplace")
            priority = int(row["PRIORITY"]) if "PRIORITY" in row else None
        except (ValueError, TypeError, KeyError, AttributeError):
            continue
        if isinstance(message, str):
            found.append(Message(message, when, priority))
    return tuple(found)


def parse_buffer(text: str, booted: float) -> tuple[Message, ...]:
    """`dmesg -r`, printk's own form: <level>[seconds since the start] text; the level's low three bits count."""
    return tuple(
        Message(words, booted + float(seconds), int(level) & 7)
        for level, seconds, words in re.findall(r"^<(\d{1,4})>\[ *(\d{1,10}\.\d{1,9})\] ?(.*)$", text, re.MULTILINE)
        if int(level) & 7 <= WARNING
    )


def parse_file(text: str) -> tuple[Message, ...]:
    """The syslog daemon's file: lines of this start alone, without their head; it keeps no priority."""
    lines = list(_kernel_lines(text))
    starts = [place for place, line in enumerate(lines) if line.startswith("Linux version ")]
    return tuple(Message(line) for line in (lines[starts[-1] :] if starts else lines))


def _kernel_lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if parts := re.search(r" kernel: (?:\[ *\d+\.\d+\] ?)?(.*)$", line):
            yield parts[1]
