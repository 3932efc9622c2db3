"""The holder of the package database's lock."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import attempt
from techkit.model import Reason, Record
from techkit.readings.os.uptime import uptime

if TYPE_CHECKING:
    from techkit.host import Host

LOCKS = (
    "/var/lib/dpkg/lock-frontend",
    "/var/lib/dpkg/lock",
    "/var/lib/rpm/.rpm.lock",
    "/usr/lib/sysimage/rpm/.rpm.lock",
)
PACMAN_LOCK = "/var/lib/pacman/db.lck"
MANAGERS = re.compile(
    r"apt|dpkg|aptitude|unattended-upgr|packagekit|dnf|yum|rpm|zypp|pacman|software|gnome-soft|discover"
)


class Holder(Record, frozen=True):
    """The process that holds the lock of the package database."""

    lock: str
    pid: int
    program: str
    age: float
    """seconds since it began"""
    name: str = ""
    """what the system calls it"""
    started: float | None = None
    """seconds since 1970"""
    stopped: bool = False
    """suspended by a signal: it does not continue by itself"""

    @property
    def manager(self) -> bool:
        """Whether it is a package manager."""
        return bool(MANAGERS.match(self.program))


def holder(host: Host) -> Holder | None:
    """Who holds a lock of the package database: /proc/locks by the lock file's inode."""
    rows = [line.split() for line in attempt(lambda: host.read("/proc/locks"), "").splitlines()]
    for lock in LOCKS:
        inode = attempt(partial(host.stat, lock), {}).get("inode")
        for words in rows:
            if len(words) > 5 and words[3] == "WRITE" and words[5].rpartition(":")[2] == str(inode):
                return _process(host, lock, int(words[4]))
    return None


def _process(host: Host, lock: str, pid: int) -> Holder:
    """Its name and age; one that cannot be looked at has no name."""
    words = attempt(lambda: host.read(f"/proc/{pid}/cmdline"), "").replace("\\x00", "\0").split("\0")
    named = [word.rpartition("/")[2] for word in words if word and not word.startswith("-")]
    interpreted = len(named) > 1 and re.match(r"python|perl|(ba|da)?sh$", named[0])
    program = (named[1] if interpreted else named[0]) if named else ""
    stat = attempt(lambda: host.read(f"/proc/{pid}/stat"), "").rpartition(")")[2].split()
    running = uptime(host)
    began = float(stat[19]) / 100 if len(stat) > 19 else running
    row: dict[str, Any] = next((row for row in attempt(host.processes, [], *Reason) if row["pid"] == pid), {})
    return Holder(
        lock, pid, program, max(0.0, running - began), row.get("name", ""), row.get("started"), stat[:1] == ["T"]
    )


def stale(host: Host) -> float | None:
    """The age in seconds of pacman's lock, which no process holds; None without one."""
    lock = attempt(lambda: host.stat(PACMAN_LOCK))
    return host.now() - lock["modified"] if lock else None
