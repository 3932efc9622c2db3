"""The system itself has not crashed."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, Record, Severity, Unseen, warning
from techkit.readings.software import crashes
from techkit.readings.software.crashes import Oops, Stop
from techkit.readings.supplements import Supplements


class Seen(Record, frozen=True):
    """Kernel oopses of this boot, and traces of earlier crashes."""

    now: float
    oops: Oops | None = None
    stops: tuple[Stop, ...] = ()
    unseen: tuple[Unseen, ...] = ()


class Limits(Record, frozen=True):
    """So many within so many days are critical: it will happen again today."""

    often: int = 2
    days: float = 7


def probe(host: Host) -> Seen:
    """Ask Windows' log for stop codes; on Linux the kernel log, pstore and kdump."""
    if host.system == "windows":
        return Seen(host.now(), stops=crashes.bluescreens(host))
    more = Supplements(host)
    return Seen(host.now(), crashes.oops(host), crashes.remains(host, more), more.unseen)


def judge(seen: Seen, limits: Limits) -> Iterator[Finding | Unseen]:
    """Blue screens by their likely cause."""
    if seen.oops:
        one = seen.oops
        yield warning("oops", "kernel", message=one.message, count=one.count, place=one.place or None, when=one.time)
    for stop in seen.stops:
        fresh = seen.now - stop.time < limits.days * 86400
        severity = Severity.CRITICAL if stop.count >= limits.often and fresh else Severity.WARNING
        code = f"0x{stop.code:X}"
        facts: dict[str, Fact] = {"count": stop.count, "when": stop.time, "code": code}
        facts["undumped"] = stop.undumped or None
        if stop.path:
            yield Finding("panic", severity, "kernel", {"count": stop.count, "when": stop.time, "path": stop.path})
        elif stop.points == crashes.UNRECORDED:
            yield Finding("unrecorded", severity, "dump", {"count": stop.count, "when": stop.time})
        elif stop.points == "hardware":
            yield Finding("bluescreen_hardware", severity, code, facts)
        elif stop.points == "disk":
            yield Finding("bluescreen_disk", severity, code, facts)
        elif stop.points == "verifier":
            yield Finding("bluescreen_verifier", severity, code, facts)
        else:
            yield Finding("bluescreen_driver", severity, code, facts)
    yield from seen.unseen


CHECK = Check(probe=probe, judge=judge, limits=Limits())
