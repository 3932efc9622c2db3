"""No physical disk foretells its failure."""

from collections.abc import Iterator
from functools import partial

from techkit import Check, Fact, Finding, Host, ProbeError, Reason, Record, Unseen, critical, warning
from techkit.readings import smart, windows_disks


class Limits(Record, frozen=True):
    """Counts from which a disk is suspicious, and the share of its life from which it is worn."""

    reallocated: int = 10
    pending: int = 0
    uncorrectable: int = 0
    media_errors: int = 0
    worn: float = 0.8


def probe(host: Host) -> tuple[smart.Disk, ...]:
    """Ask every physical disk, side by side."""
    if host.system == "windows":
        return windows_disks.disks(host)
    try:
        found = smart.scan(host)
    except ProbeError as error:
        names = smart.physical(host)
        if not names:
            raise ProbeError(Reason.INAPPLICABLE, "no physical disk") from error
        return tuple(smart.Disk(f"/dev/{name}", unseen=error.reason, detail=error.detail) for name in names)
    if not found:
        if (names := smart.physical(host)) and not host.elevated:
            return tuple(smart.Disk(f"/dev/{name}", unseen=Reason.FORBIDDEN) for name in names)
        raise ProbeError(Reason.INAPPLICABLE, "no physical disk")
    if not host.elevated:
        return tuple(smart.Disk(device, unseen=Reason.FORBIDDEN) for device, _ in found)
    return tuple(host.side_by_side([partial(smart.ask, host, device, kind) for device, kind in found]))


def judge(seen: tuple[smart.Disk, ...], limits: Limits) -> Iterator[Finding | Unseen]:
    """Failing: the disk itself says so; suspicious: its sectors do; worn: its life is nearly used up."""
    for disk in seen:
        if disk.unseen:
            yield Unseen(disk.disk, disk.unseen, disk.detail)
            continue
        facts: dict[str, Fact] = {
            "disk": disk.disk, "model": disk.model, "failing": disk.failing, "reallocated": disk.reallocated,
            "pending": disk.pending, "uncorrectable": disk.uncorrectable, "media_errors": disk.media_errors,
            "worn": disk.worn, "hours": disk.hours, "temperature": disk.temperature,
        }  # fmt: skip
        if disk.passed is False or disk.failing:
            yield critical("failing", disk.disk, **facts)
        elif (
            (disk.reallocated or 0) > limits.reallocated
            or (disk.pending or 0) > limits.pending
            or (disk.uncorrectable or 0) > limits.uncorrectable
            or (disk.media_errors or 0) > limits.media_errors
        ):
            yield warning("suspicious", disk.disk, **facts)
        elif (disk.worn or 0) >= limits.worn:
            yield warning("worn", disk.disk, **facts, limit=limits.worn)


CHECK = Check(probe=probe, judge=judge, limits=Limits())
