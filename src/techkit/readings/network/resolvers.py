"""Which name servers a machine asks, and by which rules."""

from __future__ import annotations

import ipaddress
import re
from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import ProbeError, attempt
from techkit.model import Reason, Record
from techkit.readings.network import connectivity, interfaces, routes, tcpip_registry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from techkit.host import Host

RESOLV_CONF = "/etc/resolv.conf"
RESOLVED = {"127.0.0.53", "127.0.0.54"}
"""Where systemd-resolved listens."""
BEHIND_RESOLVED = "/run/systemd/resolve/resolv.conf"
BEHIND_OTHERS = "/run/NetworkManager/no-stub-resolv.conf"
"""Where a local resolver, or its manager, writes its upstream servers."""
NSSWITCH = "/etc/nsswitch.conf"
ASKING = {"dns", "resolve"}
"""Words of nsswitch.conf that lead to a name server."""
READING = {"files", "resolve"}
"""Words of nsswitch.conf that lead to the hosts file; systemd-resolved reads it, too."""
KNOWS_FEW = {"files", "db", "myhostname"}
"""nsswitch.conf services that usually answer "not found": a return on it ends nearly every lookup."""
NOT_SET = {"fec0:0:0:ffff::1", "fec0:0:0:ffff::2", "fec0:0:0:ffff::3"}
"""Windows' placeholder for unset IPv6 name servers."""
WRITERS = {
    "/systemd/resolve/": "systemd-resolved.service",
    "/NetworkManager/": "NetworkManager.service",
    "/resolvconf/": "resolvconf.service",
}
"""Writers of the files that resolv.conf may point to."""
_RETURNS = re.compile(r"(?<!!)\bnotfound *= *return|!(?!notfound)\w+ *= *return")
"""Actions that end a lookup without a result."""
MOST = 3
"""How many servers of resolv.conf the C library asks: MAXNS, resolv.h."""


class Resolver(Record, frozen=True):
    """What /etc/resolv.conf says."""

    servers: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    """invalid values of `nameserver`"""
    present: bool = True
    link: str = ""
    """where it points to"""
    folder: bool = False
    """a folder is in the place of the file"""


def resolv_conf(host: Host) -> Resolver:
    """Read resolv.conf; a missing file and a dangling link are results too."""
    try:
        text = attempt(lambda: host.read(RESOLV_CONF))
    except ProbeError as error:
        if error.reason is Reason.UNREADABLE and attempt(lambda: host.stat(RESOLV_CONF), {}).get("kind") == "folder":
            return Resolver(folder=True)
        raise
    if text is None:
        return Resolver(present=False, link=_dangling(host))
    status = attempt(lambda: host.stat(RESOLV_CONF), {})
    servers, wrong = parse_resolv_conf(text)
    return Resolver(servers, wrong, link=str(status.get("link") or ""))


def _dangling(host: Host) -> str:
    """The target of a link that leads nowhere, where it can be told by the folder."""
    answer = attempt(lambda: host.run("readlink", RESOLV_CONF), {"out": ""})
    return str(answer["out"]).strip()


def writer(link: str) -> str:
    """The unit that writes the file behind this link; empty if unknown."""
    return next((unit for part, unit in WRITERS.items() if part in link), "")


