"""Heat: parts at their protection limit, a throttled processor, broken fans."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, Record, Severity, Unseen, critical, warning
from techkit.readings.hardware import sensors
from techkit.readings.hardware.sensors import Climate, Heat


class Limits(Record, frozen=True):
    """In °C; a part's own limit counts before ours."""

    margin: float = 3
    absolute: float = 100
    slowed: float = 0.01
    """of the time since the start"""
    least: float = 60
    """seconds that it must have been slowed down"""
    held_back: float = 0.10
    """of the time, by the firmware of a Windows PC"""
    lately: float = 7200
    """seconds since the firmware was last told to do so: it lasts"""
    events: int = 100
    """times, where the kernel counts no seconds"""


def probe(host: Host) -> Climate:
    """Read once; heat under load is no fault below the limit."""
    return sensors.climate(host)


def judge(seen: Climate, limits: Limits) -> Iterator[Finding | Unseen]:
    """One finding a part, by its hottest sensor."""
    for part in dict.fromkeys(heat.part for heat in seen.heats):
        hottest = max((heat for heat in seen.heats if heat.part == part), key=lambda heat: _excess(heat, limits))
        facts: dict[str, Fact] = {
            "part": part,
            "label": hottest.label,
            "celsius": hottest.celsius,
            "limit": hottest.critical or limits.absolute,
        }
        if _excess(hottest, limits) >= 0:
            yield critical("critical", hottest.label, **facts)
        elif _excess(hottest, limits) >= -limits.margin:
            yield warning("hot", hottest.label, **facts)
    slowed = seen.throttled or 0
    if slowed >= limits.least and seen.uptime and slowed / seen.uptime >= limits.slowed:
        yield warning("throttled", "processor", seconds=slowed, fraction=min(1.0, slowed / seen.uptime))
    elif seen.throttled is None and seen.events >= limits.events:
        yield warning("throttled_often", "processor", events=seen.events, limit=limits.events)
    if seen.shut_down:
        yield critical("shut_down", "processor", count=len(seen.shut_down), when=seen.shut_down[0])
    if (limit := seen.limit) and limit.seconds / limit.window >= limits.held_back and limit.age <= limits.lately:
        facts = {"seconds": limit.seconds, "fraction": limit.seconds / limit.window, "heat": limit.heat}
        severity = Severity.WARNING if limit.heat else Severity.INFO  # a laptop on its battery may be meant to be slow
        yield Finding("limited", severity, "processor", facts)
    for fan in seen.fans:
        yield warning("fan", fan, fan=fan)
    yield from seen.unseen


def _excess(heat: Heat, limits: Limits) -> float:
    return heat.celsius - (heat.critical or limits.absolute)


CHECK = Check(probe=probe, judge=judge, limits=Limits())
