"""Errors that memory, processor and buses report of themselves."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, Record, critical, info, warning
from techkit.readings.hardware import machine_checks
from techkit.readings.hardware.machine_checks import Trouble


class Limits(Record, frozen=True):
    """Corrected bus errors come by the thousand and are harmless."""

    corrected: int = 1
    bus: int = 1000


def probe(host: Host) -> tuple[Trouble, ...]:
    """Since the start; on Windows of the last month."""
    return machine_checks.troubles(host)


def judge(troubles: tuple[Trouble, ...], limits: Limits) -> Iterator[Finding]:
    """What is reported right after boot happened before it, and is often firmware noise."""
    for one in troubles:
        subject = one.place or one.part or "machine check"
        facts: dict[str, Fact] = {
            "part": one.part or None,
            "place": one.place or None,
            "count": one.count,
            "message": one.message,
        }
        if one.kind == "test_failed":
            yield critical("test_failed", subject, **facts)
        elif one.kind == "uncorrected":
            yield critical("uncorrected", subject, **facts)
        elif one.early:
            yield info("at_start", subject, **facts)
        elif one.part == "bus":
            if one.count >= limits.bus:
                yield info("bus", subject, **facts)
        elif one.kind == "unsaid":
            yield warning("machine_check", subject, **facts)
        elif one.count >= limits.corrected:
            yield warning("corrected", subject, **facts)


CHECK = Check(probe=probe, judge=judge, limits=Limits())
