"""Space that deleted files still take because programs hold them open, on the volumes that are short of it."""

from __future__ import annotations

import posixpath
import re
from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import ProbeError, attempt
from techkit.model import GiB, Reason, Record
from techkit.readings.disk import volumes

if TYPE_CHECKING:
    from techkit.host import Host

SHORT = 0.25
"""The share of free space below which it is worth looking."""
LOW = 0.10
"""The share of free space below which unseen processes matter."""
ROOMY = 40 * GiB
_UNIT = re.compile(r"/([^/]+\.service)(/|$)", re.MULTILINE)


class Held(Record, frozen=True):
    """Deleted files that one process holds on one volume: total size, and the path of the largest."""

    program: str
    pid: int
    started: float
    size: int
    file: str
    files: int = 1
    unit: str = ""
    """the system's service that the process belongs to"""


class Volume(Record, frozen=True):
    """A volume that is short of space; `unseen` if other processes may not be examined."""

    mount: str
    total: int
    free: int
    held: tuple[Held, ...] = ()
    unseen: Reason | None = None
    detail: str = ""


def volumes_short(host: Host) -> tuple[Volume, ...]:
    """The volumes on which little is left, each with what deleted files take there."""
    short: list[tuple[volumes.Mount, int, int]] = []
    for mount in volumes.local(host):
        space: dict[str, Any] = attempt(partial(host.statvfs, mount.mount), {}, *Reason)
        total, free = space.get("total", 0), space.get("available", 0)
        if total and free < ROOMY and free < total * SHORT:
            short.append((mount, total, free))
    if not short:
        return ()
    try:
        said = host.deleted_files()
    except ProbeError as error:
        return tuple(Volume(mount.mount, total, free, (), error.reason, error.detail) for mount, total, free in short)
    numbers = {mount.number for mount in volumes.mounts(host)}
    # an ordinary user sees only their own; the others matter if the volume is low
    hidden = Reason.FORBIDDEN if said["hidden"] else None
    return tuple(
        Volume(
            mount.mount,
            total,
            free,
            _holders(host, [file for file in said["files"] if _lies_on(file, mount, numbers)]),
            hidden if free < total * LOW else None,
            f"{said['hidden']} processes" if hidden and free < total * LOW else "",
        )
        for mount, total, free in short
    )


def _lies_on(file: dict[str, Any], mount: volumes.Mount, numbers: set[str]) -> bool:
    """By device number; files of an overlay have one that no mount has."""
    overlaid = mount.filesystem == "overlay" and file["device"] not in numbers and file["path"].startswith("/")
    return file["device"] == mount.number or overlaid


def _holders(host: Host, files: list[dict[str, Any]]) -> tuple[Held, ...]:
    """One for each file, the first process that holds it; then all of a process together, the largest first."""
    if not files:
        return ()
    by_pid: dict[int, list[dict[str, Any]]] = {}
    for file in {file["inode"]: file for file in reversed(files)}.values():
        by_pid.setdefault(file["pid"], []).append(file)
    known = {row["pid"]: row for row in attempt(host.processes, [], *Reason)}
    found = []
    for pid, kept in by_pid.items():
        row = known.get(pid, {})
        largest = max(kept, key=lambda file: file["size"])
        cgroup = attempt(partial(host.read, f"/proc/{pid}/cgroup"), "", *Reason)
        unit = _UNIT.search(cgroup)
        found.append(
            Held(
                row.get("name") or posixpath.basename(row.get("exe") or "") or str(pid),
                pid,
                row.get("started") or 0.0,
                sum(file["size"] for file in kept),
                largest["path"],
                len(kept),
                "" if not unit or unit[1].startswith("user@") else unit[1],
            )
        )
    return tuple(sorted(found, key=lambda held: (-held.size, held.pid)))
