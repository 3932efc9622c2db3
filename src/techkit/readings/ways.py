"""Every way that leads out of this machine or swallows what should go out, in the order in which they are taken."""

from __future__ import annotations

import ipaddress
import json
import struct
from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import ProbeError, attempt
from techkit.model import Reason, Record
from techkit.readings import reach, routes

if TYPE_CHECKING:
    from techkit.host import Host

SWALLOWING = {"blackhole", "unreachable", "prohibit"}
HALVES = {"0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1"}
"""What a default route is made of: the whole, or the halves by which a VPN goes before it."""


class Way(Record, frozen=True):
    """One route of version 4 for the whole internet or a half of it; no interface: what it gets is thrown away."""

    target: str
    interface: str = ""
    gateway: str = ""
    metric: int = 0
    state: str = "unknown"
    """of the gateway: reachable, silent or unknown"""
    on_link: bool = True
    """whether the gateway lies in a network that the interface is connected to"""
    kind: str = ""
    """blackhole, unreachable or prohibit, where that is known"""


class Rule(Record, frozen=True):
    """A rule that throws away everything before the routes are asked."""

    priority: int
    action: str


class Ways(Record, frozen=True):
    """The ways, the preferred ones first, and the rules before them."""

    ways: tuple[Way, ...] = ()
    rules: tuple[Rule, ...] = ()


def seen(host: Host) -> Ways:
    """Read the routes; gateways are asked only where there is a choice, and rules where nothing answers."""
    networks: list[tuple[str, ipaddress.IPv4Network]] = []
    if host.system == "windows":
        ways = _windows(host)
    else:
        ways, networks = parse_route(host.read("/proc/net/route"))
    ways.sort(key=lambda way: (way.target.endswith("/0"), way.metric, way.interface))
    asked = [way for way in ways if way.gateway and (len(ways) > 1 or not _on_link(way, networks))]
    states = host.side_by_side(partial(host.neighbour, way.gateway, way.interface) for way in asked)
    known = {
        way: "unknown" if isinstance(one, ProbeError) else one["state"] for way, one in zip(asked, states, strict=True)
    }
    swallowing = [way for way in ways if not way.interface]
    kinds = _kinds(host) if swallowing else {}
    return Ways(
        ways=tuple(
            Way(way.target, way.interface, way.gateway, way.metric, known.get(way, "unknown"),
                host.system == "windows" or not way.gateway or _on_link(way, networks),
                kinds.get((way.target, way.metric), ""))
            for way in ways
        ),
        rules=() if host.system == "windows" or swallowing else _rules(host),
    )  # fmt: skip


def parse_route(text: str) -> tuple[list[Way], list[tuple[str, ipaddress.IPv4Network]]]:
    """(the ways, the networks that an interface is connected to) of /proc/net/route."""
    ways: list[Way] = []
    networks: list[tuple[str, ipaddress.IPv4Network]] = []
    for line in text.splitlines()[1:]:
        words = line.split()
        try:
            name = words[0]
            destination, gateway, mask = (
                ipaddress.IPv4Address(struct.pack("<I", int(words[place], 16))) for place in (1, 2, 7)
            )
            network = ipaddress.IPv4Network(f"{destination}/{mask}")
            flags, metric = int(words[3], 16), int(words[6])
        except (IndexError, ValueError, struct.error):
            continue
        if not flags & routes.UP:
            continue
        discards = name == routes.DISCARDS or bool(flags & routes.REJECT)
        if str(network) in HALVES:
            address = "" if discards or not int(gateway) else str(gateway)
            ways.append(Way(str(network), "" if discards else name, address, metric))
        elif not int(gateway) and not discards:
            networks.append((name, network))
    return ways, networks


def _on_link(way: Way, networks: list[tuple[str, ipaddress.IPv4Network]]) -> bool:
    return any(name == way.interface and ipaddress.IPv4Address(way.gateway) in network for name, network in networks)


def _windows(host: Host) -> list[Way]:
    properties = ("DestinationPrefix", "NextHop", "InterfaceAlias", "InterfaceIndex", "RouteMetric", "Store")
    return [
        Way(
            str(row["DestinationPrefix"]),
            str(row.get("InterfaceAlias")),
            "" if row.get("NextHop") in {None, "", routes.NOWHERE} else str(row["NextHop"]),
            int(row.get("RouteMetric") or 0),
        )
        for row in routes.instances(host, "MSFT_NetRoute", *properties)
        if row.get("DestinationPrefix") in HALVES and row.get("Store") == routes.ACTIVE
    ]


def _kinds(host: Host) -> dict[tuple[str, int], str]:
    """What a swallowing route says to those whom it swallows, by target and metric."""
    said = attempt(partial(host.run, "ip", "-j", "-4", "route", "show"), {"out": "[]"})
    found = {}
    for row in _rows(said["out"]):
        if row.get("type") in SWALLOWING:
            target = "0.0.0.0/0" if row.get("dst") == "default" else str(row.get("dst"))
            found[target, int(row.get("metric") or 0)] = str(row["type"])
    return found


def _rules(host: Host) -> tuple[Rule, ...]:
    """The rules that swallow everything, where no well-known address can be reached."""
    doors = attempt(partial(reach.doors, host), (), *Reason)
    if not doors or any(door.state in {"open", "refused"} for door in doors):
        return ()
    said = attempt(partial(host.run, "ip", "-j", "-4", "rule", "show"), {"out": "[]"})
    return tuple(
        Rule(int(row["priority"]), str(row["action"]))
        for row in _rows(said["out"])
        if row.get("action") in SWALLOWING and not {"dst", "fwmark", "iif", "oif", "uid_start", "dport"} & row.keys()
        and row.get("src") == "all"
    )  # fmt: skip


def _rows(text: str) -> list[dict[str, Any]]:
    try:
        rows = json.loads(text or "[]")
    except ValueError:
        return []
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
