"""The licence of the antivirus is valid."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, Record, critical, warning
from techkit.readings.antivirus import protections


class Licences(Record, frozen=True):
    """(product, days left)."""

    found: tuple[tuple[str, int], ...] = ()


class Limits(Record, frozen=True):
    """In days."""

    warning: int = 14


def probe(host: Host) -> Licences:
    """Read what the products record about their licences."""
    return Licences(tuple(protections.licence(host)))


def judge(seen: Licences, limits: Limits) -> Iterator[Finding]:
    """An expired licence stops the updates."""
    for name, days in seen.found:
        if days < 0:
            yield critical("expired", name, program=name, days=-days)
        elif days < limits.warning:
            yield warning("ending", name, program=name, days=days, limit=limits.warning)


CHECK = Check(probe=probe, judge=judge, limits=Limits(), systems=("windows",))
