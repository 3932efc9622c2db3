"""Exactly one antivirus is active."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, Record, Severity, warning
from techkit.readings.antivirus import antiviruses
from techkit.readings.antivirus.antiviruses import Product

SUBJECT = "antivirus"


class Presence(Record, frozen=True):
    """What is installed, on what kind of machine."""

    system: str
    edition: str = "client"
    products: tuple[Product, ...] = ()


class Limits(Record, frozen=True):
    """How many may be active at once; Windows' own steps back by itself."""

    guards: int = 1


def probe(host: Host) -> Presence:
    """Look for every antivirus that techkit knows, or that has registered itself."""
    return Presence(host.system, host.machine()["edition"], antiviruses.antiviruses(host))


def judge(seen: Presence, limits: Limits) -> Iterator[Finding]:
    """Demanded on Windows clients only: servers and Linux may do without by policy."""
    if not seen.products:
        needed = seen.system == "windows" and seen.edition == "client"
        yield Finding("none", Severity.CRITICAL if needed else Severity.INFO, SUBJECT, {"system": seen.system})
    guards = {p.vendor: p.name for p in seen.products if p.guard == "on" and p.vendor != "microsoft"}
    if len(guards) > limits.guards:
        names = tuple(sorted(guards.values()))
        yield warning("conflict", SUBJECT, names=names, count=len(names))


CHECK = Check(probe=probe, judge=judge, limits=Limits(), core=True)
