"""Office is activated and stays so, where Windows keeps its licence."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, Record, warning
from techkit.readings.software import licences
from techkit.readings.software.licences import Licence


class Seen(Record, frozen=True):
    """The licences of Office, Visio and Project."""

    licences: tuple[Licence, ...] = ()


class Limits(Record, frozen=True):
    """Days left of the 180 that a KMS server renews every week: it has not for five months."""

    renew: float = 30


def probe(host: Host) -> Seen:
    """Ask Windows for the licences of Office."""
    return Seen(licences.office(host))


def judge(seen: Seen, limits: Limits) -> Iterator[Finding]:
    """Not activated, in grace, or soon to expire."""
    for one in seen.licences:
        days = one.minutes / 1440
        facts: dict[str, Fact] = {"product": one.product, "release": one.release, "reason": one.reason or None}
        if one.state == "licensed":
            if one.company and 0 < days <= limits.renew:
                yield warning("renewal_overdue", one.product, days=days, **facts)
        elif one.company:
            yield warning("server_away", one.product, state=one.state, **facts)
        elif one.reason in licences.REFUSED:
            yield warning("key_refused", one.product, state=one.state, **facts)
        elif one.state == "grace":
            yield warning("grace", one.product, days=days, **facts)
        else:
            yield warning("missing", one.product, state=one.state, **facts)


CHECK = Check(probe=probe, judge=judge, limits=Limits(), cost="slow", systems=("windows",))
