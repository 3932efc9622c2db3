"""Where the packet filter of a Linux machine drops or redirects traffic that everybody needs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from techkit.host import attempt
from techkit.model import Reason, Record
from techkit.readings.network import interfaces, resolvers, routes, rulesets
from techkit.readings.network.packet_filter import Drop, Packet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techkit.host import Host

NEEDED = (("tcp", 443), ("tcp", 80), ("udp", 53), ("tcp", 53))
"""Traffic whose loss hurts at once: web and DNS."""
ALSO = (("udp", 123),)
"""Traffic that is missed later: NTP."""
LOCAL, OWN = "127.0.0.1", 631


class Dropped(Record, frozen=True):
    """A rule or policy, with everything that it drops."""

    drop: Drop
    direction: str
    ports: tuple[str, ...]
    rule: str = ""
    """in nft syntax; empty for a policy"""
    loopback: bool = False
    """traffic of this machine to itself"""

    @property
    def spares(self) -> bool:
        """Whether only time traffic is dropped."""
        return not self.loopback and set(self.ports) <= {f"{protocol} {number}" for protocol, number in ALSO}


class Turned(Record, frozen=True):
    """A rule that redirects outgoing traffic to a local port on which nothing listens."""

    drop: Drop
    ports: tuple[str, ...]
    to: int
    rule: str = ""


def walk(host: Host) -> tuple[tuple[Dropped, ...], tuple[Turned, ...]]:
    """Simulate packets that everybody needs, and their answers, through all rules."""
    rules = rulesets.read(host)
    ends: dict[tuple[Drop, str, bool], list[str]] = {}
    turns: dict[tuple[int, Drop], list[str]] = {}
    for packet in (*_packets(host), *_own_packets()):
        drop = next((found for ruleset in rules if (found := ruleset.drop(packet))), None)
        turn = next((way for ruleset in rules if (way := ruleset.diversion(packet))), None)
        name, own = f"{packet.protocol} {packet.port}", packet.interface == interfaces.LOOPBACK
        if drop:
            ends.setdefault((drop, packet.direction, own), []).append(name)
        elif turn and packet.direction == "out" and not own:
            turns.setdefault(turn, []).append(name)
    return (
        tuple(
            Dropped(drop, way, tuple(ports), rulesets.rule(host, drop), own) for (drop, way, own), ports in ends.items()
        ),
        tuple(
            Turned(drop, tuple(ports), port, rulesets.rule(host, drop))
            for (port, drop), ports in turns.items()
            if host.connect(LOCAL, port, timeout=0.5)["state"] == "refused"
        ),
    )


def _packets(host: Host) -> Iterator[Packet]:
    ways = attempt(partial(routes.default_gateways, host), (), Reason.MISSING, Reason.UNREADABLE)
    way = next((one for one in ways if one.version == 4), None)
    four = [one for one in interfaces.addresses(host) if one.ip.version == 4 and way and one.interface == way.interface]
    targets = [one["address"] for one in host.site()["addresses"] if ":" not in one["address"]]
    if not way or not four or not targets:
        return
    servers = attempt(partial(resolvers.servers, host), (), Reason.FORBIDDEN, Reason.MISSING, Reason.UNREADABLE)
    server = next((one for one in servers if ":" not in one and not one.startswith("127.")), targets[0])
    for protocol, port in (*NEEDED, *ALSO):
        other = server if port == 53 else targets[0]
        yield Packet("out", protocol, port, four[0].address, other, way.interface)
        yield Packet("in", protocol, port, four[0].address, other, way.interface, "established")


def _own_packets() -> Iterator[Packet]:
    """Simulate loopback traffic; port 631 stands for all."""
    for direction in ("out", "in"):
        yield Packet(direction, "tcp", OWN, LOCAL, LOCAL, interfaces.LOOPBACK)
