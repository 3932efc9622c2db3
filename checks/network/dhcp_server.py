"""A DHCP server may work and has addresses left to give."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, Record, critical, warning
from techkit.readings.network import dhcp_server
from techkit.readings.network.dhcp_server import Server


class Limits(Record, frozen=True):
    """A small scope may be nearly used up on purpose: few addresses are left, and they are a small part."""

    free: int = 10
    part: float = 0.05


def probe(host: Host) -> Server:
    """Ask the server for its settings and scopes."""
    return dhcp_server.server(host)


def judge(seen: Server, limits: Limits) -> Iterator[Finding]:
    """Not authorised, or nothing left: the next computer gets no address; little left: soon."""
    if seen.refused:
        yield critical("not_authorised", dhcp_server.SERVICE, service=dhcp_server.SERVICE)
    for scope in seen.scopes:
        total = scope.used + scope.free
        if total and not scope.free:
            yield critical("used_up", scope.name, scope=scope.name, count=total)
        elif total and scope.free < limits.free and scope.free / total < limits.part:
            yield warning("nearly_used_up", scope.name, scope=scope.name, free=scope.free, count=total)


CHECK = Check(probe=probe, judge=judge, limits=Limits(), systems=("windows",))
