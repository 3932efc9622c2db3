"""Disks answer in time at this moment: watched for a few seconds."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, Record, info, warning
from techkit.readings.disk import latency


class Limits(Record, frozen=True):
    """Milliseconds on average over at least `transfers` in the seconds watched; `busy`: a share of them."""

    warning: float = 100
    transfers: int = 30
    busy: float = 0.95


def probe(host: Host) -> tuple[latency.Disk, ...]:
    """Watch every disk."""
    return latency.sampled(host, 5)


def judge(seen: tuple[latency.Disk, ...], limits: Limits) -> Iterator[Finding]:
    """Slow: requests wait; busy: no idle time, but it keeps up."""
    for disk in seen:
        facts: dict[str, Fact] = {
            "disk": disk.disk, "milliseconds": round(disk.milliseconds, 1), "transfers": disk.transfers,
            "busy": disk.busy, "limit": limits.warning,
        }  # fmt: skip
        if disk.transfers >= limits.transfers and disk.milliseconds >= limits.warning:
            yield warning("slow", disk.disk, **facts)
        elif disk.busy is not None and disk.busy >= limits.busy:
            yield info("busy", disk.disk, **facts)


CHECK = Check(probe=probe, judge=judge, limits=Limits(), cost="slow")
