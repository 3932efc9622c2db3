"""No print queue is stopped or rejecting, and no document is stuck."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, Record, Severity
from techkit.readings.printing import printers
from techkit.readings.printing.printers import Job, Printing


class Limits(Record, frozen=True):
    """In seconds."""

    stuck: float = 15 * 60


def probe(host: Host) -> Printing:
    """Printers and what waits for them."""
    return printers.served(host)


def judge(seen: Printing, limits: Limits) -> Iterator[Finding]:
    """One finding per printer; an unused one without waiting documents is a note."""
    only = sum(not printer.virtual for printer in seen.printers) == 1
    for printer in seen.printers:
        waiting = [job for job in seen.jobs if job.printer == printer.name and not job.held]
        missed = bool(waiting) or (not printer.virtual and (printer.default or only))
        severity = Severity.WARNING if missed else Severity.INFO
        facts = _facts(printer.name, printer.message, waiting)
        if not printer.enabled:
            yield Finding("stopped", severity, printer.name, facts)
        elif printer.needs:
            yield Finding("attention", severity, printer.name, facts | {"need": printer.needs[0]})
        elif not printer.accepting:
            yield Finding("rejecting", severity, printer.name, facts)
        elif max((job.age for job in waiting), default=0) >= limits.stuck:
            yield Finding("stuck", severity, printer.name, facts)


def _facts(name: str, message: str, waiting: list[Job]) -> dict[str, Fact]:
    oldest = max(waiting, key=lambda job: job.age, default=None)
    return {
        "printer": name,
        "message": message or None,
        "jobs": len(waiting),
        "age": oldest.age if oldest else None,
        "job": oldest.number if oldest else None,
    }


CHECK = Check(
    probe=probe,
    judge=judge,
    limits=Limits(),
    blocked_by=printers.NO_SERVICE,
)
