"""The space that a volume shows is really there."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, GiB, Host, Record, Unseen, critical, warning
from techkit.readings.disk import allocation


class Limits(Record, frozen=True):
    """`chunk`: the bytes that Btrfs needs to grow; used shares of its metadata and of thin pools."""

    chunk: int = GiB
    metadata: float = 0.95
    data: float = 0.80
    pool: float = 0.85
    pool_full: float = 0.95


def probe(host: Host) -> allocation.Seen:
    """Look below what statvfs reports."""
    return allocation.allocation(host)


def judge(seen: allocation.Seen, limits: Limits) -> Iterator[Finding | Unseen]:
    """Metadata: Btrfs cannot write although data has room; pool: every volume on it stops when it is full."""
    for one in seen.btrfs:
        used = one.metadata_used / one.metadata_total if one.metadata_total else 0.0
        room = one.data_used < one.data_total * limits.data
        if one.unallocated < limits.chunk and used >= limits.metadata and room:
            yield critical(
                "metadata", one.volume, volume=one.volume, device=one.device, unallocated=one.unallocated, used=used,
                total=one.metadata_total, reserved=one.data_total - one.data_used, limit=limits.metadata,
            )  # fmt: skip
    for pool in seen.pools:
        facts: dict[str, Fact] = {"pool": pool.name, "data": pool.data, "metadata": pool.metadata}
        if max(pool.data, pool.metadata) >= limits.pool_full:
            yield critical("pool_full", pool.name, **facts, limit=limits.pool_full)
        elif max(pool.data, pool.metadata) >= limits.pool:
            yield warning("pool_low", pool.name, **facts, limit=limits.pool)
    if not any(max(pool.data, pool.metadata) >= limits.pool_full for pool in seen.pools):
        for name, mode in seen.stopped:
            yield critical("pool_stopped", name, pool=name, mode=mode)
    if seen.unseen:
        yield Unseen("LVM", seen.unseen)


CHECK = Check(probe=probe, judge=judge, limits=Limits(), systems=("linux",))
