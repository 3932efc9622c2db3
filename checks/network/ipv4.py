"""IPv4 works, even where IPv6 hides its failure."""

from collections.abc import Iterator
from functools import partial

from techkit import Check, Finding, Host, ProbeError, Reason, Record, attempt, critical
from techkit.readings.network import connectivity, routes


class Seen(Record, frozen=True):
    """The IPv4 route, and the answers of well-known hosts over both versions."""

    interface: str = ""
    gateway: str = ""
    four: tuple[connectivity.Door, ...] = ()
    six: tuple[connectivity.Door, ...] = ()


def probe(host: Host) -> Seen:
    """Try IPv4; only if nothing answers, IPv6."""
    gateways = attempt(partial(routes.default_gateways, host), ())
    way = next((one for one in gateways if one.version == 4), None)
    if not way or not any(one.version == 6 for one in gateways):
        raise ProbeError(Reason.INAPPLICABLE, "no way out by both versions")
    four = connectivity.doors(host)
    return Seen(way.interface, way.address, four, () if _alive(four) else connectivity.doors_six(host))


def _alive(doors: tuple[connectivity.Door, ...]) -> bool:
    return any(door.state in {"open", "refused"} for door in doors)


def judge(seen: Seen, _: None) -> Iterator[Finding]:
    """Alarm only if IPv6 works: otherwise another check says more."""
    if seen.four and not _alive(seen.four) and any(door.state == "open" for door in seen.six):
        yield critical(
            "broken",
            seen.interface,
            interface=seen.interface,
            gateway=seen.gateway or None,
            first=seen.four[0].address,
            answers=tuple(f"{door.address}: {door.state}" for door in (*seen.four, *seen.six)),
        )


CHECK = Check(probe=probe, judge=judge, limits=None, blocked_by=(*connectivity.NO_ADDRESS, "network.gateway.none"))
