"""Programs killed because memory ran out: the kernel log, or Windows' resource exhaustion detector."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from techkit.model import KiB, Record
from techkit.readings.os import kernel_log

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from techkit.host import Host
    from techkit.readings.os.kernel_log import Message

DETECTOR = "Microsoft-Windows-Resource-Exhaustion-Detector"
EXHAUSTED = 2004
DAYS = 7
LONGEST = 20
"""Digits of a number of 64 bits."""

_KILLED = re.compile(
    r"(?P<group>Memory cgroup o|O)ut of memory.*: Kill(ed)? process (?P<pid>\d{1,7}) \((?P<program>.{0,64}?)\)"
    r"(?:.*?anon-rss:(?P<held>\d{1,15})kB)?"
)
_CHOSEN = re.compile(r"oom-kill:constraint=.*task_memcg=(?P<group>[^,]*),task=.*,pid=(?P<pid>\d{1,7}),")
_UNIT = re.compile(r"([^/]+\.(?:service|scope))(?=/|$)")


class Kill(Record, frozen=True):
    """One killed program, and how often."""

    program: str
    limited: bool = False
    """its own group had reached its limit, the machine had memory left"""
    count: int = 1
    time: float | None = None
    """the last time, seconds since 1970"""
    held: int | None = None
    """bytes that it held the last time"""
    unit: str = ""


class Exhausted(Record, frozen=True):
    """Windows ran out of memory: how often in a week, when last, and the programs with most."""

    count: int
    time: float
    programs: tuple[str, ...] = ()
    limit: int = 0
    """bytes of memory and page files together, which is what had run out; 0: not told"""
    memory: int = 0


def kills(host: Host) -> tuple[Kill, ...]:
    """Since the start of a Linux machine."""
    return parse(kernel_log.kernel_log(host))


def parse(messages: Iterable[Message]) -> tuple[Kill, ...]:
    """Each program once; the line before names the control group of the victim."""
    units: dict[str, str] = {}
    found: dict[tuple[str, bool], Kill] = {}
    for message in messages:
        if chosen := _CHOSEN.search(message.text):
            units[chosen["pid"]] = (_UNIT.findall(chosen["group"]) or [""])[-1]
        elif said := _KILLED.search(message.text):
            key = said["program"], said["group"].startswith("M")
            found[key] = Kill(
                *key,
                count=found[key].count + 1 if key in found else 1,
                time=message.time,
                held=int(said["held"]) * KiB if said["held"] else None,
                unit=units.get(said["pid"], ""),
            )
    return tuple(found.values())


def exhausted(host: Host) -> Exhausted | None:
    """Windows: records of the detector in a week, the newest first."""
    records = host.events("System", ids=[EXHAUSTED], days=DAYS, providers=[DETECTOR])
    if not records:
        return None
    data = records[0]["data"]
    limit, memory = (_number(data, f"SystemInfo/{name}") for name in ("SystemCommitLimit", "PhysicalMemorySize"))
    return Exhausted(len(records), records[0]["time"], programs(data), limit, memory)


def _number(data: Mapping[str, Any] | list[str], name: str) -> int:
    text = str(data.get(name) or "") if isinstance(data, dict) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < LONGEST else 0


def programs(data: Mapping[str, Any] | list[str]) -> tuple[str, ...]:
    """The names of the programs that had most, each below a part of its own: ProcessInfo/Process_1/Name."""
    parts = data.items() if isinstance(data, dict) else ()
    named = [str(text) for name, text in parts if name.startswith("Process") and name.endswith("Name") and text]
    return tuple(dict.fromkeys(named))[:3]
