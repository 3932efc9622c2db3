"""Which name servers a machine asks, and by which rules."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING

from techkit.host import attempt
from techkit.model import Record
from techkit.readings import interfaces

if TYPE_CHECKING:
    from techkit.host import Host

RESOLV_CONF = "/etc/resolv.conf"
UPSTREAM = ("/run/systemd/resolve/resolv.conf", "/run/NetworkManager/no-stub-resolv.conf")
"""Where a local resolver writes the servers that it asks itself."""
NSSWITCH = "/etc/nsswitch.conf"
ASKING = {"dns", "resolve"}
"""Words of nsswitch.conf that lead to a name server."""
NOT_SET = {"fec0:0:0:ffff::1", "fec0:0:0:ffff::2", "fec0:0:0:ffff::3"}
"""What Windows shows where nobody has set an IPv6 name server."""
MOST = 3
"""How many servers of resolv.conf the C library asks: MAXNS, resolv.h."""


class Resolver(Record, frozen=True):
    """What /etc/resolv.conf says."""

    servers: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    """what stands after `nameserver` and is no address"""
    present: bool = True
    link: str = ""
    """where it points to"""


def resolv_conf(host: Host) -> Resolver:
    """The file that every program's resolver reads; an absent one is not there, a dangling link is shown."""
    text = attempt(lambda: host.read(RESOLV_CONF))
    if text is None:
        return Resolver(present=False, link=_dangling(host))
    status = attempt(lambda: host.stat(RESOLV_CONF), {})
    servers, wrong = parse_resolv_conf(text)
    return Resolver(servers, wrong, link=str(status.get("link") or ""))


def _dangling(host: Host) -> str:
    """The target of a link that leads nowhere, where it can be told by the folder."""
    answer = attempt(lambda: host.run("readlink", RESOLV_CONF), {"out": ""})
    return str(answer["out"]).strip()


def parse_resolv_conf(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(servers, words in the place of a server that are no address); resolv.conf(5)."""
    servers, wrong = [], []
    for line in text.splitlines():
        words = re.split(r"[#;]", line, maxsplit=1)[0].split()
        if not words or words[0] != "nameserver":
            continue
        address = words[1] if len(words) > 1 else ""
        try:
            ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            wrong.append(address)
        else:
            servers.append(address)
    return tuple(servers), tuple(wrong)


def servers(host: Host) -> tuple[str, ...]:
    """The name servers to be asked by themselves: those behind a local resolver where it tells them."""
    if host.system == "windows":
        return _windows(host)
    named = resolv_conf(host).servers[:MOST]
    if named and all(ipaddress.ip_address(server.partition("%")[0]).is_loopback for server in named):
        for file in UPSTREAM:
            behind, _ = parse_resolv_conf(attempt(lambda file=file: host.read(file), ""))
            if behind:
                return behind[:MOST]
    return named


def _windows(host: Host) -> tuple[str, ...]:
    """MSFT_DNSClientServerAddress of the adapters that are in use."""
    usable = {adapter.index for adapter in interfaces.adapters(host) if adapter.usable}
    rows = host.wmi(
        "MSFT_DNSClientServerAddress", "InterfaceIndex", "ServerAddresses", namespace=interfaces.STANDARD_CIMV2
    )
    found = [
        str(server)
        for row in rows
        if row.get("InterfaceIndex") in usable
        for server in row.get("ServerAddresses") or ()
        if server not in NOT_SET
    ]
    return tuple(dict.fromkeys(found))


def asks_servers(host: Host) -> bool:
    """Whether the name service switch of a Linux machine ever asks a name server; without the file it does."""
    text = attempt(lambda: host.read(NSSWITCH), "")
    lines = [line.partition("#")[0] for line in text.splitlines()]
    rows = [line.partition(":")[2].split() for line in lines if line.strip().startswith("hosts:")]
    return not rows or bool(set(rows[-1]) & ASKING)