def parse_resolv_conf(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(servers, invalid values); resolv.conf(5)."""
    servers: list[str] = []
    wrong: list[str] = []
    for line in text.split("\n"):  # a carriage return belongs to the word before it
        words = re.split(r"[ \t]+", re.split(r"[#;]", line, maxsplit=1)[0].strip(" \t"))
        if not words or words[0] != "nameserver":
            continue
        address = words[1] if len(words) > 1 else ""
        (servers if _is_address(address) else wrong).append(address)
    return tuple(servers), tuple(wrong)


def servers(host: Host) -> tuple[str, ...]:
    """The name servers to query: those behind a local resolver, if known."""
    if host.system == "windows":
        return _windows(host)
    named = resolv_conf(host).servers[:MOST]
    if not named or not all(_ip(server).is_loopback for server in named):
        return named
    files = (BEHIND_RESOLVED, BEHIND_OTHERS) if RESOLVED & set(named) else (BEHIND_OTHERS,)
    for file in files:
        behind, _ = parse_resolv_conf(attempt(partial(host.read, file), ""))
        if behind:
            return behind[:MOST]
    return named


def unheard(host: Host) -> tuple[str, str] | None:
    """(a name server that answers, a name) if the C library finds no well-known name; else None.

    A page tells first: it has been asked for anyway.
    """
    pages = connectivity.pages(host)
    if not pages or any(page.state != "unresolved" for page in pages):
        return None
    name = next(iter(host.site()["names"]), "")
    if not name or host.resolve(name)["addresses"]:
        return None
    for server in resolv_conf(host).servers[:1]:
        said = host.dns(server, name)
        if said["state"] == "answered" and said.get("addresses"):
            return server, name
    return None


def options(host: Host) -> str:
    """What resolv.conf(5) tells the C library about how to ask."""
    text = attempt(partial(host.read, RESOLV_CONF), "", *Reason)
    return " ".join(" ".join(found.split()) for found in re.findall(r"^options\s+(.+)$", text, re.MULTILINE))


def asks_itself(host: Host) -> bool:
    """Whether every name server that is set up is this machine itself."""
    named = attempt(partial(resolv_conf, host), Resolver(), *Reason).servers[:MOST]
    return bool(named) and all(_ip(server).is_loopback for server in named)


def expect_four(servers: Iterable[str]) -> bool:
    """Whether one of these servers can be reached over version 4 alone, elsewhere than on this machine."""
    return any(_ip(server).version == 4 and not _ip(server).is_loopback for server in servers)


def _ip(server: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    return ipaddress.ip_address(server.partition("%")[0])


def _windows(host: Host) -> tuple[str, ...]:
    """MSFT_DNSClientServerAddress of interfaces that lead out, else the registry."""
    ask = partial(routes.instances, host, "MSFT_DNSClientServerAddress", "InterfaceAlias", "ServerAddresses")
    rows = tcpip_registry.instead(ask, _set, host)
    names = interfaces.leading(host, [adapter for adapter in interfaces.adapters(host) if adapter.usable])
    found = [
        str(server)
        for row in rows
        if row.get("InterfaceAlias") in names
        for server in row.get("ServerAddresses") or ()
        if server not in NOT_SET and _is_address(str(server))
    ]
    return tuple(dict.fromkeys(found))


def _set(settings: tuple[tcpip_registry.Setting, ...]) -> list[dict[str, Any]]:
    return [{"InterfaceAlias": one.interface, "ServerAddresses": list(one.servers)} for one in settings]


def _is_address(text: str) -> bool:
    try:
        return bool(_ip(text))
    except ValueError:
        return False


def asks_servers(host: Host) -> bool:
    """Whether nsswitch.conf ever uses DNS; True without the file."""
    words = _switch(host)
    return words is None or _reaches(words)


def reads_hosts_file(host: Host) -> bool:
    """Whether nsswitch.conf ever uses the hosts file; True without the file."""
    words = _switch(host)
    return words is None or bool(READING & {word.lower() for word in words})


def _switch(host: Host) -> list[str] | None:
    """The words for hosts in nsswitch.conf; None where it has no such line."""
    text = attempt(lambda: host.read(NSSWITCH), "")
    lines = [line.partition("#")[0] for line in text.splitlines()]
    rows = [line.partition(":")[2].split() for line in lines if line.strip().startswith("hosts:")]
    return rows[-1] if rows else None


def _reaches(words: list[str]) -> bool:
    """Whether a lookup without a local result reaches DNS; nsswitch.conf(5)."""
    last = ""
    for word in re.findall(r"\[[^\]]*\]|[^\s\[]+", " ".join(words).lower()):
        if word in ASKING:
            return True
        if last in KNOWS_FEW and _RETURNS.search(word):
            return False
        last = last if word.startswith("[") else word
    return False
