"""Nobody had to be ended because memory ran out."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, Record, warning
from techkit.readings import memory_kills
from techkit.readings.memory_kills import Exhausted, Kill


class Seen(Record, frozen=True):
    """What Linux has ended since its start, or how often Windows had nothing left."""

    now: float
    killed: tuple[Kill, ...] = ()
    exhausted: Exhausted | None = None


class Limits(Record, frozen=True):
    """What was longer ago than this does not matter any more, in days."""

    days: float = 7


def probe(host: Host) -> Seen:
    """Ask the kernel's log, or Windows' detector."""
    if host.system == "windows":
        return Seen(host.now(), exhausted=memory_kills.exhausted(host))
    return Seen(host.now(), memory_kills.kills(host))


def judge(seen: Seen, limits: Limits) -> Iterator[Finding]:
    """A killed program has lost what it had in memory, and it will happen again."""
    for kill in seen.killed:
        if kill.time is not None and seen.now - kill.time > limits.days * 86400:
            continue
        facts = {
            "program": kill.program, "unit": kill.unit or None, "count": kill.count, "when": kill.time,
            "held": kill.held,
        }  # fmt: skip
        if kill.limited:
            yield warning("limited", kill.program, **facts)
        else:
            yield warning("killed", kill.program, **facts)
    if seen.exhausted:
        last = seen.exhausted
        yield warning("exhausted", "RAM", count=last.count, when=last.time, programs=last.programs)


CHECK = Check(probe=probe, judge=judge, limits=Limits())
