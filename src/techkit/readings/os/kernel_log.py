"""Kernel messages since boot: warnings and worse, and some lower ones that mean trouble."""

from __future__ import annotations

import json
import re
from functools import partial
from typing import TYPE_CHECKING

from techkit.host import ProbeError
from techkit.model import Reason, Record
from techkit.readings.os.uptime import uptime

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techkit.host import Host

MOST = 4000
"""Messages, the newest."""
WARNING = 4
FILE = "/var/log/kern.log"
JOURNAL = ("journalctl", "-k", "-b", "-p", str(WARNING), "-o", "json", "-n", str(MOST), "--no-pager")
COLUMNS = "--output-fields=MESSAGE,PRIORITY"
QUIET = (
    "blocked for more than|timeout|resetting|reset high|clock throttled|over-current|under-?voltage|usb disconnect"
    "|oom-kill:constraint|segfault at|lockup|remounting filesystem|not ready|removing after probe"
    "|not responding, |server .* ok$|table full|switching pool to"
)
"""Messages that mean trouble although some kernels or log daemons rate them as a notice."""
BELOW = ("journalctl", "-k", "-b", "-p", "5..7", "-g", QUIET, "-o", "json", "-n", "500", "--no-pager")

_BUFFER = re.compile(r"^(?:<(\d{1,4})>)?\[ *(\d{1,10}\.\d{1,9})\] ?(.*)$", re.MULTILINE)


class Message(Record, frozen=True):
    """One line; `time` in seconds since 1970 where it is known, `priority` from 0, the worst, to 4, or None."""

    text: str
    time: float | None = None
    priority: int | None = None


def kernel_log(host: Host) -> tuple[Message, ...]:
    """Warnings and worse since the start, and what QUIET names, oldest first: from the journal, the buffer or the file.

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
    loud, quiet = host.side_by_side(partial(host.run, *ask, COLUMNS, timeout=6) for ask in (JOURNAL, BELOW))
    if isinstance(loud, ProbeError):
        raise loud
    found = parse_journal(loud["out"])
    if not found and re.search("insufficient permissions|not seeing messages", loud["err"]):
        raise ProbeError(Reason.FORBIDDEN, "journalctl -k")
    if not found and (loud["code"] or "No journal files" in loud["err"]):
        raise ProbeError(Reason.MISSING, "journalctl -k -b")
    if isinstance(quiet, ProbeError):  # a journalctl that was built without a search
        return found
    return tuple(sorted((*found, *parse_journal(quiet["out"])), key=lambda message: message.time or 0))


def _buffer(host: Host) -> tuple[Message, ...]:
    said = host.run("dmesg", "-r")
    if said["code"]:
        denied = "not permitted" in said["err"] or "denied" in said["err"]
        raise ProbeError(Reason.FORBIDDEN if denied else Reason.UNREADABLE, "dmesg")
    found = parse_buffer(said["out"], host.now() - uptime(host))
    if not found and said["out"].strip() and not _BUFFER.search(said["out"]):
        raise ProbeError(Reason.UNREADABLE, "dmesg -r")
    return found


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
    """`dmesg -r`, printk's own form: <level>[seconds since the start] text; the level's low three bits count.

    Without levels every line is kept, because it may be a warning.
    """
    found = (
        Message(words, booted + float(seconds), int(level) & 7 if level else None)
        for level, seconds, words in _BUFFER.findall(text)
    )
    return tuple(
        one
        for one in found
        if one.priority is None or one.priority <= WARNING or re.search(QUIET, one.text, re.IGNORECASE)
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
