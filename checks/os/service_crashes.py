"""Services do not end unexpectedly again and again, though Windows starts them each time."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, Record, warning
from techkit.readings.os import service_events, services
from techkit.readings.os.service_events import Crashing


class Limits(Record, frozen=True):
    """Times in a week."""

    often: int = 3


def probe(host: Host) -> tuple[Crashing, ...]:
    """Ask the log about services that run now; os.services reports a stopped one."""
    return service_events.crashing(host, services.windows(host))


def judge(seen: tuple[Crashing, ...], limits: Limits) -> Iterator[Finding]:
    """One finding for each."""
    for one in seen:
        if one.count >= limits.often:
            facts: dict[str, Fact] = {"unit": one.unit, "description": one.description}
            yield warning("repeating", one.unit, **facts, count=one.count, when=one.time)


CHECK = Check(probe=probe, judge=judge, limits=Limits(), systems=("windows",))
