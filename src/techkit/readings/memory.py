"""Memory: how much there is, how much is left, and who has most of it."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from techkit.host import ProbeError, attempt
from techkit.model import KiB, Reason, Record

if TYPE_CHECKING:
    from techkit.host import Host

MOST = 400
"""Processes that are looked at for the largest."""


class Memory(Record, frozen=True):
    """In bytes; `program` is the one that holds most."""

    total: int
    available: int
    swap_total: int = 0
    swap_free: int = 0
    program: str | None = None
    held: int | None = None
    """bytes that this program holds"""


def memory(host: Host) -> Memory:
    """What is left for programs: MemAvailable on Linux, proc(5); psutil elsewhere."""
    if host.system == "windows":
        answer = host.psutil("virtual_memory")
        return Memory(int(answer["total"]), int(answer["available"]))
    return parse_meminfo(host.read("/proc/meminfo"))


def parse_meminfo(text: str) -> Memory:
    """/proc/meminfo in kB; raises UNREADABLE where the two numbers that count are not there."""
    rows = {name: int(number) * KiB for name, number in re.findall(r"^(\w+):\s+(\d+)(?: kB)?$", text, re.MULTILINE)}
    if "MemTotal" not in rows or "MemAvailable" not in rows:
        raise ProbeError(Reason.UNREADABLE, "/proc/meminfo")
    return Memory(rows["MemTotal"], rows["MemAvailable"], rows.get("SwapTotal", 0), rows.get("SwapFree", 0))


def with_largest(found: Memory, most: tuple[str, int] | None) -> Memory:
    """The same memory with the program that holds most of it."""
    return msgspec.structs.replace(found, program=most[0], held=most[1]) if most else found


def largest(host: Host) -> tuple[str, int] | None:
    """The program that holds most memory, and how much: VmRSS of /proc/*/status."""
    best: tuple[str, int] | None = None
    for pid in [name for name in host.listdir("/proc") if name.isdigit()][:MOST]:
        text = attempt(partial(host.read, f"/proc/{pid}/status"), "", *_GONE)
        name, held = re.search(r"^Name:\s+(.+)$", text, re.MULTILINE), re.search(r"^VmRSS:\s+(\d+)", text, re.MULTILINE)
        if name and held and (best is None or int(held[1]) * KiB > best[1]):
            best = name[1], int(held[1]) * KiB
    return best


_GONE = (Reason.MISSING, Reason.UNREADABLE, Reason.FORBIDDEN)
"""A process may end while it is looked at."""
