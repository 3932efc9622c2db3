"""The network adapters of a machine and their addresses."""

from __future__ import annotations

import ipaddress
from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import ProbeError, attempt
from techkit.model import Reason, Record
from techkit.readings.network import routes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from techkit.host import Host

NET = "/sys/class/net"
LOOPBACK = "lo"
ETHERNET = 1
"""ARPHRD_ETHER, if_arp.h; also Wi-Fi and most mobile broadband"""
RAW_IP = (519, 0xFFFE)
"""ARPHRD_RAWIP, ARPHRD_NONE: mobile broadband without Ethernet headers"""
KINDS = (ETHERNET, *RAW_IP)
UP, NO_ARP = 0x1, 0x80
"""IFF_UP, IFF_NOARP, if.h"""
ADAPTER = (
    "Name", "InterfaceIndex", "InterfaceAdminStatus", "InterfaceOperationalStatus", "MediaConnectState", "State",
    "HardwareInterface", "ConnectorPresent", "EndPointInterface", "NdisPhysicalMedium", "InterfaceGuid",
)  # fmt: skip
WINDOWS_WIRELESS, WINDOWS_MOBILE = {1, 8, 9}, 8
"""NdisPhysicalMedium: wireless LAN, WAN, native 802.11; the second is a mobile network"""
DISABLED = 3
"""MSFT_NetAdapter.State"""
UPPER = "upper_"
"""Prefix of sysfs links from an interface to its upper interfaces."""


class Adapter(Record, frozen=True):
    """One adapter that could lead to the network."""

    name: str
    index: int = 0
    enabled: bool = True
    carrier: bool = False
    """whether there is a link"""
    wireless: bool = False
    mobile: bool = False
    """a modem of a mobile network: wireless, and no Wi-Fi"""
    guid: str = ""
    """Windows' own name of it"""

    @property
    def usable(self) -> bool:
        """Whether traffic can flow."""
        return self.enabled and self.carrier


class Address(Record, frozen=True):
    """One address of an adapter."""

    interface: str
    address: str
    prefix: int

    @property
    def ip(self) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
        """The address as an object of ipaddress."""
        return ipaddress.ip_address(self.address)

    @property
    def automatic(self) -> bool:
        """Whether it is link-local IPv4: 169.254/16."""
        return self.ip.version == 4 and self.ip.is_link_local


def adapters(host: Host) -> tuple[Adapter, ...]:
    """The adapters that could lead to the network: no loopback, bridges, tunnels or container leftovers.

    If no adapter has a device, as in a container, the near ends of veth pairs are used; if there
    are none either, as in a rootless container, whatever has a default route.
    """
    if host.system == "windows":
        return _windows(host)
    names = host.listdir(NET)
    real = [name for name in names if _there(host, f"{NET}/{name}/device") and _number(host, name, "type") in KINDS]
    ends = [] if real else [name for name in names if _virtual_end(host, name)]
    routed = [] if real or ends else sorted(_routed(host) & set(names))
    return tuple(_linux(host, name) for name in real or ends or routed)


def leading(host: Host, usable: Iterable[Adapter]) -> tuple[str, ...]:
    """The interfaces that hold the addresses of these adapters.

    The adapters themselves, the bridges, bonds and VLANs above them, and whatever a default route leads through:
    a PPP link, or the port of a virtual switch that uses an adapter.
    """
    names = [adapter.name for adapter in usable]
    for name in names if host.system == "linux" else ():  # grows while it is walked: a VLAN on a bridge on a bond
        above = attempt(partial(host.listdir, f"{NET}/{name}"), [])
        upper = [file.removeprefix(UPPER) for file in above if file.startswith(UPPER)]
        names += [one for one in upper if one not in names]
    return tuple(dict.fromkeys([*names, *sorted(_routed(host))]))


def loopback(host: Host, address: str) -> tuple[bool, bool]:
    """(whether the loopback interface is on, whether it has this address)."""
    entries: list[dict[str, Any]] = host.psutil("net_if_addrs").get(LOOPBACK, [])
    up = bool(_number(host, LOOPBACK, "flags") & UP)
    return up, any(str(entry.get("address")) == address for entry in entries)


def _routed(host: Host) -> set[str]:
    gateways: tuple[routes.Gateway, ...] = attempt(
        partial(routes.default_gateways, host), (), Reason.MISSING, Reason.UNREADABLE
    )
    return {gateway.interface for gateway in gateways}


