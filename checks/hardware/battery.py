"""The battery of a laptop: how much of it is left, whether it is charged, whether it is about to run out."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, Record, info, warning
from techkit.readings.hardware import batteries
from techkit.readings.hardware.batteries import Power


class Limits(Record, frozen=True):
    """Health as a fraction of the design capacity, levels in percent."""

    note: float = 0.8
    worn: float = 0.6
    charged: int = 50
    low: int = 10


def probe(host: Host) -> Power:
    """Batteries and mains."""
    return batteries.power(host)


def judge(seen: Power, limits: Limits) -> Iterator[Finding]:
    """A battery that idles half full on mains is often kept so on purpose."""
    for one in seen.batteries:
        facts: dict[str, Fact] = {"health": one.health, "level": one.level, "cycles": one.cycles, "state": one.state}
        if one.level is not None and one.state == "discharging" and one.level <= limits.low:
            if seen.mains:
                yield warning("draining", one.name, **facts)
            else:
                yield warning("low", one.name, **facts)
        elif one.level is not None and seen.mains and one.state == "idle" and one.level < _wanted(one.ceiling, limits):
            yield warning("not_charging", one.name, **facts)
        if one.health is not None and one.health < limits.worn:
            yield warning("worn", one.name, **facts)
        elif one.health is not None and one.health < limits.note:
            yield info("ageing", one.name, **facts)


def _wanted(ceiling: int | None, limits: Limits) -> int:
    return min(limits.charged, (ceiling or 100) - 10)


CHECK = Check(probe=probe, judge=judge, limits=Limits())
