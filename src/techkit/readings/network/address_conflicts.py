"""Addresses of this machine that another machine uses too."""

from __future__ import annotations

import ipaddress
import re
from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import ProbeError, attempt
from techkit.model import Reason, Record
from techkit.readings.network import interfaces, routes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from techkit.host import Host

DUPLICATE = 2
"""MSFT_NetIPAddress.AddressState"""
CONFLICT, PROVIDER = 4199, "Tcpip"
"""Windows' event for an address conflict."""
DAYS = 1
DAD_FAILED = 0x08
"""IFA_F_DADFAILED, if_addr.h: duplicate address detection failed"""
MAC = re.compile(r"[0-9a-f]{2}([:-][0-9a-f]{2}){5}", re.IGNORECASE)
MOST = 8
"""Addresses that are probed: a server may have hundreds."""


class Claim(Record, frozen=True):
    """One address of this machine, and the hardware addresses of others that claim it."""

    interface: str
    address: str
    others: tuple[str, ...] = ()
    taken: bool = False
    met: float = 0
    """time of the last conflict on Windows"""
    unseen: Reason | None = None


def asked(host: Host) -> tuple[Claim, ...]:
    """Probe the segment for each IPv4 address; the kernel detects IPv6 duplicates."""
    usable = [adapter for adapter in interfaces.adapters(host) if adapter.usable]
    if host.system == "windows":
        return _windows(host)
    own = _own(host)
    names = interfaces.leading(host, usable)
    four = [one for one in interfaces.addresses(host) if one.interface in names and one.ip.version == 4]
    four = [one for one in four if interfaces.ethernet_mtu(host, one.interface)][:MOST]
    answers = host.side_by_side(partial(host.claimants, one.address, one.interface) for one in four)
    return (
        *(
            Claim(one.interface, one.address, unseen=answer.reason)
            if isinstance(answer, ProbeError)
            else Claim(one.interface, one.address, tuple(mac for mac in answer if mac not in own))
            for one, answer in zip(four, answers, strict=True)
        ),
        *parse_if_inet6(attempt(lambda: host.read("/proc/net/if_inet6"), "")),
    )


def _own(host: Host) -> set[str]:
    """Our own hardware addresses, because a second adapter in the same segment may answer."""
    answer: dict[str, list[dict[str, str | None]]] = host.psutil("net_if_addrs")
    every = (str(entry.get("address") or "") for entries in answer.values() for entry in entries)
    return {address.replace("-", ":").lower() for address in every if MAC.fullmatch(address)}


def parse_if_inet6(text: str) -> list[Claim]:
    """The addresses in /proc/net/if_inet6 that failed duplicate detection."""
    found = []
    for line in text.splitlines():
        words = line.split()
        try:
            if int(words[4], 16) & DAD_FAILED:
                found.append(Claim(words[5], str(ipaddress.IPv6Address(int(words[0], 16))), taken=True))
        except (IndexError, ValueError):
            continue
    return found


def _windows(host: Host) -> tuple[Claim, ...]:
    """Address states, and recent conflicts from the log, if it may be read."""
    rows = routes.instances(host, "MSFT_NetIPAddress", "IPAddress", "InterfaceAlias", "AddressState")
    try:
        clashes = met(host.events("System", ids=[CONFLICT], days=DAYS, providers=[PROVIDER]))
        unseen = []
    except ProbeError as error:
        clashes, unseen = {}, [Claim("", "System", unseen=error.reason)]
    nobody: tuple[str, float] = "", 0
    found = []
    for row in rows:
        address, taken = str(row.get("IPAddress")), row.get("AddressState") == DUPLICATE
        mac, when = clashes.get(address, nobody)
        others = (mac,) if mac else ()
        found.append(Claim(str(row.get("InterfaceAlias")), address, others, taken=taken, met=when))
    return (*found, *unseen)


def met(events: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, float]]:
    """The newest clash of each address: with which hardware address, and when; the events come newest first."""
    found: dict[str, tuple[str, float]] = {}
    for event in events:
        texts = list(event["data"].values()) if isinstance(event["data"], dict) else event["data"]
        macs = [text for text in texts if MAC.fullmatch(text)]
        addresses = [text for text in texts if text.count(".") == 3]
        if macs and addresses:
            found.setdefault(addresses[0], (macs[0].replace("-", ":").lower(), float(event["time"])))
    return found