def _linux(host: Host, name: str) -> Adapter:
    enabled = bool(_number(host, name, "flags") & UP)
    return Adapter(
        name=name,
        index=_number(host, name, "ifindex"),
        enabled=enabled,
        carrier=enabled and _number(host, name, "carrier") == 1,
        wireless=_there(host, f"{NET}/{name}/wireless") or _there(host, f"{NET}/{name}/phy80211"),
    )


def _virtual_end(host: Host, name: str) -> bool:
    """A veth whose peer is elsewhere, and that is in no bridge of ours."""
    if _number(host, name, "type") != ETHERNET:
        return False
    if any(_there(host, f"{NET}/{name}/{kind}") for kind in ("bridge", "bonding", "tun_flags")):
        return False
    linked = _number(host, name, "iflink") != _number(host, name, "ifindex")
    return linked and not _there(host, f"{NET}/{name}/master")


def _number(host: Host, name: str, what: str) -> int:
    """A number from sysfs; 0 without one (the carrier of an adapter that is down)."""
    text = attempt(lambda: host.read(f"{NET}/{name}/{what}"), "0", Reason.MISSING, Reason.UNREADABLE)
    try:
        return int(text.strip() or "0", 0)
    except ValueError:
        return 0


def asks_neighbours(host: Host, name: str) -> bool:
    """Whether an Ethernet interface uses ARP; others do not need it."""
    return not (_number(host, name, "flags") & NO_ARP and _number(host, name, "type") == ETHERNET)


def ethernet_mtu(host: Host, name: str) -> int:
    """The MTU of an Ethernet interface in bytes; 0 for any other."""
    return _number(host, name, "mtu") if _number(host, name, "type") == ETHERNET else 0


def _there(host: Host, path: str) -> bool:
    return attempt(lambda: host.stat(path)) is not None


def _windows(host: Host) -> tuple[Adapter, ...]:
    """MSFT_NetAdapter, else psutil."""
    rows = attempt(partial(routes.instances, host, "MSFT_NetAdapter", *ADAPTER), [], Reason.UNREADABLE)
    if not any(row.get("HardwareInterface") is not None and row.get("ConnectorPresent") is not None for row in rows):
        return _up(host)
    return tuple(
        Adapter(
            name=str(row["Name"]),
            index=int(row.get("InterfaceIndex") or 0),
            enabled=row.get("State") != DISABLED and row.get("InterfaceAdminStatus") != 2,
            carrier=row.get("MediaConnectState") == 1 or row.get("InterfaceOperationalStatus") == 1,
            wireless=row.get("NdisPhysicalMedium") in WINDOWS_WIRELESS,
            mobile=row.get("NdisPhysicalMedium") == WINDOWS_MOBILE,
            guid=str(row.get("InterfaceGuid") or ""),
        )
        for row in rows
        if row.get("HardwareInterface") and row.get("ConnectorPresent") and not row.get("EndPointInterface")
    )


def _up(host: Host) -> tuple[Adapter, ...]:
    """Adapters that are up by psutil, which knows neither why others are down nor whether they are cards."""
    states: dict[str, dict[str, Any]] = host.psutil("net_if_stats")
    named = {address.interface for address in addresses(host)}
    found = tuple(Adapter(name, carrier=True) for name in states if name in named and states[name].get("isup"))
    if not found:
        raise ProbeError(Reason.UNREADABLE, "MSFT_NetAdapter", "wmi")
    return found


def addresses(host: Host) -> tuple[Address, ...]:
    """Every IP address of the machine with its adapter, loopback left out; by psutil on every system."""
    answer: dict[str, list[dict[str, Any]]] = host.psutil("net_if_addrs")
    found = []
    for interface, entries in answer.items():
        for entry in entries:
            address = str(entry.get("address") or "").partition("%")[0]
            try:
                ip = ipaddress.ip_address(address)
            except ValueError:
                host.private("mac", address)
                continue
            if not ip.is_loopback:
                found.append(Address(interface, address, _prefix(ip.version, entry.get("netmask"))))
                if ip.is_global:
                    host.private("address", address)
    return tuple(found)


def _prefix(version: int, mask: Any) -> int:
    try:
        if version == 4:
            return ipaddress.ip_network(f"0.0.0.0/{mask}").prefixlen
        return int(ipaddress.IPv6Address(str(mask))).bit_count()
    except ValueError:
        return 0
