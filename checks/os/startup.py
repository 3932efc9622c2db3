"""Few programs start by themselves when somebody signs in."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, Record, info
from techkit.readings.os import startups


class Seen(Record, frozen=True):
    """Names of the programs."""

    programs: tuple[str, ...] = ()


class Limits(Record, frozen=True):
    """How many are still few."""

    many: int = 20


def probe(host: Host) -> Seen:
    """Ask what starts for the person at the desk."""
    return Seen(startups.programs(host))


def judge(seen: Seen, limits: Limits) -> Iterator[Finding]:
    """A note: each costs a little time at sign-in."""
    if len(seen.programs) > limits.many:
        yield info("many", "-", count=len(seen.programs), programs=seen.programs)


CHECK = Check(probe=probe, judge=judge, limits=Limits(), editions=("client",), systems=("windows",))
