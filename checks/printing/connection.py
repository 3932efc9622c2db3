"""Printers answer on the network, or are plugged in."""

from collections.abc import Iterator
from functools import partial

from techkit import Check, Fact, Finding, Host, ProbeError, Reason, Record, Severity, Unseen
from techkit.readings.printing import printers
from techkit.readings.printing.printers import Printer

MANY = 8


class Line(Record, frozen=True):
    """One printer; `state` as a connection to it ends, or unplugged."""

    printer: Printer
    state: str = ""
    waiting: int = 0
    unseen: Reason | None = None


def probe(host: Host) -> tuple[Line, ...]:
    """Connect to each address; the default printer first."""
    found = printers.served(host)
    there = sorted((one for one in found.printers if one.host), key=lambda one: not one.default)[:MANY]
    usb = [one for one in found.printers if one.usb]
    if not there and not usb:
        raise ProbeError(Reason.INAPPLICABLE, "no printer is in the network or at a USB socket")
    absent = usb if usb and not printers.plugged(host) else []
    answers = host.side_by_side([partial(host.connect, one.host, one.port) for one in there])
    waiting = [sum(job.printer == one.name and not job.held for job in found.jobs) for one in (*there, *absent)]
    unplugged = tuple(Line(one, "unplugged", jobs) for one, jobs in zip(absent, waiting[len(there) :], strict=True))
    return unplugged + tuple(
        Line(one, waiting=jobs, unseen=answer.reason)
        if isinstance(answer, ProbeError)
        else Line(one, answer["state"], jobs)
        for one, answer, jobs in zip(there, answers, waiting[: len(there)], strict=True)
    )


def judge(lines: tuple[Line, ...], _: None) -> Iterator[Finding | Unseen]:
    """A printer without waiting documents may be off or elsewhere: then it is a note."""
    for line in lines:
        printer = line.printer
        if line.unseen:
            yield Unseen(printer.name, line.unseen)
            continue
        severity = Severity.WARNING if line.waiting else Severity.INFO
        facts: dict[str, Fact] = {
            "printer": printer.name,
            "host": printer.host,
            "port": printer.port,
            "jobs": line.waiting,
        }
        if line.state == "unplugged":
            yield Finding("unplugged", Severity.WARNING if line.waiting else Severity.INFO, printer.name, facts)
        elif line.state in {"timeout", "unreachable"}:
            yield Finding("unreachable", severity, printer.name, facts | {"state": line.state})
        elif line.state == "refused":
            yield Finding("refused", severity, printer.name, facts)
        elif line.state == "unresolved":
            yield Finding("unresolved", severity, printer.name, facts)


CHECK = Check(probe=probe, judge=judge, limits=None, blocked_by=printers.NO_SERVICE)
