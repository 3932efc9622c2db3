"""No stale lock files beside documents."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, Record, Unseen, info
from techkit.readings.software import office_locks
from techkit.readings.software.office_locks import Left


class Seen(Record, frozen=True):
    """What was left behind, and the time."""

    left: Left
    now: float


class Limits(Record, frozen=True):
    """`young`: seconds for which a program may still be about to end."""

    young: float = 600


def probe(host: Host) -> Seen:
    """Look beside the documents of the person at the desk."""
    return Seen(office_locks.left(host), host.now())


def judge(seen: Seen, limits: Limits) -> Iterator[Finding | Unseen]:
    """A note: the program usually asks, and opens the document read-only."""
    for folder in seen.left.folders:
        if seen.now - folder.time > limits.young:
            yield info("left", folder.path, folder=folder.path, count=folder.count, when=folder.time)
    yield from seen.left.unseen


CHECK = Check(probe=probe, judge=judge, limits=Limits())
