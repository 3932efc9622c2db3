"""IPv6 works wherever it is configured: a broken one delays everything."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from techkit import Check, Finding, Host, ProbeError, Reason, Record, attempt, warning
from techkit.readings.network import connectivity, interfaces, routes

GLOBAL = 0b001
"""Global unicast addresses: 2000::/3, RFC 4291."""


class Seen(Record, frozen=True):
    """The IPv6 route, and the answers of the same hosts over both versions."""

    interface: str = ""
    gateway: str = ""
    address: str = ""
    six: tuple[connectivity.Door, ...] = ()
    four: tuple[connectivity.Door, ...] = ()
    again: bool = False
    """whether version 6 answered at a second look"""


def probe(host: Host) -> Seen:
    """Try well-known IPv6 addresses if this machine has one and a default route."""
    gateways = attempt(partial(routes.default_gateways, host), ())
    way = next((one for one in gateways if one.version == 6), None)
    mine = [one for one in interfaces.addresses(host) if one.ip.version == 6 and int(one.ip) >> 125 == GLOBAL]
    own = next((one for one in mine if way and one.interface == way.interface), None)
    targets = host.site().get("addresses_six") or ()
    if not way or not own or not targets:
        raise ProbeError(Reason.INAPPLICABLE, "no way out by IPv6")
    six = connectivity.doors_six(host)
    again = not _alive(six) and _second_look(host, targets[0])
    return Seen(way.interface, way.address, own.address, six, connectivity.doors(host), again=again)


def _second_look(host: Host, target: dict[str, Any]) -> bool:
    """Try again: IPv6 needs a moment after boot, sleep or a change of network."""
    said = attempt(partial(host.knocks, target["address"], target["port"], 2, timeout=1.2), {}, *Reason)
    return bool(said.get("received"))


def _alive(doors: tuple[connectivity.Door, ...]) -> bool:
    return any(door.state in {"open", "refused"} for door in doors)


def judge(seen: Seen, _: None) -> Iterator[Finding]:
    """Alarm only if IPv4 works: otherwise another check says more."""
    dead = bool(seen.six) and not _alive(seen.six) and not seen.again
    if dead and any(door.state == "open" for door in seen.four):
        yield warning(
            "broken",
            seen.interface,
            interface=seen.interface,
            gateway=seen.gateway or None,
            own=seen.address,
            first=seen.six[0].address,
            answers=tuple(f"{door.address}: {door.state}" for door in (*seen.six, *seen.four)),
        )


CHECK = Check(
    probe=probe,
    judge=judge,
    limits=None,
    blocked_by=connectivity.NO_LINK,
)
