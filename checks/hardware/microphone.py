"""The microphone: whether Windows lets programs use it."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, Record, info, warning
from techkit.readings import consents
from techkit.readings.consents import Consent

DENIED = "Deny"


class Limits(Record, frozen=True):
    """None."""


def probe(host: Host) -> Consent:
    """The switches as they hold for the person at this PC."""
    return consents.consent(host, "microphone")


def judge(seen: Consent, limits: Limits) -> Iterator[Finding]:  # noqa: ARG001 - every judge is called alike
    """One finding: the widest switch that denies; what a policy denies was decided by somebody."""
    name = seen.devices[0]
    facts: dict[str, Fact] = {"device": name, "devices": seen.devices, "sid": seen.sid}
    if seen.forced:
        yield info("policy", name, **facts)
    elif seen.everyone == DENIED:
        yield warning("denied_everyone", name, **facts)
    elif seen.person == DENIED:
        yield warning("denied", name, **facts)
    elif seen.desktop == DENIED:
        yield warning("denied_desktop", name, **facts)


CHECK = Check(probe=probe, judge=judge, limits=Limits(), systems=("windows",), editions=("client",))
