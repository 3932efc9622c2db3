"""Processes that use a whole processor, since when, and to what effect."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from techkit.host import attempt
from techkit.model import KiB, Record
from techkit.readings.os import processes, services
from techkit.readings.os.processes import GONE, Process

if TYPE_CHECKING:
    from techkit.host import Host

SECONDS = 0.4
"""Length of the sample: no longer than the network checks take meanwhile."""
WHOLE = 0.9
"""Of one processor."""
WAITS = 0.2
"""Share of one processor that counts for a process not seen running, because only one of its threads is busy."""
YOUNG = 4.0
"""Processes younger than this may be busy."""
MANY = 4
"""Processes that are examined closely."""
STEPS = {"runuser", "su", "sudo", "doas"}
"""Programs that run another program and wait for it; from a terminal their parent is a shell."""
QUIET = 64 * KiB
"""Bytes written that count as no effect."""


class Busy(Record, frozen=True):
    """A process that wants a whole processor; None for what is unknown."""

    process: Process
    age: float
    share: float
    """of one processor, over its life; runnable time counts"""
    now: float
    """of one processor, during the sample"""
    unit: str = ""
    oneshot: bool = False
    """a oneshot service"""
    written: int | None = None
    """bytes to disks"""
    connections: int | None = None
    """sockets, except three that every service has"""
    terminal: bool = False
    """somebody has started it at a terminal"""
    daemon: bool = False
    """nobody waits for it: its parent is init or a service manager"""

    @property
    def idle(self) -> bool:
        """Whether it has no effect: nothing written, no connections, no terminal."""
        return self.written is not None and self.written <= QUIET and self.connections == 0 and not self.terminal


def busy(host: Host) -> tuple[Busy, ...]:
    """Those that want a whole processor now, the longest running first."""
    sample = host.sample("cpu", SECONDS)
    used = {row["pid"]: row["cpu"] / max(sample["seconds"], 0.01) for row in sample["processes"]}
    found = processes.processes(host)
    linux = host.system == "linux"
    known = {process.pid: process for process in found}
    now = host.now()
    candidates = [
        process
        for process in found
        if not (process.own or process.kernel)
        and used.get(process.pid, 0) >= (0.001 if process.state == "R" else WAITS if linux else WHOLE)
    ]
    candidates.sort(key=lambda process: -process.cpu)
    rows = []
    for process in candidates[: MANY * 3]:
        age = max(now - process.started, 0.01)
        wanted = _wanted(host, process, age) if linux else process.cpu / age
        if max(used.get(process.pid, 0), wanted) >= WHOLE and age >= YOUNG:
            row = Busy(process, age, wanted, used.get(process.pid, 0.0), daemon=_is_daemon(process, known))
            rows.append(_closer(host, row) if linux else row)
    return tuple(rows[:MANY])


def _wanted(host: Host, process: Process, age: float) -> float:
    """The share of its life that it was running or runnable: on a busy machine nobody gets a whole processor."""
    words = attempt(partial(host.read, f"/proc/{process.pid}/schedstat"), "", *GONE).split()
    told = sum(map(int, words[:2])) / 1e9 if len(words) == 3 and all(word.isdigit() for word in words) else 0.0
    return max(told, process.cpu) / age


def _is_daemon(process: Process, known: dict[int, Process]) -> bool:
    """Whether init or a session manager started it, directly or by a fork of itself."""
    parent = known.get(process.ppid)
    while parent and parent.pid != 1 and (parent.name == process.name or parent.name in STEPS):
        parent = known.get(parent.ppid)
    return parent is not None and (parent.pid == 1 or parent.name == "systemd")


def _closer(host: Host, row: Busy) -> Busy:
    """Add its service and its effects; proc(5)."""
    pid = row.process.pid
    unit = processes.unit(host, pid)
    counts = parse_io(attempt(partial(host.read, f"/proc/{pid}/io"), "", *GONE))
    names = attempt(partial(host.listdir, f"/proc/{pid}/fd"), None, *GONE)
    links = [
        str(attempt(partial(host.stat, f"/proc/{pid}/fd/{name}"), {}, *GONE).get("link") or "")
        for name in (names or [])[:200]
        if int(name) > 2
    ]
    standard = [str(attempt(partial(host.stat, f"/proc/{pid}/fd/{name}"), {}, *GONE).get("link")) for name in "012"]
    kind = services.units(host, unit)[unit].kind if unit.endswith(".service") else ""
    return Busy(
        row.process, row.age, row.share, row.now, unit, kind == "oneshot", counts.get("write_bytes"),
        None if names is None else sum(link.startswith("socket:") for link in links),
        any(link.startswith(("/dev/pts/", "/dev/tty")) for link in (*links, *standard)), row.daemon,
    )  # fmt: skip


def parse_io(text: str) -> dict[str, int]:
    """/proc/*/io: a name and a number a line."""
    rows = (line.partition(": ") for line in text.splitlines())
    return {name: int(number) for name, _, number in rows if number.isascii() and number.isdigit()}
