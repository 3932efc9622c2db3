"""Defender has scanned this machine recently."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, ProbeError, Reason, Record, info
from techkit.readings.antivirus import antiviruses, security_center

SUBJECT = "Microsoft Defender"


class Scanned(Record, frozen=True):
    """Days since the last scan; None: never."""

    days: int | None = None


class Limits(Record, frozen=True):
    """In days; by default it scans about once a week."""

    old: int = 30


def probe(host: Host) -> Scanned:
    """Ask Defender if it is active; other products do not tell."""
    products = antiviruses.antiviruses(host)
    if not any(product.vendor == "microsoft" and product.protects for product in products):
        raise ProbeError(Reason.INAPPLICABLE, "Defender does not guard here")
    return Scanned(security_center.last_scan(host))


def judge(seen: Scanned, limits: Limits) -> Iterator[Finding]:
    """A note: real-time protection checks every used file anyway."""
    if seen.days is None:
        yield info("never", SUBJECT, program=SUBJECT)
    elif seen.days > limits.old:
        yield info("old", SUBJECT, program=SUBJECT, days=seen.days)


CHECK = Check(probe=probe, judge=judge, limits=Limits(), systems=("windows",))
