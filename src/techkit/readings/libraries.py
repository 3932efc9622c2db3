"""Programs that still run with files which an update has replaced."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from techkit.host import attempt
from techkit.model import Record

if TYPE_CHECKING:
    from techkit.host import Host

PATTERN = r"/(usr/(local/)?)?lib.*\.so.* \(deleted\)$"
FIRST_PERSON = 1000
"""The first user id of a person; below are the system's own."""
NOBODY = 65534
MANY = 1500


class Outdated(Record, frozen=True):
    """One process and the files it holds that are gone from the disk; `system`: no person's own program."""

    pid: int
    program: str
    files: tuple[str, ...]
    system: bool = False


class Look(Record, frozen=True):
    """What was found, and whether every process could be looked at."""

    outdated: tuple[Outdated, ...] = ()
    whole: bool = True


def outdated(host: Host) -> Look:
    """Look at every process's files in /proc, by one call of grep; those that we may not see are passed over."""
    processes = {row["pid"]: row for row in host.processes() if row["exe"] and not row["own"]}
    pids = sorted(processes)[:MANY]
    said = host.run("grep", "-sHE", "-m", "8", PATTERN, "--", *(f"/proc/{pid}/maps" for pid in pids)) if pids else {}
    held = parse_maps(said.get("out", ""))
    for pid, row in processes.items():
        if row["deleted"] and re.match(r"/(usr|opt|bin|sbin)/", row["exe"]) and _replaced(host, row["exe"]):
            held.setdefault(pid, []).append(row["exe"])
    found = tuple(
        Outdated(pid, processes[pid]["name"], tuple(dict.fromkeys(files)), _system(processes[pid]["uid"]))
        for pid, files in sorted(held.items())
        if pid in processes
    )
    return Look(found, host.elevated)


def _replaced(host: Host, path: str) -> bool:
    """Whether a newer file stands where a deleted one was."""
    return attempt(partial(host.stat, path.removesuffix(" (deleted)"))) is not None


def _system(uid: int | None) -> bool:
    return uid is not None and (uid < FIRST_PERSON or uid >= NOBODY)


def parse_maps(text: str) -> dict[int, list[str]]:
    """Read lines of several /proc/PID/maps, each after the name of its file."""
    found: dict[int, list[str]] = {}
    for pid, path in re.findall(r"^/proc/(\d+)/maps:\S+ \S+ \S+ \S+ \S+\s+(/.+?) \(deleted\)$", text, re.MULTILINE):
        files = found.setdefault(int(pid), [])
        if path not in files:
            files.append(path)
    return found
