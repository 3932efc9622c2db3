"""Free space on every local volume."""

from collections.abc import Iterator
from functools import partial

from techkit import Check, Fact, Finding, GiB, Host, ProbeError, Reason, Record, Unseen, attempt, critical, warning
from techkit.readings.disk import big_files, volumes

TEMPORARY = {"/tmp", "/var/tmp"}  # noqa: S108 - named, not used

PACKAGES = "/var/cache"
BOOT = "/boot"


class Volume(Record, frozen=True):
    """Free space of one volume, in bytes; `unseen` says why there is none."""

    mount: str
    total: int = 0
    free: int = 0
    unseen: Reason | None = None
    largest: tuple[str, ...] = ()
    """its biggest files, where it is short of space"""
    packages: bool = False
    """whether downloaded packages are kept on it"""
    temporary: bool = False
    """whether temporary files are"""


class Limits(Record, frozen=True):
    """Fraction and floor together: 10 % of 4 TB is no alarm."""

    warning: float = 0.10
    critical: float = 0.05
    floor: int = 20 * GiB
    memory: float = 0.02  # databases fill shared memory almost completely, on purpose


def probe(host: Host) -> tuple[Volume, ...]:
    """Ask each volume separately, so that a dead one costs only its own result."""
    mounts = [mount.mount for mount in volumes.local(host)]
    if host.system == "windows":
        packages, temporary = set[str](), {volumes.system_drive(host)}
    else:
        packages, temporary = {volumes.holder(PACKAGES, mounts)}, {volumes.holder(place, mounts) for place in TEMPORARY}
    shared = volumes.in_memory(host) if host.system == "linux" else []
    mounts += [place for place in shared if attempt(partial(host.statvfs, place), {}, *Reason)]
    return tuple(_ask(host, mount, packages=mount in packages, temporary=mount in temporary) for mount in mounts)


def _ask(host: Host, mount: str, *, packages: bool, temporary: bool) -> Volume:
    try:
        space = host.statvfs(mount)
    except ProbeError as error:
        return Volume(mount, unseen=error.reason)
    total, free = space["total"], space["available"]
    tail = "\\" if host.system == "windows" else ""
    largest = big_files.told(big_files.tree(host, mount + tail)) if big_files.is_tight(total, free) else ()
    return Volume(mount, total=total, free=free, largest=largest, packages=packages, temporary=temporary)


def judge(seen: tuple[Volume, ...], limits: Limits) -> Iterator[Finding | Unseen]:
    """Full, or no space for temporary files: hurts now; low, or no space for the next kernel: will hurt."""
    for volume in seen:
        if volume.unseen:
            yield Unseen(volume.mount, volume.unseen)
            continue
        if not volume.total or volume.free >= limits.floor:
            continue
        share = volume.free / volume.total
        facts: dict[str, Fact] = {
            "volume": volume.mount, "total": volume.total, "free": volume.free, "used": 1 - share,
            "largest": volume.largest, "packages_on": volume.mount if volume.packages else None,
            "temporary_on": volume.mount if volume.temporary else None,
        }  # fmt: skip
        if volume.mount in volumes.IN_MEMORY:
            if share < limits.memory:
                yield critical("memory", volume.mount, **facts, limit=limits.memory)
        elif volume.mount in TEMPORARY and share < limits.critical:
            yield critical("temporary", volume.mount, **facts, limit=limits.critical)
        elif volume.mount == BOOT and share < limits.warning:
            yield warning("boot", volume.mount, **facts, limit=limits.warning)
        elif share < limits.critical:
            yield critical("full", volume.mount, **facts, limit=limits.critical)
        elif share < limits.warning:
            yield warning("low", volume.mount, **facts, limit=limits.warning)


CHECK = Check(probe=probe, judge=judge, limits=Limits(), core=True)
