"""Hung tasks and processor lockups in the kernel log."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from techkit.model import Record

if TYPE_CHECKING:
    from collections.abc import Iterable

    from techkit.readings.os.kernel_log import Message

_HUNG = re.compile(
    r"task (?P<program>.{1,64}):(?P<pid>\d{1,7}) (<.*> )?blocked.* for more than (?P<seconds>\d{1,6}) sec"
)
_LOCKED = re.compile(
    r"BUG: soft lockup - CPU#(?P<cpu>\d{1,5}) stuck for (?P<seconds>\d{1,6})s! \[(?P<program>.{0,64}?):\d"
    r"|Watchdog detected hard LOCKUP on cpu (?P<hard>\d{1,5})"
)


class Hung(Record, frozen=True):
    """A task that the kernel has seen waiting: khungtaskd."""

    program: str
    pid: int
    seconds: int
    time: float | None = None


class Locked(Record, frozen=True):
    """A processor lockup: the kernel's watchdog."""

    cpu: int
    seconds: int | None
    program: str = ""
    time: float | None = None


def hung(messages: Iterable[Message]) -> tuple[Hung, ...]:
    """Each task once, by its latest message."""
    found = {}
    for message in messages:
        if said := _HUNG.search(message.text):
            pid = int(said["pid"])
            found[pid] = Hung(said["program"], pid, int(said["seconds"]), message.time)
    return tuple(found.values())


def locked(messages: Iterable[Message]) -> tuple[Locked, ...]:
    """Every lockup of a processor."""
    found = []
    for message in messages:
        if said := _LOCKED.search(message.text):
            seconds = int(said["seconds"]) if said["seconds"] else None
            found.append(Locked(int(said["cpu"] or said["hard"]), seconds, said["program"] or "", message.time))
    return tuple(found)
