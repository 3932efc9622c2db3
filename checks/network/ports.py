"""Every service gets the port that it needs."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, Severity, warning
from techkit.readings.network import port_conflicts
from techkit.readings.os import service_roles


def probe(host: Host) -> tuple[port_conflicts.Conflict, ...]:
    """Look at the services that have failed, and at who listens."""
    return port_conflicts.conflicts(host)


def judge(seen: tuple[port_conflicts.Conflict, ...], _: None) -> Iterator[Finding]:
    """A stray program can be ended; about another service somebody has to decide."""
    for one in seen:
        facts: dict[str, Fact] = {"unit": one.unit, "port": one.port}
        holder: dict[str, Fact] = {"pid": one.pid, "holder": one.holder or one.program or None}
        severity = Severity.CRITICAL if one.unit in service_roles.BACKBONE else Severity.WARNING
        if not one.port:
            yield warning("unnamed", one.unit, unit=one.unit)
        elif one.holder:
            yield Finding("shared", severity, one.unit, facts | holder)
        elif one.pid and one.program:
            yield Finding("taken", severity, one.unit, facts | holder | {"started": one.started})
        else:
            yield Finding("held", severity, one.unit, facts)


CHECK = Check(probe=probe, judge=judge, limits=None)
