"""Services: those that have failed, and those that should run and were stopped."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, Record, Severity, critical
from techkit.readings.antivirus import antiviruses
from techkit.readings.os import service_failures, service_roles, services
from techkit.readings.os.service_failures import Services
from techkit.readings.os.services import Unit


class Limits(Record, frozen=True):
    """In seconds."""

    daemon: float = 60  # a daemon that ended by itself sooner had nothing to do here
    settle: float = 600  # delayed services of Windows come late


def probe(host: Host) -> Services:
    """Look at the list of all, then closely at the few that may be in trouble."""
    return service_failures.look(host)


def judge(seen: Services, limits: Limits) -> Iterator[Finding]:
    """Failed services by the traces they left; one that only waits for a reported one is left out."""
    found = {unit.name: _told(unit, seen, limits) for unit in seen.units}
    told = {name.lower() for name, finding in found.items() if finding}
    for unit in seen.units:
        finding = found[unit.name]
        if finding and not told & {name.lower() for name in (unit.waits_for, *unit.needs)}:
            yield finding


def _told(unit: Unit, seen: Services, limits: Limits) -> Finding | None:
    severity = _severity(unit)
    facts: dict[str, Fact] = {"unit": unit.name, "description": unit.description or unit.name}
    if unit.active == "paused":
        core = severity == Severity.CRITICAL
        return Finding("paused", severity, unit.name, facts) if core else None
    if unit.failed and not _told_elsewhere(unit):
        return _failed(unit, seen, severity, facts)
    if (role := service_roles.role(unit)) == "dns" and not _late(unit, seen, limits):
        return Finding("names_stopped", severity, unit.name, facts)
    if role and not _late(unit, seen, limits):
        return Finding("role_stopped", severity, unit.name, facts | {"role": role})
    if _was_stopped(unit, seen, limits):
        return Finding("stopped", severity, unit.name, facts | {"startup": unit.startup})
    return None


def _failed(unit: Unit, seen: Services, severity: Severity, facts: dict[str, Fact]) -> Finding:
    line = seen.said.get(unit.name, "")
    blame = service_failures.blame(unit, line)
    facts = facts | {"result": unit.result, "exit_code": unit.exit_status, "message": line or None}
    if unit.kind == services.WINDOWS and unit.exit_status == services.NOT_SIGNED_IN:
        why = unit.login or services.NOT_SIGNED_IN
        return Finding("failed_login", severity, unit.name, facts | {"account": unit.account or None, "why": why})
    if unit.waits_for:
        return Finding(
            "failed_dependency", severity, unit.name, facts | {"needs": unit.waits_for, "exit_code": unit.exit_status}
        )
    if seen.own_resolver and service_roles.RESOLVER.match(unit.name):
        return critical("resolver_failed", unit.name, **facts)
    if blame == "network":
        return Finding("failed_offline", severity, unit.name, facts)
    if blame == "setup" and service_failures.missing(line):
        return Finding("failed_missing", severity, unit.name, facts | {"missing": service_failures.missing(line)})
    if blame == "setup":
        return Finding("failed_setup", severity, unit.name, facts)
    if unit.result == "oom-kill" or (unit.result == "signal" and unit.exit_status == service_failures.KILL):
        return Finding("failed_killed", severity, unit.name, facts)
    return Finding("failed", severity, unit.name, facts)


def _severity(unit: Unit) -> Severity:
    core = unit.name in service_roles.BACKBONE or unit.name.lower() in service_roles.CORE or service_roles.role(unit)
    return Severity.CRITICAL if core else Severity.WARNING


def _told_elsewhere(unit: Unit) -> bool:
    """Whether another check covers it: antiviruses, fstab mounts, network waits, crashes."""
    waiting = unit.name.endswith((".scope", "-wait-online.service")) or unit.name.startswith("systemd-coredump@")
    return waiting or unit.source == "/etc/fstab" or antiviruses.told_here(unit.name)


def _late(unit: Unit, seen: Services, limits: Limits) -> bool:
    """Whether Windows has just started, and this service may still start."""
    return seen.uptime < limits.settle and (unit.delayed or unit.exit_status == services.NEVER_STARTED)


def _was_stopped(unit: Unit, seen: Services, limits: Limits) -> bool:
    """Whether a unit that should run ran, and ended without an error."""
    if unit.active != "inactive" or service_roles.GUARDS.match(unit.name):
        return False
    if seen.system == "windows":
        return unit.name.lower() in service_roles.CORE | service_roles.MISSED and not _late(unit, seen, limits)
    if not (unit.loaded and unit.ran and unit.condition) or set(unit.conflicts) & set(seen.active):
        return False
    if unit.name in service_roles.BACKBONE:
        return unit.automatic or unit.startup == "static"
    if not unit.automatic or unit.kind in {"oneshot", "idle"} or set(unit.triggers) & set(seen.active):
        return False
    if unit.name in service_roles.TIME:
        return not service_roles.TIME & set(seen.active)
    if any(name.startswith("dbus-") for name in unit.names):
        return False
    long_lived = unit.kind in {"forking", "notify", "dbus"} and unit.lasted >= limits.daemon
    return unit.told or unit.killed or long_lived


CHECK = Check(probe=probe, judge=judge, limits=Limits(), core=True)
