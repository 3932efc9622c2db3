"""The router: there is a way to it, and it answers."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from techkit import Check, Finding, Host, ProbeError, Reason, Record, Unseen, attempt, critical
from techkit.readings import interfaces, neighbours, reach, resolvers, routes
from techkit.readings.managers import unit

PORTS = (53, 80, 443)
"""What routers listen on; a refusal is an answer, too."""
ALIVE = {"open", "refused", "answered", "reachable"}
PATIENCE = 1.0
"""Seconds for each: every other check about the network waits for this one."""
UNKNOWN = "unknown"


class Gateway(Record, frozen=True):
    """One router with everything that was tried, as state by what was tried."""

    address: str
    interface: str
    version: int
    tried: dict[str, str]
    pinned: str = ""
    """the hardware address that somebody has fixed for it by hand"""
    mac: str = ""
    """the one that it tells itself"""
    asks: bool = True
    """whether the adapter asks for hardware addresses at all"""


class Seen(Record, frozen=True):
    """The routers of the default routes, what a machine without any has, and whether the internet answers."""

    gateways: tuple[Gateway, ...]
    direct: bool = False
    """a default route of version 4 leads into an adapter without a router, as on a point-to-point line"""
    versions: tuple[int, ...] = ()
    """of the addresses that were given to this machine"""
    servers: tuple[str, ...] | None = ()
    """None: not known"""
    interface: str = ""
    unit: str | None = None
    beyond: bool = False
    """something beyond the router answers"""
    asked: tuple[int, ...] = ()
    """versions of the addresses beyond the router that were tried"""


def probe(host: Host) -> Seen:
    """Try the first router of each version by echo, by TCP and by its hardware address, all side by side."""
    found = routes.default_gateways(host)
    first = {gateway.version: gateway for gateway in reversed(found) if gateway.address}
    named = tuple(gateway for _, gateway in sorted(first.items()))
    targets = [(target["address"], target["port"]) for target in host.site()["addresses"]]
    questions = [question for gateway in named for question in _questions(host, gateway)]
    beyond = [partial(host.connect, address, port, timeout=PATIENCE) for address, port in targets]
    answers = host.side_by_side([*(ask for _, _, ask in questions), *beyond])
    tried: dict[str, dict[str, str]] = {gateway.address: {} for gateway in named}
    macs: dict[str, str] = {}
    for (gateway, what, _), answer in zip(questions, answers, strict=False):
        tried[gateway.address][what] = _state(answer)
        if what == "neighbour" and not isinstance(answer, ProbeError):
            macs[gateway.address] = answer["mac"] or ""
    usable = [adapter for adapter in interfaces.adapters(host) if adapter.usable]
    leading = interfaces.leading(host, usable)
    given = [one for one in interfaces.addresses(host) if one.interface in leading and not one.ip.is_link_local]
    return Seen(
        gateways=tuple(_gateway(host, one, tried[one.address], macs.get(one.address, "")) for one in named),
        direct=any(gateway.version == 4 and not gateway.address for gateway in found),
        versions=tuple(sorted({address.ip.version for address in given})),
        servers=attempt(partial(resolvers.servers, host), None, Reason.FORBIDDEN, Reason.MISSING, Reason.UNREADABLE),
        interface=usable[0].name if usable else "",
        unit=unit(host, usable),
        beyond=any(_state(answer) in ALIVE for answer in answers[len(questions) :]),
        asked=tuple(sorted({6 if ":" in address else 4 for address, _ in targets})),
    )


def _gateway(host: Host, one: routes.Gateway, tried: dict[str, str], mac: str) -> Gateway:
    """A router; where it answers to nothing that is sent by IP, what is known of its hardware address."""
    answered = {state for what, state in tried.items() if what != "neighbour"} & ALIVE
    if host.system != "linux" or one.version == 6 or answered:
        return Gateway(one.address, one.interface, one.version, tried)
    return Gateway(
        one.address, one.interface, one.version, tried,
        pinned=neighbours.pinned(host, one.address),
        mac=mac,
        asks=interfaces.asks_neighbours(host, one.interface),
    )  # fmt: skip


def _questions(host: Host, gateway: routes.Gateway) -> Iterator[tuple[routes.Gateway, str, Any]]:
    linked = gateway.version == 6 and gateway.address.startswith("fe80:") and host.system == "linux"
    address = f"{gateway.address}%{gateway.interface}" if linked else gateway.address
    yield gateway, "echo", partial(host.ping, address, timeout=PATIENCE)
    yield gateway, "neighbour", partial(host.neighbour, gateway.address, gateway.interface, timeout=PATIENCE)
    for port in PORTS:
        yield gateway, f"port {port}", partial(host.connect, address, port, timeout=PATIENCE)


def _state(answer: Any) -> str:
    return UNKNOWN if isinstance(answer, ProbeError) else str(answer["state"])


def judge(seen: Seen, _: None) -> Iterator[Finding | Unseen]:
    """Alarm where version 4 has an address and no way out, and where nothing of a router answers."""
    four = [gateway for gateway in seen.gateways if gateway.version == 4]
    if 4 in seen.versions and not four and not seen.direct:
        if not seen.gateways or resolvers.expect_four(seen.servers or ()):
            yield critical("none", seen.interface, interface=seen.interface, unit=seen.unit, servers=seen.servers or ())
        elif seen.servers is None:
            yield Unseen(seen.interface, Reason.UNREADABLE)
    for gateway in four if 4 in seen.versions else seen.gateways:
        if not seen.beyond and not gateway.asks:
            yield critical("no_arp", gateway.interface, interface=gateway.interface, gateway=gateway.address)
            continue
        if not seen.beyond and gateway.pinned and gateway.pinned != gateway.mac:
            facts = {"interface": gateway.interface, "gateway": gateway.address, "pinned": gateway.pinned}
            yield critical("pinned", gateway.address, **facts, mac=gateway.mac or None)
            continue
        states = set(gateway.tried.values())
        absent = gateway.tried.get("neighbour") == "silent"
        if states & ALIVE or (seen.beyond and not absent):
            continue
        if states <= {UNKNOWN} or gateway.version not in {4, *seen.asked}:
            yield Unseen(gateway.address, Reason.UNREADABLE)
            continue
        yield critical(
            "silent",
            gateway.address,
            interface=gateway.interface,
            gateway=gateway.address,
            neighbour=gateway.tried.get("neighbour", UNKNOWN),
            echo=gateway.tried.get("echo", UNKNOWN),
        )


CHECK = Check(
    probe=probe,
    judge=judge,
    limits=None,
    core=True,
    blocked_by=reach.NO_ADDRESS,
)
