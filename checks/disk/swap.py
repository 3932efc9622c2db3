"""There is swap space left where memory is short."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, MiB, Record, critical, info, warning
from techkit.readings.disk import swap


class Limits(Record, frozen=True):
    """`left`: the share of free swap that counts as none; `small`: bytes of swap that count as no swap.

    `tight` and `roomy` are shares of available memory: below the one it hurts now, above the other a full
    swap space is harmless.
    """

    left: float = 0.05
    small: int = 128 * MiB
    tight: float = 0.10
    roomy: float = 0.40
    stalled: float = 0.05


def probe(host: Host) -> swap.Swap:
    """Ask for swap space and memory together: one matters only with the other."""
    return swap.swap(host)


def judge(seen: swap.Swap, limits: Limits) -> Iterator[Finding]:
    """Exhausted: no memory left; full: soon; resting: full of unused pages."""
    left = seen.available / seen.memory if seen.memory else 1.0
    facts: dict[str, Fact] = {
        "total": seen.total, "free": seen.free, "used": 1 - seen.free / seen.total, "memory": seen.memory,
        "available": seen.available, "places": seen.places, "stalled": seen.stalled,
    }  # fmt: skip
    if seen.temporary:
        yield warning("temporary", ", ".join(seen.places), **facts)
    if seen.total < limits.small or seen.free > seen.total * limits.left:
        return
    if left < limits.tight:
        yield critical("exhausted", "swap", **facts, limit=limits.left)
    elif left < limits.roomy or (seen.stalled or 0) >= limits.stalled:
        yield warning("full", "swap", **facts, limit=limits.left)
    else:
        yield info("resting", "swap", **facts, limit=limits.left)


CHECK = Check(probe=probe, judge=judge, limits=Limits())
