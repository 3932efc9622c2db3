"""A DHCP server has addresses left to give."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, Record, critical, warning
from techkit.readings.network import dhcp_scopes
from techkit.readings.network.dhcp_scopes import Scope


class Limits(Record, frozen=True):
    """A small range may be nearly given out on purpose: few addresses left and a small part of all of them."""

    free: int = 10
    part: float = 0.05


def probe(host: Host) -> tuple[Scope, ...]:
    """Ask for the ranges of this server."""
    return dhcp_scopes.scopes(host)


def judge(seen: tuple[Scope, ...], limits: Limits) -> Iterator[Finding]:
    """Nothing left: the next computer gets no address; little left: soon."""
    for scope in seen:
        total = scope.used + scope.free
        if total and not scope.free:
            yield critical("used_up", scope.name, scope=scope.name, count=total)
        elif total and scope.free < limits.free and scope.free / total < limits.part:
            yield warning("nearly_used_up", scope.name, scope=scope.name, free=scope.free, count=total)


CHECK = Check(probe=probe, judge=judge, limits=Limits(), systems=("windows",))
