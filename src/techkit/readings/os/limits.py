"""How close processes, services and the whole machine are to their limits."""

from __future__ import annotations

import re
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from techkit.host import attempt
from techkit.model import Reason, Record
from techkit.readings.os import load, processes
from techkit.readings.os.processes import GONE, Process

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from techkit.host import Host

FEW = 100
"""Open files or threads below which no sensible limit is near."""
MANY = 60
"""Processes whose limits are read, those with most files."""
GROUPS = ("/sys/fs/cgroup/system.slice", "/sys/fs/cgroup/memory/system.slice", "/sys/fs/cgroup/pids/system.slice")
"""Where systemd keeps its services: version 2, and two controllers of version 1."""
BOUNDS = (
    ("memory", "memory.max", "memory.current"),
    ("memory", "memory.limit_in_bytes", "memory.usage_in_bytes"),
    ("tasks", "pids.max", "pids.current"),
)
"""(what, the file with the limit, the file with the use)"""
NO_LIMIT = 1 << 60
"""Version 1 shows a huge number for "no limit"."""
NOT_THERE = (*GONE, Reason.INAPPLICABLE)


class Use(Record, frozen=True):
    """A used amount and its limit; who: a program, a service, an account or the machine."""

    what: str
    """files, memory, tasks, threads, system_files, system_threads or handles"""
    who: str
    used: int
    limit: int
    process: Process | None = None
    unit: str = ""
    hard: int | None = None
    """how far the limit could be raised by the program itself"""

    @property
    def share(self) -> float:
        """1 is the limit."""
        return self.used / self.limit if self.limit else 0.0


def uses(host: Host) -> tuple[Use, ...]:
    """Everything on this machine that has a limit and could come near it."""
    found = processes.processes(host)
    if host.system == "windows":
        return tuple(
            Use("handles", process.title, process.files, 0, process)
            for process in found
            if process.files and process.pid > 4 and not process.own
        )
    return (*files(host, found), *threads(host, found), *machine(host), *groups(host))


def files(host: Host, found: Iterable[Process]) -> Iterator[Use]:
    """Open files of each process against its own soft limit: /proc/*/limits."""
    many = [process for process in found if (process.files or 0) >= FEW and not process.own]
    many.sort(key=lambda process: -(process.files or 0))
    for process in many[:MANY]:
        text = attempt(partial(host.read, f"/proc/{process.pid}/limits"), "", *GONE)
        if bounds := parse_limits(text).get("Max open files"):
            soft, hard = bounds
            unit = processes.unit(host, process.pid) if (process.files or 0) * 2 > soft else ""
            yield Use("files", process.title, process.files or 0, soft, process, unit, hard)


def threads(host: Host, found: Iterable[Process]) -> Iterator[Use]:
    """Threads of each account against the limit that its processes carry; root has none."""
    counted: Counter[int] = Counter()
    example: dict[int, Process] = {}
    for process in found:
        if process.uid and not process.kernel:
            counted[process.uid] += process.threads
            example[process.uid] = process
    for uid, count in counted.items():
        if count < FEW:
            continue
        text = attempt(partial(host.read, f"/proc/{example[uid].pid}/limits"), "", *GONE)
        if bounds := parse_limits(text).get("Max processes"):
            yield Use("threads", str(uid), count, bounds[0])


def machine(host: Host) -> Iterator[Use]:
    """Open files and threads of the whole machine: proc(5)."""
    words = attempt(partial(host.read, "/proc/sys/fs/file-nr"), "", *GONE).split()
    if len(words) == 3 and all(word.isdigit() for word in words):
        yield Use("system_files", "system", int(words[0]) - int(words[1]), int(words[2]))
    highest = [
        int(text)
        for name in ("pid_max", "threads-max")
        if (text := attempt(partial(host.read, f"/proc/sys/kernel/{name}"), "", *GONE).strip()).isdigit()
    ]
    if highest:
        yield Use("system_threads", "system", load.load(host).threads, min(highest))


def groups(host: Host) -> Iterator[Use]:
    """Memory and tasks of each service that has a limit; what the memory caches is not counted."""
    for folder in GROUPS:
        for unit in attempt(partial(host.listdir, folder), [], *NOT_THERE):
            if unit.endswith(".service"):
                yield from _group(host, f"{folder}/{unit}", unit)


def _group(host: Host, folder: str, unit: str) -> Iterator[Use]:
    for what, most, now in BOUNDS:
        limit = attempt(partial(host.read, f"{folder}/{most}"), "", *NOT_THERE).strip()
        used = attempt(partial(host.read, f"{folder}/{now}"), "", *NOT_THERE).strip() if limit.isdigit() else ""
        if used.isdigit() and 0 < int(limit) < NO_LIMIT:
            cached = 0
            if what == "memory" and int(used) * 2 > int(limit):
                cached = parse_cached(attempt(partial(host.read, f"{folder}/memory.stat"), "", *NOT_THERE))
            yield Use(what, unit, max(int(used) - cached, 0), int(limit), unit=unit)


def dropin(unit: str) -> str:
    """The file of our own that changes a limit of this service; empty for what is none."""
    return f"/etc/systemd/system/{unit}.d/50-open-files.conf" if re.fullmatch(r"[\w@:.\\-]+\.service", unit) else ""


def parse_limits(text: str) -> dict[str, tuple[int, int | None]]:
    """The rows of /proc/*/limits that are numbers: name -> (soft, hard or None for unlimited)."""
    rows = re.findall(r"^(Max [a-z ]+?) {2,}(\d{1,19}) +(\d{1,19}|unlimited)\b", text, re.MULTILINE)
    return {name: (int(soft), int(hard) if hard.isdigit() else None) for name, soft, hard in rows}


def parse_cached(text: str) -> int:
    """What memory.stat says that the kernel gives back at once: file pages and reclaimable slabs."""
    rows = dict(re.findall(r"^(\w+) (\d{1,19})$", text, re.MULTILINE))
    files = rows.get("total_cache") or rows.get("file") or 0
    return int(files) + int(rows.get("slab_reclaimable", 0)) - int(rows.get("shmem", 0))
