"""No physical disk predicts its failure."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, Record, Unseen, critical, info, warning
from techkit.readings.disk import smart, windows_disks


class Limits(Record, frozen=True):
    """Counts above which a disk is suspicious, or its errors are a note; `worn`: a share of its life."""

    reallocated: int = 4
    pending: int = 0
    uncorrectable: int = 0
    reported: int = 0
    media_errors: int = 0
    interface: int = 100
    logged: int = 5
    worn: float = 0.8


def probe(host: Host) -> tuple[smart.Disk, ...]:
    """Ask every physical disk."""
    return windows_disks.disks(host) if host.system == "windows" else smart.disks(host)


def judge(seen: tuple[smart.Disk, ...], limits: Limits) -> Iterator[Finding | Unseen]:
    """Failing: the disk itself says so; suspicious: by its sectors; worn, hot, noted: its other reports."""
    for disk in seen:
        if disk.unseen:
            yield Unseen(disk.disk, disk.unseen, disk.detail)
            continue
        facts: dict[str, Fact] = {
            "disk": disk.disk, "model": disk.model or None, "attributes": (*disk.failing, *disk.aged),
            "reallocated": disk.reallocated, "pending": disk.pending, "uncorrectable": disk.uncorrectable,
            "reported": disk.reported, "media_errors": disk.media_errors, "interface": disk.interface,
            "logged": disk.logged, "used": disk.used, "hours": disk.hours, "temperature": disk.temperature,
        }  # fmt: skip
        if disk.lost:
            yield critical("lost", disk.disk, disk=disk.disk, model=disk.model or None)
            continue
        if disk.passed is False or disk.failing:
            yield critical("failing", disk.disk, **facts)
            continue
        if _is_suspicious(disk, limits):
            yield warning("suspicious", disk.disk, **facts)
        elif disk.self_test_failed:
            yield warning("self_test", disk.disk, **facts)
        elif disk.reallocated or (disk.interface or 0) > limits.interface or (disk.logged or 0) > limits.logged:
            yield info("noted", disk.disk, **facts)
        if disk.used is not None and disk.used >= limits.worn:
            yield warning("worn", disk.disk, **facts, limit=limits.worn)
        if disk.hot:
            yield warning("hot", disk.disk, **facts)


def _is_suspicious(disk: smart.Disk, limits: Limits) -> bool:
    counts = (
        (disk.reallocated, limits.reallocated),
        (disk.pending, limits.pending),
        (disk.uncorrectable, limits.uncorrectable),
        (disk.reported, limits.reported),
        (disk.media_errors, limits.media_errors),
    )
    return bool(disk.aged) or any((count or 0) > limit for count, limit in counts)


CHECK = Check(probe=probe, judge=judge, limits=Limits())
