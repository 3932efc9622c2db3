"""The router: there is a way to it, and it answers."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from techkit import Check, Finding, Host, ProbeError, Record, critical
from techkit.readings import interfaces, resolvers, routes
from techkit.readings.managers import unit

PORTS = (53, 80, 443)
"""What routers listen on; a refusal is an answer, too."""
ALIVE = {"open", "refused", "answered", "reachable"}


class Gateway(Record, frozen=True):
    """One router with everything that was tried, as state by what was tried."""

    address: str
    interface: str
    version: int
    tried: dict[str, str]


class Seen(Record, frozen=True):
    """The routers of the default routes, what a machine without any has, and whether the internet answers."""

    gateways: tuple[Gateway, ...]
    direct: bool = False
    """a default route leads into an adapter without a router, as on a point-to-point line"""
    versions: tuple[int, ...] = ()
    """of the addresses that were given to this machine"""
    servers: tuple[str, ...] = ()
    interface: str = ""
    unit: str | None = None
    beyond: bool = False
    """something beyond the router answers"""


def probe(host: Host) -> Seen:
    """Try the first router of each version by echo, by TCP and by its hardware address, all side by side."""
    found = routes.default_gateways(host)
    first = {gateway.version: gateway for gateway in reversed(found) if gateway.address}
    named = tuple(gateway for _, gateway in sorted(first.items()))
    targets = [(target["address"], target["port"]) for target in host.site()["addresses"]]
    questions = [question for gateway in named for question in _questions(host, gateway)]
    beyond = [partial(host.connect, address, port, timeout=1.5) for address, port in targets]
    answers = host.side_by_side([*(ask for _, _, ask in questions), *beyond])
    tried: dict[str, dict[str, str]] = {gateway.address: {} for gateway in named}
    for (gateway, what, _), answer in zip(questions, answers, strict=False):
        tried[gateway.address][what] = _state(answer)
    usable = [adapter for adapter in interfaces.adapters(host) if adapter.usable]
    given = [address for address in interfaces.addresses(host) if not address.ip.is_link_local]
    return Seen(
        gateways=tuple(Gateway(one.address, one.interface, one.version, tried[one.address]) for one in named),
        direct=any(not gateway.address for gateway in found),
        versions=tuple(sorted({address.ip.version for address in given})),
        servers=resolvers.servers(host),
        interface=usable[0].name if usable else "",
        unit=unit(host, usable),
        beyond=any(_state(answer) in ALIVE for answer in answers[len(questions) :]),
    )


def _questions(host: Host, gateway: routes.Gateway) -> Iterator[tuple[routes.Gateway, str, Any]]:
    yield gateway, "echo", partial(host.ping, gateway.address)
    yield gateway, "neighbour", partial(host.neighbour, gateway.address, gateway.interface)
    for port in PORTS:
        yield gateway, f"port {port}", partial(host.connect, gateway.address, port, timeout=1.5)


def _state(answer: Any) -> str:
    return "unknown" if isinstance(answer, ProbeError) else str(answer["state"])


def judge(seen: Seen, _: None) -> Iterator[Finding]:
    """Alarm where version 4 has an address and no way out, and where nothing of a router answers."""
    four = [gateway for gateway in seen.gateways if gateway.version == 4]
    expected = any("." in server for server in seen.servers) or not seen.gateways
    if 4 in seen.versions and not four and not seen.direct and expected:
        yield critical("none", seen.interface, interface=seen.interface, unit=seen.unit, servers=seen.servers)
    for gateway in four:
        alive = any(state in ALIVE for state in gateway.tried.values())
        absent = gateway.tried.get("neighbour") == "silent"
        if not alive and (absent or not seen.beyond):
            yield critical(
                "silent",
                gateway.address,
                interface=gateway.interface,
                gateway=gateway.address,
                neighbour=gateway.tried.get("neighbour", "unknown"),
                echo=gateway.tried.get("echo", "unknown"),
            )


CHECK = Check(
    probe=probe,
    judge=judge,
    limits=None,
    core=True,
    blocked_by=(
        "network.adapter.absent",
        "network.adapter.disabled",
        "network.adapter.disconnected",
        "network.adapter.unplugged",
        "network.address.none",
        "network.address.automatic",
    ),
)
