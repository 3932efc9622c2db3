"""No critical Windows update has been waiting for long."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, Record, info, warning
from techkit.readings.os import pending_updates
from techkit.readings.os.pending_updates import Update


class Limits(Record, frozen=True):
    """Seconds from its release within which Windows installs an update by itself."""

    patience: float = 14 * 86400


def probe(host: Host) -> tuple[Update, ...]:
    """Ask the update agent for what it knows, without the network."""
    return pending_updates.updates(host)


def judge(seen: tuple[Update, ...], limits: Limits) -> Iterator[Finding]:
    """Critical and old is a warning; everything else installs by itself."""
    late = [one for one in seen if one.grave and one.age is not None and one.age > limits.patience]
    if late:
        names = tuple(one.article or one.title for one in late)
        yield warning("waiting", "-", updates=names, count=len(late), age=max(one.age or 0 for one in late))
    elif seen:
        yield info("coming", "-", updates=tuple(one.article or one.title for one in seen), count=len(seen))


CHECK = Check(probe=probe, judge=judge, limits=Limits(), cost="slow", systems=("windows",))
