"""Room for more files on every local volume, however much space is left."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, ProbeError, Reason, Record, Unseen, critical, warning
from techkit.readings.disk import big_files, volumes

TIGHT = 0.15
"""The share of free inodes below which the fullest folder is searched for."""


class Volume(Record, frozen=True):
    """Total and free inodes of one volume; 0: its file system has no fixed number."""

    mount: str
    total: int = 0
    free: int = 0
    unseen: Reason | None = None
    folder: str = ""
    """the one with the most files, where few more can be made"""
    entries: int = 0


class Limits(Record, frozen=True):
    """Shares of files that can still be made."""

    warning: float = 0.15
    critical: float = 0.05


def probe(host: Host) -> tuple[Volume, ...]:
    """Ask each volume by itself; the answer is the one that its free space comes from."""
    return tuple(_ask(host, mount.mount) for mount in volumes.local(host))


def _ask(host: Host, mount: str) -> Volume:
    try:
        space = host.statvfs(mount)
    except ProbeError as error:
        return Volume(mount, unseen=error.reason)
    total, free = space["files"], space["files_free"]
    tight = total and free < total * TIGHT
    folder, entries = next(iter(big_files.tree(host, mount).folders), ("", 0)) if tight else ("", 0)
    return Volume(mount, total, free, folder=folder, entries=entries)


def judge(seen: tuple[Volume, ...], limits: Limits) -> Iterator[Finding | Unseen]:
    """Full: no file can be made; low: soon."""
    for volume in seen:
        if volume.unseen:
            yield Unseen(volume.mount, volume.unseen)
            continue
        if not volume.total:
            continue
        share = volume.free / volume.total
        facts: dict[str, Fact] = {
            "volume": volume.mount, "total": volume.total, "free": volume.free, "used": 1 - share,
            "folder": volume.folder or None, "entries": volume.entries or None,
        }  # fmt: skip
        if share < limits.critical:
            yield critical("full", volume.mount, **facts, limit=limits.critical)
        elif share < limits.warning:
            yield warning("low", volume.mount, **facts, limit=limits.warning)


CHECK = Check(probe=probe, judge=judge, limits=Limits(), systems=("linux",))
