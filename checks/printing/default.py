"""There is a default printer, and it is not set offline."""

from collections.abc import Iterator
from functools import partial

from techkit import Check, Finding, Host, Reason, Record, Severity, attempt, info, warning
from techkit.readings.printing import printers
from techkit.readings.printing.printers import Printer


class Choice(Record, frozen=True):
    """What programs print to by themselves."""

    name: str
    """empty: no default printer"""
    printers: tuple[Printer, ...] = ()
    silent: bool = False
    """nothing waits for it and it is unreachable: it is off, or the machine is elsewhere"""


def probe(host: Host) -> Choice:
    """The person's choice overrides the machine's."""
    found = printers.served(host)
    own = "" if host.system == "windows" else printers.chosen(host)
    name = own or found.default
    shown = next((one for one in found.printers if one.name == name and one.offline), None)
    waiting = any(job.printer == name for job in found.jobs)
    return Choice(name, found.printers, bool(shown and not waiting and not _answers(host, shown)))


def _answers(host: Host, printer: Printer) -> bool:
    if not printer.host:
        return False
    said = attempt(partial(host.connect, printer.host, printer.port), {"state": ""}, *Reason)
    return said["state"] not in {"timeout", "unreachable", "unresolved"}


def judge(seen: Choice, _: None) -> Iterator[Finding]:
    """A stopped queue is reported by printing.queue."""
    real = tuple(printer for printer in seen.printers if not printer.virtual)
    names = {printer.name.casefold(): printer for printer in seen.printers}
    name = seen.name.partition("/")[0]
    if not seen.name:
        if real:
            yield info("unset", real[0].name, printers=tuple(printer.name for printer in real))
        return
    printer = names.get(name.casefold())
    if printer is None:
        yield warning("missing", name, printer=name, printers=tuple(printer.name for printer in real))
    elif printer.offline:
        severity = Severity.INFO if seen.silent else Severity.WARNING
        yield Finding("offline", severity, name, {"printer": name})


CHECK = Check(probe=probe, judge=judge, limits=None, blocked_by=printers.NO_SERVICE)
