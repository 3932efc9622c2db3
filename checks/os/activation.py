"""Windows is activated, and no trial period is about to end."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, Record, info, warning
from techkit.readings import licences
from techkit.readings.licences import Licence


class Limits(Record, frozen=True):
    """Days before the end of a trial that are worth a warning: then Windows switches itself off every hour."""

    soon: float = 14


def probe(host: Host) -> Licence:
    """Ask Windows for its own licence."""
    return licences.licence(host)


def judge(seen: Licence, limits: Limits) -> Iterator[Finding]:
    """Not activated, not yet activated, or a trial."""
    days = seen.minutes / 1440
    if seen.evaluation and seen.state == "licensed":
        if days <= limits.soon:
            yield warning("trial_ends", seen.product, product=seen.product, days=days)
        else:
            yield info("trial", seen.product, product=seen.product, days=days)
    elif seen.state == "grace":
        yield warning("grace", seen.product, product=seen.product, days=days)
    elif seen.state != "licensed":
        yield warning("missing", seen.product, product=seen.product, state=seen.state, reason=seen.reason or None)


CHECK = Check(probe=probe, judge=judge, limits=Limits(), cost="slow", systems=("windows",))
