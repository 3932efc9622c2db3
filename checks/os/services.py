"""Services: those that have failed, and those that should run and were stopped."""

from collections.abc import Iterator
from functools import partial

from techkit import Check, Fact, Finding, Host, ProbeError, Reason, Record, Severity, critical
from techkit.readings import antiviruses, resolvers, service_starts, services
from techkit.readings.services import Line, Unit
from techkit.readings.uptime import uptime


class Services(Record, frozen=True):
    """The units that may be in trouble, and what is needed to judge them."""

    system: str
    """systemd, openrc or windows"""
    units: tuple[Unit, ...] = ()
    active: tuple[str, ...] = ()
    """names of all units that are active"""
    said: dict[str, str] = {}  # noqa: RUF012 - every record gets its own
    """the last line that a failed unit wrote"""
    uptime: float = 0
    own_resolver: bool = False
    """names are asked of this machine itself, and of nobody else"""


class Limits(Record, frozen=True):
    """In seconds."""

    daemon: float = 60  # a daemon that ended by itself sooner had nothing to do here
    settle: float = 600  # delayed services of Windows come late


def probe(host: Host) -> Services:
    """Look at the list of all, then closely at the few that may be in trouble."""
    if host.system == "windows":
        return _windows(host)
    if not services.has_systemd(host):
        if host.which("rc-status"):
            return Services("openrc", services.crashed(host))
        raise ProbeError(Reason.INAPPLICABLE, "neither systemd nor OpenRC runs this machine")
    lines = services.listed(host)
    wanted = services.enabled(host) | services.BACKBONE
    names = [line.unit for line in lines if _suspicious(line, wanted)]
    units = tuple(services.units(host, *names).values())
    failed = [unit.name for unit in units if _has_failed(unit)][: services.MANY]
    active = tuple(line.unit for line in lines if line.active == "active")
    own = any(services.RESOLVER.match(name) for name in failed) and resolvers.asks_itself(host)
    return Services("systemd", units, active, services.last_words(host, failed), own_resolver=own)


def _suspicious(line: Line, wanted: frozenset[str]) -> bool:
    if line.active == "failed" or line.sub == "auto-restart":
        return True
    return (
        line.unit in wanted
        and line.unit.endswith((".service", ".timer"))
        and (line.load in services.UNREADABLE_UNIT or (line.active == "inactive" and line.load == "loaded"))
    )


def _windows(host: Host) -> Services:
    every = services.windows(host)
    units = [
        unit
        for unit in every
        if unit.automatic and unit.active == "inactive" and not services.RESTING.fullmatch(unit.name)
    ]
    known = host.side_by_side(partial(services.triggered, host, unit.name) for unit in units)
    for error in known:
        if isinstance(error, ProbeError):
            raise error
    untriggered = [unit for unit, triggered in zip(units, known, strict=True) if not triggered]
    lasts = uptime(host)
    return Services("windows", service_starts.explained(host, untriggered, every, host.now() - lasts), uptime=lasts)


def judge(seen: Services, limits: Limits) -> Iterator[Finding]:
    """Tell failed ones by what they left behind; one that only waits for another that is told needs no word."""
    found = {unit.name: _told(unit, seen, limits) for unit in seen.units}
    for unit in seen.units:
        finding = found[unit.name]
        if finding and not found.get(unit.waits_for):
            yield finding


def _told(unit: Unit, seen: Services, limits: Limits) -> Finding | None:
    severity = _severity(unit)
    facts: dict[str, Fact] = {"unit": unit.name, "description": unit.description or unit.name}
    if _has_failed(unit) and not _told_elsewhere(unit):
        return _failed(unit, seen, severity, facts)
    if (role := services.role(unit)) == "dns" and not _late(unit, seen, limits):
        return Finding("names_stopped", severity, unit.name, facts)
    if role and not _late(unit, seen, limits):
        return Finding("role_stopped", severity, unit.name, facts | {"role": role})
    if _was_stopped(unit, seen, limits):
        return Finding("stopped", severity, unit.name, facts | {"startup": unit.startup})
    return None


