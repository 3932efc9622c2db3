"""There is memory left for programs."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, MiB, Record, critical, warning
from techkit.readings.hardware import memory


class Limits(Record, frozen=True):
    """Share and floor together: 10 % of 64 GB is no alarm."""

    warning: float = 0.10
    critical: float = 0.05
    floor: int = 2048 * MiB


def probe(host: Host) -> memory.Memory:
    """Ask for the memory; only where it is short, for the program that holds most of it."""
    found = memory.memory(host)
    return found if found.available > found.total * Limits().warning else memory.with_largest(host, found)


def judge(seen: memory.Memory, limits: Limits) -> Iterator[Finding]:
    """Full: programs are being killed or cannot start; low: soon."""
    share = seen.available / seen.total if seen.total else 1
    if seen.available >= limits.floor or share >= limits.warning:
        return
    facts: dict[str, Fact] = {
        "total": seen.total, "available": seen.available, "used": 1 - share, "swap_total": seen.swap_total,
        "swap_free": seen.swap_free, "largest": seen.program, "held": seen.held, "process": seen.process or None,
        "pid": seen.pid, "started": seen.started, "unit": seen.unit or None,
    }  # fmt: skip
    if share < limits.critical:
        yield critical("full", "RAM", **facts, limit=limits.critical)
    else:
        yield warning("low", "RAM", **facts, limit=limits.warning)


CHECK = Check(probe=probe, judge=judge, limits=Limits(), core=True)
