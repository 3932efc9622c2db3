"""The clock is right, by time servers and by the dates of web servers."""

from collections.abc import Iterator
from functools import partial

from techkit import Check, Fact, Finding, Host, ProbeError, Reason, Record, Severity, Unseen, warning
from techkit.readings import clock, reach

SUBJECT = "clock"
OFF = {"disabled", "masked"}
"""Of a service that the machine does not start; one that it starts and that has stopped is told elsewhere."""


class Clock(Record, frozen=True):
    """What the witnesses say; `unseen`: why not one could be asked."""

    witnesses: tuple[clock.Witness, ...]
    unit: str | None = None
    active: bool = False
    startup: str = ""
    """enabled, disabled, masked, … of that service"""
    servers: tuple[str, ...] = ()
    """that the service at work is told to ask"""
    sourceless: bool = False
    by_domain: bool = False
    """its domain tells it the time"""
    refusal: clock.Refusal | None = None
    synchronised: bool | None = None
    zone: str | None = None
    unseen: Reason = Reason.TIMEOUT


class Limits(Record, frozen=True):
    """In seconds; from five minutes on a domain refuses to log in."""

    warning: float = 60
    critical: float = 300
    agree: float = 5
    stale: float = 86400  # a web cache may hand out an old date, but seldom for longer


def probe(host: Host) -> Clock:
    """Ask all witnesses and the time service side by side."""
    kept = clock.source(host)
    questions = clock.questions(host, kept.servers or tuple(host.site()["time"]))
    state, *answers = host.side_by_side([partial(clock.synchronised, host, kept.unit), *questions])
    errors = [answer.reason for answer in answers if isinstance(answer, ProbeError)]
    witnesses = tuple(answer for answer in answers if isinstance(answer, clock.Witness))
    return Clock(
        witnesses=witnesses,
        refusal=clock.refusal(host, witnesses),
        unit=kept.unit,
        active=kept.active,
        startup=kept.startup,
        servers=kept.servers,
        sourceless=kept.sourceless,
        by_domain=kept.by_domain,
        synchronised=None if isinstance(state, ProbeError) else state,
        zone=clock.zone(host),
        unseen=errors[0] if errors else Reason.TIMEOUT,
    )


def judge(seen: Clock, limits: Limits) -> Iterator[Finding | Unseen]:
    """Wrong by what most witnesses say; unsynchronised when nobody whom the service asks knows the time."""
    believed = _believed(seen, limits)
    wrong = list(_wrong(seen, limits, believed)) if believed else []
    if not believed:
        yield Unseen("os.clock", seen.unseen, ", ".join(witness.name for witness in seen.witnesses))
    yield from wrong
    if wrong and seen.refusal:
        told: dict[str, Fact] = {"off": abs(seen.refusal.needed), "most": seen.refusal.most, "service": seen.unit}
        yield Finding("too_far", wrong[0].severity, clock.WINDOWS, told)
    asked = [witness for witness in seen.witnesses if witness.kind == "ntp" and witness.name in seen.servers]
    silent = bool(asked) and all(witness.offset is None for witness in asked)
    names = tuple(witness.name for witness in asked)
    facts: dict[str, Fact] = {"servers": names, "service": seen.unit}
    if silent:
        facts |= {"server": asked[0].name, "state": asked[0].state}
    if seen.active and seen.synchronised is False and silent:
        yield warning("unsynchronised", ", ".join(names), **facts)
    elif seen.unit == clock.WINDOWS and wrong and silent and not seen.by_domain:
        yield warning("source_silent", ", ".join(names), **facts)
    elif seen.unit and seen.active and seen.synchronised is False and seen.sourceless:
        yield warning("sourceless", seen.unit, service=seen.unit)
    elif seen.unit == clock.WINDOWS and not seen.active and seen.startup in OFF:
        yield warning("service_off", seen.unit, service=seen.unit)
    elif seen.unit and not seen.active and seen.synchronised is False and seen.startup in OFF:
        yield warning("unattended", seen.unit, service=seen.unit, startup=seen.startup)


def _wrong(seen: Clock, limits: Limits, believed: list[tuple[float, str, str]]) -> Iterator[Finding]:
    """Take the witness in the middle; of two that agree the time server, else the one that accuses less."""
    middle = believed[(len(believed) - 1) // 2 : len(believed) // 2 + 1]
    agreed = middle[-1][0] - middle[0][0] <= limits.agree
    offset, _, source = min(middle, key=lambda one: (one[1] if agreed else "", abs(one[0])))
    if abs(offset) < limits.warning:
        return
    facts: dict[str, Fact] = {"offset": offset, "off": abs(offset), "behind": offset > 0, "source": source}
    facts |= {"limit": limits.warning, "zone": seen.zone, "unit": seen.unit}
    facts["server"] = next((witness.name for witness in seen.witnesses if witness.kind == "ntp"), None)
    severity = Severity.CRITICAL if abs(offset) >= limits.critical else Severity.WARNING
    yield Finding("wrong", severity, SUBJECT, facts)


def _believed(seen: Clock, limits: Limits) -> list[tuple[float, str, str]]:
    """Time servers, and the latest date of the web: what a cache hands out is old, never in the future.

    That a clock is ahead is therefore believed only of two dates that agree, or of one that no cache explains.
    """
    told = sorted(
        (witness.offset, witness.kind, witness.name) for witness in seen.witnesses if witness.offset is not None
    )
    dates = sorted({name: (offset, kind, name) for offset, kind, name in told if kind == "web"}.values())
    if dates:
        latest = dates[-1][0]
        agreed = len(dates) > 1 and latest - dates[-2][0] <= limits.agree
        if not (latest > -limits.warning or latest < -limits.stale or agreed):
            dates = []
    return sorted([*(one for one in told if one[1] == "ntp"), *dates[-1:]])


CHECK = Check(
    probe=probe,
    judge=judge,
    limits=Limits(),
    core=True,
    blocked_by=(*reach.NO_LINK, "network.address.none", "network.gateway.none"),
)
