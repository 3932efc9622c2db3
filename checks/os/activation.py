"""Windows is activated, and no trial period is about to end."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, Record, info, warning
from techkit.readings.software import licences
from techkit.readings.software.licences import Licence


class Limits(Record, frozen=True):
    """Days before the end of a trial to warn at: afterwards Windows shuts down every hour.

    A KMS server renews for 180 days, every week: with `renew` left it has not for five months.
    """

    soon: float = 14
    renew: float = 30


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
    elif seen.state == "licensed" and seen.company and 0 < days <= limits.renew:
        yield warning("renewal_overdue", seen.product, product=seen.product, days=days)
    elif seen.state != "licensed" and (code := _cause(seen)):
        yield code
    elif seen.state == "grace":
        yield warning("grace", seen.product, product=seen.product, days=days)
    elif seen.state != "licensed":
        yield warning("missing", seen.product, **_facts(seen))


def _facts(seen: Licence) -> dict[str, Fact]:
    return {"product": seen.product, "state": seen.state, "reason": seen.reason or None}


def _cause(seen: Licence) -> Finding | None:
    """Codes whose reason names its own remedy."""
    if seen.company:
        return warning("server_away", seen.product, **_facts(seen))
    if seen.reason in licences.NEW_HARDWARE:
        return warning("new_hardware", seen.product, **_facts(seen))
    if seen.reason in licences.REFUSED:
        return warning("key_refused", seen.product, **_facts(seen))
    return None


CHECK = Check(probe=probe, judge=judge, limits=Limits(), cost="slow", systems=("windows",))
