"""The kernel reports nothing that other checks do not cover."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, Record, warning
from techkit.readings.os import hung_tasks, kernel_log
from techkit.readings.os.hung_tasks import Hung, Locked


class Seen(Record, frozen=True):
    """Tasks that waited without end, processors that were stuck, connections that were dropped."""

    now: float
    hung: tuple[Hung, ...] = ()
    locked: tuple[Locked, ...] = ()
    dropped: int = 0
    """how often the table of connections was full"""


class Limits(Record, frozen=True):
    """In days; older events do not matter."""

    days: float = 1


def probe(host: Host) -> Seen:
    """Read this boot's warnings."""
    said = kernel_log.kernel_log(host)
    full = sum("nf_conntrack: table full, dropping packet" in message.text for message in said)
    return Seen(host.now(), hung_tasks.hung(said), hung_tasks.locked(said), full)


def judge(seen: Seen, limits: Limits) -> Iterator[Finding]:
    """One finding per kind, with the latest event."""
    after = seen.now - limits.days * 86400
    hung = [one for one in seen.hung if one.time is None or one.time >= after]
    locked = [one for one in seen.locked if one.time is None or one.time >= after]
    if hung:
        names = tuple(dict.fromkeys(one.program for one in hung))
        yield warning(
            "hung", names[-1], program=names[-1], programs=names, count=len(hung), when=hung[-1].time,
            seconds=max(one.seconds for one in hung),
        )  # fmt: skip
    if locked:
        last = locked[-1]
        yield warning(
            "locked", f"CPU {last.cpu}", cpu=last.cpu, seconds=last.seconds, program=last.program or None,
            count=len(locked), when=last.time,
        )  # fmt: skip
    if seen.dropped:
        yield warning("connections", "nf_conntrack", count=seen.dropped)


CHECK = Check(probe=probe, judge=judge, limits=Limits(), systems=("linux",))
