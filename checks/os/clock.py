"""The clock is right, by time servers and by the dates of web servers."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, Record, Severity, Unseen, warning
from techkit.readings.network import connectivity
from techkit.readings.os import clock, time_sources
from techkit.readings.os.clock import Clock
from techkit.readings.os.time_sources import Witness

SUBJECT = "clock"
OFF = {"disabled", "masked"}
"""Start modes of a disabled service; os.services reports one that should run and has stopped."""


class Limits(Record, frozen=True):
    """In seconds; from five minutes on a domain refuses to log in."""

    warning: float = 60
    critical: float = 300
    agree: float = 5
    stale: float = 86400  # a web cache may hand out an old date, but seldom for longer


def probe(host: Host) -> Clock:
    """Ask all time sources and the time service."""
    return clock.look(host)


def judge(seen: Clock, limits: Limits) -> Iterator[Finding | Unseen]:
    """Wrong by the majority of time sources; unsynchronised if no source of the service has the time."""
    believed = time_sources.believed(seen.witnesses, notable=limits.warning, stale=limits.stale, agree=limits.agree)
    wrong = list(_wrong(seen, limits, believed)) if believed else []
    if not believed:
        yield Unseen("os.clock", seen.unseen, ", ".join(witness.name for witness in seen.witnesses), "sntp")
    yield from wrong
    if wrong and seen.refusal:
        told: dict[str, Fact] = {"off": abs(seen.refusal.needed), "most": seen.refusal.most, "service": seen.kept.unit}
        yield Finding("too_far", wrong[0].severity, clock.WINDOWS, told)
    if seen.kept.unit:
        yield from _kept(seen, seen.kept.unit, wrong=bool(wrong))


def _wrong(seen: Clock, limits: Limits, believed: list[Witness]) -> Iterator[Finding]:
    """The median source; of two, the time server if they agree, else the smaller offset."""
    middle = believed[(len(believed) - 1) // 2 : len(believed) // 2 + 1]
    agreed = (middle[-1].offset or 0) - (middle[0].offset or 0) <= limits.agree
    chosen = min(middle, key=lambda one: (one.kind if agreed else "", abs(one.offset or 0)))
    offset = chosen.offset or 0
    if abs(offset) < limits.warning:
        return
    facts: dict[str, Fact] = {"offset": offset, "off": abs(offset), "behind": offset > 0, "source": chosen.name}
    facts |= {"limit": limits.warning, "zone": seen.zone, "unit": seen.kept.unit}
    facts["server"] = next((witness.name for witness in seen.witnesses if witness.kind == "ntp"), None)
    severity = Severity.CRITICAL if abs(offset) >= limits.critical else Severity.WARNING
    yield Finding("wrong", severity, SUBJECT, facts)


def _kept(seen: Clock, unit: str, *, wrong: bool) -> Iterator[Finding | Unseen]:
    """Faults of the time service; its servers matter only if it is not synchronised."""
    asked = [witness for witness in seen.witnesses if witness.kind == "ntp" and witness.name in seen.kept.servers]
    silent = bool(asked) and all(witness.offset is None for witness in asked)
    names = tuple(witness.name for witness in asked)
    facts: dict[str, Fact] = {"servers": names, "service": unit}
    if silent:
        facts |= {"server": asked[0].name, "state": asked[0].state}
    if seen.kept.active and seen.synchronised is False and silent:
        yield warning("unsynchronised", ", ".join(names), **facts)
    elif unit == clock.WINDOWS and wrong and silent and not seen.kept.by_domain:
        yield warning("source_silent", ", ".join(names), **facts)
    elif seen.kept.active and seen.synchronised is False and seen.kept.sourceless:
        yield warning("sourceless", unit, service=unit)
    elif seen.kept.active and seen.synchronised is False:
        yield from seen.kept.shut
    elif unit == clock.WINDOWS and not seen.kept.active and seen.kept.startup in OFF:
        yield warning("service_off", unit, service=unit)
    elif unit == clock.WINDOWS and not seen.kept.active and seen.kept.startup == clock.STOPPED:
        yield warning("service_stopped", unit, service=unit)
    elif not seen.kept.active and seen.synchronised is False and seen.kept.startup in OFF:
        yield warning("unattended", unit, service=unit, startup=seen.kept.startup)


CHECK = Check(
    probe=probe,
    judge=judge,
    limits=Limits(),
    core=True,
    blocked_by=(*connectivity.NO_LINK, "network.address.none", "network.gateway.none"),
)
