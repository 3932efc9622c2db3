"""The default routes of a machine."""

from __future__ import annotations

import ipaddress
import struct
from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import ProbeError, attempt
from techkit.model import Reason, Record
from techkit.readings.network import tcpip_registry

if TYPE_CHECKING:
    from techkit.host import Host

UP, REJECT = 0x1, 0x200
"""RTF_UP, RTF_REJECT, route.h"""
NOWHERE = "0.0.0.0"  # noqa: S104 - no address to listen on: the kernel's word for "no gateway"
ACTIVE = 1
"""MSFT_NetRoute.Store: the routes that hold now"""
STANDARD_CIMV2 = "root\\StandardCimv2"
SETTINGS = ("InterfaceIndex", "AddressFamily", "InterfaceMetric", "NlMtu")
PROFILE = ("Name", "InterfaceIndex", "NetworkCategory", "IPv4Connectivity", "IPv6Connectivity")
"""The columns of MSFT_NetIPInterface and MSFT_NetConnectionProfile that anybody asks for: one question for all."""
FAMILY = {4: 2, 6: 23}
"""AddressFamily"""
DISCARDS = "*"
"""The interface name of a route that discards packets."""


class Gateway(Record, frozen=True):
    """One default route; `address` is empty for a route without a gateway (a point-to-point link)."""

    interface: str
    address: str = ""
    metric: int = 0
    version: int = 4


def instances(host: Host, name: str, *properties: str) -> list[dict[str, Any]]:
    """The instances of a network class of Windows, which always has some: UNREADABLE if empty."""
    none = (Reason.MISSING, Reason.INAPPLICABLE)
    rows: list[dict[str, Any]] = attempt(partial(host.wmi, name, *properties, namespace=STANDARD_CIMV2), [], *none)
    if not rows:
        raise ProbeError(Reason.UNREADABLE, name)
    return rows


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
            if name == DISCARDS:
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
    return list(tcpip_registry.instead(partial(_active, host), _set, host))


def _set(settings: tuple[tcpip_registry.Setting, ...]) -> list[Gateway]:
    return [Gateway(one.interface, address) for one in settings for address in one.gateways]


def _active(host: Host) -> list[Gateway]:
    rows = instances(
        host,
        "MSFT_NetRoute",
        "DestinationPrefix",
        "NextHop",
        "InterfaceAlias",
        "InterfaceIndex",
        "RouteMetric",
        "Store",
    )
    costs = _costs(host)
    found = []
    for row in rows:
        prefix, hop = str(row.get("DestinationPrefix")), str(row.get("NextHop") or "")
        if prefix not in {"0.0.0.0/0", "::/0"} or row.get("Store") not in {ACTIVE, None}:
            continue
        address = "" if hop in {NOWHERE, "::"} else hop
        version = 6 if ":" in prefix else 4
        metric = int(row.get("RouteMetric") or 0) + costs.get((row.get("InterfaceIndex"), FAMILY[version]), 0)
        found.append(Gateway(str(row.get("InterfaceAlias")), address, metric, version))
    return found


def _costs(host: Host) -> dict[tuple[int | None, int], int]:
    """What Windows adds to the metric of every route of an interface, by index and family."""
    ask = partial(instances, host, "MSFT_NetIPInterface", *SETTINGS)
    rows = attempt(ask, [], Reason.UNREADABLE, Reason.UNRECORDED)
    return {(row.get("InterfaceIndex"), row.get("AddressFamily")): int(row.get("InterfaceMetric") or 0) for row in rows}
