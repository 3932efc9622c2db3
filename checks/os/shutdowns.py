"""The computer stops only when it is told to."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, ProbeError, Reason, Record, info, warning
from techkit.readings.software import crashes
from techkit.readings.software.crashes import Sudden


class Limits(Record, frozen=True):
    """Times in a week: a single power cut is normal."""

    often: int = 2


def probe(host: Host) -> tuple[Sudden, ...]:
    """Ask Windows' log, or wtmp; not in a container."""
    if host.machine()["container"]:
        raise ProbeError(Reason.INAPPLICABLE, "container")
    try:
        return crashes.sudden(host)
    except ProbeError as error:
        if error.reason is Reason.MISSING and host.system == "linux":
            raise ProbeError(Reason.INAPPLICABLE, error.detail) from error
        raise


def judge(seen: tuple[Sudden, ...], limits: Limits) -> Iterator[Finding]:
    """Ending: it froze during shutdown; held: the power button; sudden: power, heat or a freeze."""
    held, asked = sum(one.button for one in seen), sum(one.asked for one in seen)
    if not seen:
        return
    when = max(one.time for one in seen)
    if len(seen) < limits.often:
        yield info("once", "power", count=len(seen), held=held, when=when)
    elif asked * 2 > len(seen):
        yield warning("ending", "power", count=len(seen), held=held, when=when, asked=asked)
    elif held * 2 > len(seen):
        yield warning("held", "power", count=len(seen), held=held, when=when)
    else:
        yield warning("sudden", "power", count=len(seen), held=held, when=when)


CHECK = Check(probe=probe, judge=judge, limits=Limits())
