"""Programs do not crash or hang again and again."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, Record, info, warning
from techkit.readings.software import crashes
from techkit.readings.software.crashes import Crash


class Limits(Record, frozen=True):
    """Times in a week."""

    often: int = 3


def probe(host: Host) -> tuple[Crash, ...]:
    """Ask systemd-coredump, apport, or Windows' application log."""
    return crashes.programs(host)


def judge(seen: tuple[Crash, ...], limits: Limits) -> Iterator[Finding]:
    """Once may be chance, repeatedly is a fault; office suites and browsers have their own remedies."""
    for one in seen[:10]:
        facts: dict[str, Fact] = {
            "program": one.program, "count": one.count, "when": one.time, "how": one.how or None,
            "module": one.module or None, "unit": one.unit or one.service or None, "path": one.path or None,
        }  # fmt: skip
        if one.count < limits.often:
            yield info("seldom", one.program, **facts)
        elif one.driver:
            yield warning("printer_driver", one.program, **facts | {"unit": "Spooler"})
        elif one.service and not one.hung:
            yield warning("service", one.program, **facts)
        elif crashes.OFFICE.fullmatch(one.program):
            yield warning("office", one.program, **facts)
        elif crashes.BROWSERS.fullmatch(one.program):
            yield warning("browser", one.program, **facts)
        elif one.hung:
            yield warning("hanging", one.program, **facts)
        else:
            yield warning("repeating", one.program, **facts)


CHECK = Check(probe=probe, judge=judge, limits=Limits())
