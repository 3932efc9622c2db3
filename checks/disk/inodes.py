"""Room for more files on every local volume, however much space is left."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, ProbeError, Reason, Record, Unseen, critical, warning
from techkit.readings import volumes


class Volume(Record, frozen=True):
    """How many files one volume can hold and can still take; 0: its file system has no fixed number."""

    mount: str
    total: int = 0
    free: int = 0
    unseen: Reason | None = None


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
    return Volume(mount, total=space["files"], free=space["files_free"])


def judge(seen: tuple[Volume, ...], limits: Limits) -> Iterator[Finding | Unseen]:
    """Full: no file can be made; low: soon."""
    for volume in seen:
        if volume.unseen:
            yield Unseen(volume.mount, volume.unseen)
            continue
        if not volume.total:
            continue
        share = volume.free / volume.total
        facts: dict[str, Fact] = {"volume": volume.mount, "total": volume.total, "free": volume.free, "used": 1 - share}
        if share < limits.critical:
            yield critical("full", volume.mount, **facts, limit=limits.critical)
        elif share < limits.warning:
            yield warning("low", volume.mount, **facts, limit=limits.warning)


CHECK = Check(probe=probe, judge=judge, limits=Limits(), systems=("linux",))
