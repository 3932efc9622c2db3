"""Routes and rules that lead out of this machine or discard its traffic, in order of preference."""

from __future__ import annotations

import ipaddress
import json
import struct
from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import ProbeError, attempt
from techkit.model import Reason, Record
from techkit.readings.network import connectivity, interfaces, routes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from techkit.host import Host

TIME_TO_LIVE = "/proc/sys/net/ipv4/ip_default_ttl"
MAIN = 32766
"""The priority of the rule for the main table; ip-rule(8)."""
ROUTERS = 4
SWALLOWING = {"blackhole", "unreachable", "prohibit"}
HALVES = {"0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1"}
"""Targets of default routes: the whole internet, or the halves that a VPN uses to override it."""


class Way(Record, frozen=True):
    """One IPv4 route for the internet or a half of it; without an interface it discards packets."""

    target: str
    interface: str = ""
    gateway: str = ""
    metric: int = 0
    state: str = "unknown"
    """of the gateway: reachable, silent or unknown"""
    on_link: bool = True
    """whether the gateway is in a connected network"""
    kind: str = ""
    """blackhole, unreachable or prohibit, where that is known"""


class Rule(Record, frozen=True):
    """A rule that discards everything before the main table."""

    priority: int
    action: str


class Diversion(Record, frozen=True):
    """A rule that sends everything to another table, whose router is silent or which rejects it."""

    priority: int
    table: str
    gateway: str = ""
    interface: str = ""
    source: str = "all"
    action: str = ""
    """blackhole, unreachable or prohibit"""


class Ways(Record, frozen=True):
    """The default routes, preferred ones first, the rules before them, and dead routes to single networks."""

    ways: tuple[Way, ...] = ()
    rules: tuple[Rule, ...] = ()
    diversions: tuple[Diversion, ...] = ()
    parts: tuple[Way, ...] = ()
    """routes to single networks whose router is silent"""
    main: bool = True
    """whether a rule asks the table of all routes"""
    hops: int = 64
    """the default TTL"""


def seen(host: Host) -> Ways:
    """Read the routes; probe gateways only if there are several, and read rules only if nothing answers."""
    networks: list[tuple[str, ipaddress.IPv4Network]] = []
    parts: list[Way] = []
    if host.system == "windows":
        ways = _windows(host)
    else:
        ways, networks, parts = parse_route(host.read("/proc/net/route"))
    ways.sort(key=lambda way: (way.target.endswith("/0"), way.metric, way.interface))
    asked = [way for way in ways if way.gateway and (len(ways) > 1 or not _on_link(way, networks))]
    states = host.side_by_side(partial(host.neighbour, way.gateway, way.interface) for way in asked)
    known = {
        way: "unknown" if isinstance(one, ProbeError) else one["state"] for way, one in zip(asked, states, strict=True)
    }
    swallowing = [way for way in ways if not way.interface]
    aside = host.system == "windows" or bool(swallowing) or _is_open(host)
    kinds = _kinds(host) if swallowing else {}
    return Ways(
        ways=tuple(
            Way(way.target, way.interface, way.gateway, way.metric, known.get(way, "unknown"),
                host.system == "windows" or not way.gateway or _on_link(way, networks),
                kinds.get((way.target, way.metric), ""))
            for way in ways
        ),
        rules=() if aside else _rules(host),
        main=aside or _asks_main(host),
        diversions=() if aside else _diversions(host),
        parts=_silent(host, [way for way in parts if _on_link(way, networks)]),
        hops=_hops(host),
    )  # fmt: skip


def parse_route(text: str) -> tuple[list[Way], list[tuple[str, ipaddress.IPv4Network]], list[Way]]:
    """(the ways, the networks that an interface is connected to, the routes to other ones) of /proc/net/route."""
    ways: list[Way] = []
    parts: list[Way] = []
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
        elif int(gateway) and not discards:
            parts.append(Way(str(network), name, str(gateway), metric))
    return ways, networks, parts


def _silent(host: Host, parts: list[Way]) -> tuple[Way, ...]:
    """Those whose router does not answer; each router is asked once, and only the first few."""
    routers = list(dict.fromkeys((way.gateway, way.interface) for way in parts))[:ROUTERS]
    states = host.side_by_side(partial(host.neighbour, *router) for router in routers)
    dead = {
        router
        for router, said in zip(routers, states, strict=True)
        if not isinstance(said, ProbeError) and said["state"] == "silent"
    }
    return tuple(way for way in parts if (way.gateway, way.interface) in dead)


def _hops(host: Host) -> int:
    if host.system == "windows":
        return Ways().hops
    return int(attempt(lambda: host.read(TIME_TO_LIVE), "64", *Reason).strip() or 64)


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
    """The types of discarding routes, by target and metric."""
    said = attempt(partial(host.run, "ip", "-j", "-4", "route", "show"), {"out": "[]"})
    found = {}
    for row in _rows(said["out"]):
        if row.get("type") in SWALLOWING:
            target = "0.0.0.0/0" if row.get("dst") == "default" else str(row.get("dst"))
            found[target, int(row.get("metric") or 0)] = str(row["type"])
    return found


def _is_open(host: Host) -> bool:
    """Whether a well-known address answers; True if unknown."""
    doors = attempt(partial(connectivity.doors, host), (), *Reason)
    return not doors or any(door.state in {"open", "refused"} for door in doors)


def _all_rules(host: Host) -> list[dict[str, Any]]:
    return _rows(attempt(partial(host.run, "ip", "-j", "-4", "rule", "show"), {"out": "[]"})["out"])


def _asks_main(host: Host) -> bool:
    """Whether any rule leads to the table of all routes; one that cannot be read is there."""
    rules = _all_rules(host)
    return not rules or any(str(row.get("table")) in {"main", "254"} for row in rules)


def _for_all(host: Host, own: Iterable[str] = ()) -> list[dict[str, Any]]:
    """The rules that hold for everything that this machine sends, or sends from one of its own addresses."""
    narrow = {"dst", "fwmark", "iif", "oif", "uid_start", "dport"}
    return [
        row
        for row in _all_rules(host)
        if row.get("src") in {"all", *own} and row.get("srclen", 32) == 32 and not narrow & row.keys()
    ]


def _rules(host: Host) -> tuple[Rule, ...]:
    """The rules that discard everything."""
    return tuple(
        Rule(int(row["priority"]), str(row["action"])) for row in _for_all(host) if row.get("action") in SWALLOWING
    )


def _diversions(host: Host) -> tuple[Diversion, ...]:
    """The rules that send everything to nowhere before the table of all routes is asked."""
    found = []
    own = {one.address for one in attempt(partial(interfaces.addresses, host), (), *Reason)}
    for row in _for_all(host, own):
        table, priority = str(row.get("table") or ""), int(row.get("priority") or 0)
        if not table or table == "local" or priority >= MAIN:
            continue
        said = attempt(partial(host.run, "ip", "-j", "-4", "route", "show", "table", table), {"out": "[]"})
        way = next((one for one in _rows(said["out"]) if one.get("dst") == "default"), {})
        source, gateway, interface = str(row["src"]), str(way.get("gateway") or ""), str(way.get("dev") or "")
        if way.get("type") in SWALLOWING:
            found.append(Diversion(priority, table, source=source, action=str(way["type"])))
        elif gateway and _silent(host, [Way("0.0.0.0/0", interface, gateway)]):
            found.append(Diversion(priority, table, gateway, interface, source))
    return tuple(found)


def _rows(text: str) -> list[dict[str, Any]]:
    try:
        rows = json.loads(text or "[]")
    except ValueError:
        return []
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