def _failed(unit: Unit, seen: Services, severity: Severity, facts: dict[str, Fact]) -> Finding:
    line = seen.said.get(unit.name, "")
    blame = services.blame(unit, line)
    facts = facts | {"result": unit.result, "exit_code": unit.exit_status, "message": line or None}
    if unit.kind == services.WINDOWS and unit.exit_status == services.NOT_SIGNED_IN:
        why = unit.login or services.NOT_SIGNED_IN
        return Finding("failed_login", severity, unit.name, facts | {"account": unit.account or None, "why": why})
    if unit.waits_for:
        return Finding(
            "failed_dependency", severity, unit.name, facts | {"needs": unit.waits_for, "exit_code": unit.exit_status}
        )
    if seen.own_resolver and services.RESOLVER.match(unit.name):
        return critical("resolver_failed", unit.name, **facts)
    if blame == "network":
        return Finding("failed_offline", severity, unit.name, facts)
    if blame == "setup" and services.missing(line):
        return Finding("failed_missing", severity, unit.name, facts | {"missing": services.missing(line)})
    if blame == "setup":
        return Finding("failed_setup", severity, unit.name, facts)
    if unit.result == "oom-kill" or (unit.result == "signal" and unit.exit_status == services.KILL):
        return Finding("failed_killed", severity, unit.name, facts)
    return Finding("failed", severity, unit.name, facts)


def _severity(unit: Unit) -> Severity:
    core = unit.name in services.BACKBONE or unit.name.lower() in services.CORE or services.role(unit)
    return Severity.CRITICAL if core else Severity.WARNING


def _has_failed(unit: Unit) -> bool:
    """Whether it ended with an error, is started again and again, or cannot be read."""
    if unit.kind == services.WINDOWS:
        return unit.active == "inactive" and unit.exit_status not in {0, None, services.NEVER_STARTED}
    again = unit.sub == "auto-restart" and unit.result != "success"
    return unit.active == "failed" or again or unit.result in services.UNREADABLE_UNIT


def _told_elsewhere(unit: Unit) -> bool:
    """Whether another check says more of it: antiviruses, mounts of fstab, waiting for the network, a crash."""
    waiting = unit.name.endswith((".scope", "-wait-online.service")) or unit.name.startswith("systemd-coredump@")
    return waiting or unit.source == "/etc/fstab" or antiviruses.told_here(unit.name)


def _late(unit: Unit, seen: Services, limits: Limits) -> bool:
    """Whether Windows has just started, and this service may still come."""
    return seen.uptime < limits.settle and (unit.delayed or unit.exit_status == services.NEVER_STARTED)


def _was_stopped(unit: Unit, seen: Services, limits: Limits) -> bool:
    """Whether a unit that should run ran, and ended without an error."""
    if unit.active != "inactive" or services.GUARDS.match(unit.name):
        return False
    if seen.system == "windows":
        return unit.name.lower() in services.CORE | services.MISSED and not _late(unit, seen, limits)
    if not (unit.loaded and unit.ran and unit.condition) or set(unit.conflicts) & set(seen.active):
        return False
    if unit.name in services.BACKBONE:
        return unit.automatic or unit.startup == "static"
    if not unit.automatic or unit.kind in {"oneshot", "idle"} or set(unit.triggers) & set(seen.active):
        return False
    if unit.name in services.TIME:
        return not services.TIME & set(seen.active)
    if any(name.startswith("dbus-") for name in unit.names):
        return False
    long_lived = unit.kind in {"forking", "notify", "dbus"} and unit.lasted >= limits.daemon
    return unit.told or unit.killed or long_lived


CHECK = Check(probe=probe, judge=judge, limits=Limits(), core=True)
