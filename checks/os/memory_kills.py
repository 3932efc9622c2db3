"""No process was killed because memory ran out."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, Record, warning
from techkit.readings.os import memory_kills
from techkit.readings.os.memory_kills import Exhausted, Kill


class Seen(Record, frozen=True):
    """What Linux has ended since its start, or how often Windows had nothing left."""

    now: float
    killed: tuple[Kill, ...] = ()
    exhausted: Exhausted | None = None


class Limits(Record, frozen=True):
    """`days`: older events do not matter; `backed`: the ratio of memory and page files to memory."""

    days: float = 7
    backed: float = 1.1


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
        told: dict[str, Fact] = {"count": last.count, "when": last.time, "programs": last.programs}
        if 0 < last.limit < last.memory * limits.backed:
            yield warning("no_page_file", "RAM", **told, limit=last.limit, memory=last.memory)
        else:
            yield warning("exhausted", "RAM", **told)


CHECK = Check(probe=probe, judge=judge, limits=Limits())
