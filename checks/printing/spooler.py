"""The print service: whether it runs where printers are set up."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, ProbeError, Reason, Record, critical, warning
from techkit.readings.os import services
from techkit.readings.os.uptime import uptime
from techkit.readings.printing import printers

SETTLE = 600
"""Seconds after the start of Windows in which its services come."""


class Spooler(Record, frozen=True):
    """The print service and the printers that need it."""

    unit: str
    running: bool
    pending: bool = False
    """whether it has begun to start or stop, or runs and does not answer"""
    startup: str = ""
    printers: tuple[str, ...] = ()
    """names of printers that are more than a file or a fax; empty where only their number is unknown"""
    count: int | None = None
    waiting: int = 0
    """documents in its folder, if it ended with an error"""


def probe(host: Host) -> Spooler:
    """On Linux ask CUPS itself, because socket activation starts it on demand."""
    if host.system == "windows":
        unit = services.units(host, "Spooler")["Spooler"]
        if not unit.loaded:
            raise ProbeError(Reason.INAPPLICABLE, "this Windows has no print service")
        if not unit.running and _coming(unit) and uptime(host) < SETTLE:
            raise ProbeError(Reason.INAPPLICABLE, "Windows has just started, and its print service is coming")
        names = () if unit.running else printers.real(host)
        pending = unit.active in {"activating", "deactivating"}
        fell = not unit.running and unit.exit_status not in {0, None, services.NEVER_STARTED}
        waiting = printers.spooled(host) if fell else 0
        return Spooler("Spooler", unit.running, pending, unit.startup, names, len(names), waiting)
    try:
        if printers.printing(host).running:
            return Spooler("cups.service", running=True)
    except ProbeError as error:
        if error.reason is not Reason.TIMEOUT:
            raise
        return Spooler("cups.service", running=True, pending=True)
    startup = services.units(host, "cups.service")["cups.service"].startup if services.has_systemd(host) else ""
    return Spooler("cups.service", running=False, startup=startup)


def _coming(unit: services.Unit) -> bool:
    return unit.active == "activating" or (unit.automatic and unit.exit_status == services.NEVER_STARTED)


def judge(seen: Spooler, _: None) -> Iterator[Finding]:
    """An unneeded print service may be off; on servers it is often disabled on purpose."""
    facts = {"unit": seen.unit, "printers": seen.printers or None, "startup": seen.startup or None}
    if seen.count == 0 and not seen.running:
        return
    if seen.pending:
        yield warning("hung", seen.unit, **facts)
    elif not seen.running and seen.startup in {"disabled", "masked", "masked-runtime"}:
        yield critical("disabled", seen.unit, **facts)
    elif not seen.running and seen.waiting:
        yield critical("jammed", seen.unit, unit=seen.unit, count=seen.waiting)
    elif not seen.running:
        yield critical("stopped", seen.unit, **facts)


CHECK = Check(probe=probe, judge=judge, limits=None)
