"""Disks answer in time."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, MiB, Record, warning
from techkit.readings.disk import latency


class Limits(Record, frozen=True):
    """`milliseconds` on average over at least `transfers`; the lowest acceptable throttling limits, per second."""

    milliseconds: float = 200
    transfers: int = 5000
    bytes: int = 5 * MiB
    operations: int = 50


def probe(host: Host) -> latency.Latency:
    """Read the counters since boot; nothing is waited for."""
    return latency.latency(host)


def judge(seen: latency.Latency, limits: Limits) -> Iterator[Finding]:
    """Slow: on average since boot; throttled: by a limit; stalled: programs hung on it."""
    for disk in seen.disks:
        if disk.transfers >= limits.transfers and disk.milliseconds >= limits.milliseconds:
            yield warning(
                "slow", disk.disk, disk=disk.disk, milliseconds=round(disk.milliseconds, 1), transfers=disk.transfers,
                limit=limits.milliseconds,
            )  # fmt: skip
    for one in seen.throttles:
        if one.bytes is not None and one.bytes < limits.bytes:
            yield warning("throttled", one.disk, disk=one.disk, group=one.group, bytes=one.bytes)
        elif one.transfers is not None and one.transfers < limits.operations:
            yield warning("throttled_operations", one.disk, disk=one.disk, group=one.group, operations=one.transfers)
    if seen.hung:
        yield warning("stalled", seen.hung[0], programs=seen.hung, first=seen.hung[0], seconds=seen.hung_seconds)


CHECK = Check(probe=probe, judge=judge, limits=Limits(), systems=("linux",))
