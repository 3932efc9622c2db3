"""The ways out of a machine: its default routes."""

from __future__ import annotations

import ipaddress
import struct
from typing import TYPE_CHECKING

from techkit.host import attempt
from techkit.model import Record

if TYPE_CHECKING:
    from techkit.host import Host

UP, REJECT = 0x1, 0x200
"""RTF_UP, RTF_REJECT, route.h"""
NOWHERE = "0.0.0.0"  # noqa: S104 - no address to listen on: the kernel's word for "no gateway"
ACTIVE = 1
"""MSFT_NetRoute.Store: the routes that hold now"""


class Gateway(Record, frozen=True):
    """One default route; `address` is empty where the route leads into the adapter itself (a point-to-point line)."""

    interface: str
    address: str = ""
    metric: int = 0
    version: int = 4


def default_gateways(host: Host) -> tuple[Gateway, ...]:
    """The default routes of both families, the preferred ones first; /proc/net/route and ipv6_route, MSFT_NetRoute."""
    found = _windows(host) if host.system == "windows" else _linux(host)
    return tuple(sorted(found, key=lambda gateway: (gateway.version, gateway.metric, gateway.interface)))


def _linux(host: Host) -> list[Gateway]:
    return [
        *parse_route(host.read("/proc/net/route")),
        *parse_ipv6_route(attempt(lambda: host.read("/proc/net/ipv6_route"), "")),
    ]


def parse_route(text: str) -> list[Gateway]:
    """The default routes of /proc/net/route: hexadecimal addresses in the machine's own (little-endian) order."""
    found = []
    for line in text.splitlines()[1:]:
        words = line.split()
        try:
            name, destination, gateway, flags, metric, mask = (words[place] for place in (0, 1, 2, 3, 6, 7))
            if int(destination, 16) or int(mask, 16) or not int(flags, 16) & UP or int(flags, 16) & REJECT:
                continue
            address = str(ipaddress.IPv4Address(struct.pack("<I", int(gateway, 16))))
            found.append(Gateway(name, "" if address == NOWHERE else address, int(metric)))
        except (IndexError, ValueError, struct.error):
            continue
    return found


def parse_ipv6_route(text: str) -> list[Gateway]:
    """The default routes of /proc/net/ipv6_route."""
    found = []
    for line in text.splitlines():
        words = line.split()
        try:
            destination, length, gateway, metric, flags, name = (words[place] for place in (0, 1, 4, 5, 8, 9))
            if int(destination, 16) or int(length, 16) or int(flags, 16) & REJECT or not int(flags, 16) & UP:
                continue
            if name == "lo":
                continue
            address = ipaddress.IPv6Address(int(gateway, 16))
            found.append(Gateway(name, "" if not int(address) else str(address), int(metric, 16), 6))
        except (IndexError, ValueError):
            continue
    return found


def _windows(host: Host) -> list[Gateway]:
    rows = host.wmi(
        "MSFT_NetRoute", "DestinationPrefix", "NextHop", "InterfaceAlias", "RouteMetric", "Store",
        namespace="root\\StandardCimv2",
    )  # fmt: skip
    found = []
    for row in rows:
        prefix, hop = str(row.get("DestinationPrefix")), str(row.get("NextHop") or "")
        if prefix not in {"0.0.0.0/0", "::/0"} or row.get("Store") != ACTIVE:
            continue
        address = "" if hop in {NOWHERE, "::"} else hop
        version = 6 if ":" in prefix else 4
        found.append(Gateway(str(row.get("InterfaceAlias")), address, int(row.get("RouteMetric") or 0), version))
    return found
