"""Load and pressure stall information: proc(5)."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from techkit.host import ProbeError, attempt
from techkit.model import Reason, Record

if TYPE_CHECKING:
    from techkit.host import Host

NO_PRESSURE = (Reason.MISSING, Reason.UNREADABLE, Reason.FORBIDDEN)
"""A kernel without it, or where it is switched off."""


class Load(Record, frozen=True):
    """The run queue's averages over 1, 5 and 15 minutes."""

    one: float
    five: float
    fifteen: float
    processors: int
    threads: int
    """of all processes"""
    cpu: float | None = None
    """the share of the last minute in which somebody waited for a processor; None where the kernel does not tell"""
    io: float | None = None
    """the same for disks"""


def load(host: Host) -> Load:
    """Two small files; raises UNREADABLE where they are not what they should be."""
    averages = host.read("/proc/loadavg").split()
    processors = len(re.findall(r"^cpu\d", host.read("/proc/stat"), re.MULTILINE))
    try:
        one, five, fifteen = map(float, averages[:3])
        threads = int(averages[3].partition("/")[2])
    except (ValueError, IndexError) as error:
        raise ProbeError(Reason.UNREADABLE, "/proc/loadavg") from error
    return Load(one, five, fifteen, processors or 1, threads)


def with_pressure(host: Host, found: Load) -> Load:
    """The same load with what the kernel tells of waiting."""
    return msgspec.structs.replace(found, cpu=pressure(host, "cpu"), io=pressure(host, "io"))


def pressure(host: Host, what: str) -> float | None:
    """The share of the last minute in which some task waited for `what`: cpu, io or memory."""
    return parse_pressure(attempt(partial(host.read, f"/proc/pressure/{what}"), "", *NO_PRESSURE))


def parse_pressure(text: str) -> float | None:
    """`some avg10=0.00 avg60=0.00 avg300=0.00 total=0`, in percent."""
    said = re.search(r"^some .*avg60=(\d{1,3}\.\d+)", text, re.MULTILINE)
    return float(said[1]) / 100 if said else None
