"""The default gateways, and whether they and hosts beyond answer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import ProbeError, attempt
from techkit.model import Reason, Record
from techkit.readings.network import interfaces, managers, neighbours, resolvers, routes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from techkit.host import Host

PORTS = (53, 80, 443)
"""What routers listen on; a refusal is an answer, too."""
ALIVE = {"open", "refused", "answered", "reachable"}
PATIENCE = 1.0
"""Seconds for each probe: all other network checks wait for this one."""
UNKNOWN = "unknown"


class Gateway(Record, frozen=True):
    """One router, with the state of each probe."""

    address: str
    interface: str
    version: int
    tried: dict[str, str]
    pinned: str = ""
    """its static ARP entry"""
    mac: str = ""
    """its actual hardware address"""
    asks: bool = True
    """whether the adapter uses ARP"""

    @property
    def alive(self) -> bool:
        """Whether it answered to anything."""
        return bool(ALIVE & set(self.tried.values()))

    @property
    def absent(self) -> bool:
        """Whether no machine on our segment has its address."""
        return self.tried.get("neighbour") == "silent"

    @property
    def unseen(self) -> bool:
        """Whether nothing could be tried."""
        return set(self.tried.values()) <= {UNKNOWN}


class Routers(Record, frozen=True):
    """The routers of the default routes, and whether the internet answers."""

    gateways: tuple[Gateway, ...]
    direct: bool = False
    """an IPv4 default route without a router, as on a point-to-point link"""
    versions: tuple[int, ...] = ()
    """IP versions of this machine's addresses"""
    servers: tuple[str, ...] | None = ()
    """None: not known"""
    interface: str = ""
    unit: str | None = None
    beyond: bool = False
    """something beyond the router answers"""
    asked: tuple[int, ...] = ()
    """IP versions of the hosts beyond that were tried"""


def look(host: Host) -> Routers:
    """Probe the first router of each IP version by echo, TCP and ARP, in parallel."""
    found = routes.default_gateways(host)
    targets = [(target["address"], target["port"]) for target in host.site()["addresses"]]
    gateways, beyond = _try(host, found, targets)
    usable = [adapter for adapter in interfaces.adapters(host) if adapter.usable]
    leading = interfaces.leading(host, usable)
    given = [one for one in interfaces.addresses(host) if one.interface in leading and not one.ip.is_link_local]
    return Routers(
        gateways,
        direct=any(gateway.version == 4 and not gateway.address for gateway in found),
        versions=tuple(sorted({address.ip.version for address in given})),
        servers=attempt(partial(resolvers.servers, host), None, Reason.FORBIDDEN, Reason.MISSING, Reason.UNREADABLE),
        interface=usable[0].name if usable else "",
        unit=managers.unit(host, usable),
        beyond=beyond,
        asked=tuple(sorted({6 if ":" in address else 4 for address, _ in targets})),
    )


def _try(
    host: Host, found: Iterable[routes.Gateway], targets: Iterable[tuple[str, int]]
) -> tuple[tuple[Gateway, ...], bool]:
    """(the first router of each version, whether anything beyond them answers)."""
    first = {gateway.version: gateway for gateway in reversed([*found]) if gateway.address}
    named = tuple(gateway for _, gateway in sorted(first.items()))
    questions = [question for gateway in named for question in _questions(host, gateway)]
    beyond = [partial(host.connect, address, port, timeout=PATIENCE) for address, port in targets]
    answers = host.side_by_side([*(ask for _, _, ask in questions), *beyond])
    tried: dict[str, dict[str, str]] = {gateway.address: {} for gateway in named}
    macs: dict[str, str] = {}
    for (gateway, what, _), answer in zip(questions, answers, strict=False):
        tried[gateway.address][what] = _state(answer)
        if what == "neighbour" and not isinstance(answer, ProbeError):
            macs[gateway.address] = answer["mac"] or ""
    return (
        tuple(_gateway(host, one, tried[one.address], macs.get(one.address, "")) for one in named),
        any(_state(answer) in ALIVE for answer in answers[len(questions) :]),
    )


def _gateway(host: Host, one: routes.Gateway, tried: dict[str, str], mac: str) -> Gateway:
    """A router; if it does not answer by IP, with its hardware address."""
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
