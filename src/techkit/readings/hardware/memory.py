"""Memory: total, available, and the process with most of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from techkit.host import ProbeError
from techkit.model import KiB, Reason, Record
from techkit.readings.os import processes

if TYPE_CHECKING:
    from techkit.host import Host


class Memory(Record, frozen=True):
    """In bytes; `program` is the one that holds most."""

    total: int
    available: int
    swap_total: int = 0
    swap_free: int = 0
    program: str | None = None
    held: int | None = None
    """bytes that this program holds"""
    process: str = ""
    pid: int | None = None
    started: float | None = None
    unit: str = ""


def memory(host: Host) -> Memory:
    """Available memory: MemAvailable on Linux, proc(5); psutil elsewhere."""
    if host.system == "windows":
        answer = host.psutil("virtual_memory")
        return Memory(int(answer["total"]), int(answer["available"]))
    return parse_meminfo(host.read("/proc/meminfo"))


def parse_meminfo(text: str) -> Memory:
    """Parse /proc/meminfo, in kB; UNREADABLE without the two needed numbers."""
    rows = {name: int(number) * KiB for name, number in re.findall(r"^(\w+):\s+(\d+)(?: kB)?$", text, re.MULTILINE)}
    if "MemTotal" not in rows or "MemAvailable" not in rows:
        raise ProbeError(Reason.UNREADABLE, "/proc/meminfo")
    return Memory(rows["MemTotal"], rows["MemAvailable"], rows.get("SwapTotal", 0), rows.get("SwapFree", 0))


def with_largest(host: Host, found: Memory) -> Memory:
    """The same memory with the process that holds most of it."""
    rows = [process for process in processes.processes(host) if not (process.kernel or process.own)]
    if not rows:
        return found
    most = max(rows, key=lambda process: process.rss)
    unit = processes.unit(host, most.pid) if host.system == "linux" else ""
    return msgspec.structs.replace(
        found, program=most.title, held=most.rss, process=most.name, pid=most.pid, started=most.started,
        unit=unit if unit.endswith(".service") else "",
    )  # fmt: skip
