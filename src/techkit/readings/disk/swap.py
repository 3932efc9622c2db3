"""Swap space, and the page file of Windows: how much there is, how much is used, and whether memory is short too."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from techkit.host import ProbeError, attempt
from techkit.model import KiB, MiB, Reason, Record
from techkit.readings.hardware import memory

if TYPE_CHECKING:
    from techkit.host import Host

COUNTED = ("TotalVirtualMemorySize", "FreeVirtualMemory", "TotalVisibleMemorySize", "FreePhysicalMemory")
"""Of Win32_OperatingSystem, in kB, in the order of a `Swap`."""


class Swap(Record, frozen=True):
    """In bytes; on Windows `total` and `free` are memory and page files together, which is what runs out."""

    total: int
    free: int
    memory: int
    available: int
    places: tuple[str, ...] = ()
    """files and devices"""
    temporary: bool = False
    """Windows had to make a page file for this session only"""
    stalled: float | None = None
    """the share of the last minute in which some program waited for memory; /proc/pressure/memory"""


def swap(host: Host) -> Swap:
    """Ask for swap space; INAPPLICABLE without any."""
    if host.system == "windows":
        return _windows(host)
    found = memory.memory(host)
    if not found.swap_total:
        raise ProbeError(Reason.INAPPLICABLE, "no swap space")
    pressure = re.search(
        r"^some .*avg60=([\d.]+)", attempt(partial(host.read, "/proc/pressure/memory"), "", *Reason), re.MULTILINE
    )
    return Swap(
        found.swap_total,
        found.swap_free,
        found.total,
        found.available,
        parse_swaps(attempt(partial(host.read, "/proc/swaps"), "", *Reason)),
        stalled=float(pressure[1]) / 100 if pressure else None,
    )


def parse_swaps(text: str) -> tuple[str, ...]:
    """/proc/swaps: a head, then one line for each; proc(5)."""
    return tuple(line.split()[0] for line in text.splitlines()[1:] if len(line.split()) >= 5)


def _windows(host: Host) -> Swap:
    """Win32_PageFileUsage names the files; Win32_OperatingSystem counts memory and page files together, in kB."""
    rows = host.wmi("Win32_PageFileUsage", "Name", "AllocatedBaseSize", "TempPageFile")
    told = [
        int(row[name]) * KiB
        for row in host.wmi("Win32_OperatingSystem", *COUNTED)[:1]
        for name in COUNTED
        if str(row.get(name)).isdecimal()
    ]
    if len(told) != len(COUNTED) or not told[0]:
        raise ProbeError(Reason.UNREADABLE, "Win32_OperatingSystem")
    if not sum(int(row.get("AllocatedBaseSize") or 0) for row in rows) * MiB:
        raise ProbeError(Reason.INAPPLICABLE, "no page file")
    total, free, physical, available = told
    return Swap(
        total,
        free,
        physical,
        available,
        tuple(sorted(str(row.get("Name")) for row in rows)),
        temporary=any(row.get("TempPageFile") for row in rows),
    )
