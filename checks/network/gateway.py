"""There is a default gateway, and it answers."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, Reason, Unseen, critical
from techkit.readings.network import connectivity, resolvers, routers
from techkit.readings.network.routers import UNKNOWN, Gateway, Routers


def probe(host: Host) -> Routers:
    """Try each router in several ways, and what is beyond."""
    return routers.look(host)


def judge(seen: Routers, _: None) -> Iterator[Finding | Unseen]:
    """Alarm if IPv4 has an address and no default route, or no router answers in any way."""
    four = [gateway for gateway in seen.gateways if gateway.version == 4]
    if 4 in seen.versions and not four and not seen.direct:
        if not seen.gateways or resolvers.expect_four(seen.servers or ()):
            yield critical("none", seen.interface, interface=seen.interface, unit=seen.unit, servers=seen.servers or ())
        elif seen.servers is None:
            yield Unseen(seen.interface, Reason.UNREADABLE)
    for gateway in four if 4 in seen.versions else seen.gateways:
        yield from _router(gateway, seen)


def _router(gateway: Gateway, seen: Routers) -> Iterator[Finding | Unseen]:
    facts = {"interface": gateway.interface, "gateway": gateway.address}
    if not seen.beyond and not gateway.asks:
        yield critical("no_arp", gateway.interface, **facts)
    elif not seen.beyond and gateway.pinned and gateway.pinned != gateway.mac:
        yield critical("pinned", gateway.address, **facts, pinned=gateway.pinned, mac=gateway.mac or None)
    elif gateway.alive or (seen.beyond and not gateway.absent):
        return
    elif gateway.unseen or gateway.version not in {4, *seen.asked}:
        yield Unseen(gateway.address, Reason.UNREADABLE)
    else:
        told = {what: gateway.tried.get(what, UNKNOWN) for what in ("neighbour", "echo")}
        yield critical("silent", gateway.address, **facts, **told)


CHECK = Check(probe=probe, judge=judge, limits=None, core=True, blocked_by=connectivity.NO_ADDRESS)
