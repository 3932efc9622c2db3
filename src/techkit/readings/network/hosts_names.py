"""The entries of the hosts file compared with name servers, and this machine's own names."""

from __future__ import annotations

import ipaddress
from functools import partial
from typing import TYPE_CHECKING

from techkit.host import ProbeError
from techkit.model import Record
from techkit.readings.network import hosts_file, required_servers, resolvers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from techkit.host import Host
    from techkit.readings.network.hosts_file import Entry

MOST = 20
"""Names that are queried."""
SERVERS = 2
"""Name servers queried per name."""
LOCALHOST = "localhost"
OWN = 2
"""Seconds to resolve one of the machine's own names."""
SAID = {"NOERROR", "NXDOMAIN"}
"""Conclusive answers; any other one is the server's own fault."""


class Name(Record, frozen=True):
    """One entry and the name servers' addresses for its name: empty if there are none, None without an answer."""

    address: str
    name: str
    blocks: bool = False
    needed: bool = False
    """whether packages or signatures come from there"""
    expected: tuple[str, ...] | None = None

    @property
    def differs(self) -> bool:
        """Whether name servers give other addresses."""
        return not self.blocks and bool(self.expected) and self.address not in (self.expected or ())

    @property
    def unasked(self) -> bool:
        """Whether no name server has answered."""
        return not self.blocks and self.expected is None


class Written(Record, frozen=True):
    """The file's entries that are neither this machine's own nor of its own network."""

    file: str
    names: tuple[Name, ...]
    lost: tuple[str, ...] = ()
    """own names that do not resolve"""
    read: bool = True
    """whether programs use the file at all"""
    strayed: tuple[str, ...] = ()
    """foreign addresses of localhost in the file"""


def look(host: Host) -> Written:
    """Query the first name servers for every name in the file that could be public."""
    machine = host.machine()
    own = {machine["name"].casefold(), f"{machine['name']}.{machine['domain']}".casefold()}
    every = hosts_file.entries(host)
    read = host.system != "linux" or resolvers.reads_hosts_file(host)
    entries = [
        entry
        for entry in every
        if "." in entry.name and entry.name not in own and not entry.name.endswith((".localdomain", ".local"))
    ]
    said = _said(host, [entry for entry in entries if not entry.blocks][:MOST])
    wanted = {name for name, _ in required_servers.servers(host)} if any(entry.blocks for entry in entries) else set()
    return Written(
        hosts_file.path(host),
        tuple(
            Name(
                address=entry.address,
                name=entry.name,
                blocks=entry.blocks,
                needed=entry.name in wanted,
                expected=tuple(sorted(said[entry])) if entry in said else None,
            )
            for entry in entries
        ),
        lost=_lost(host, {entry.name for entry in every} if read else set(), machine["name"]),
        read=read,
        strayed=tuple(entry.address for entry in every if entry.name == LOCALHOST and not entry.blocks),
    )


def _said(host: Host, entries: Iterable[Entry]) -> dict[Entry, set[str]]:
    """The first name servers' addresses for these names; names without a conclusive answer are left out."""
    asked = list(entries)
    servers = resolvers.servers(host)[:SERVERS] if asked else ()
    pairs = [(entry, server) for entry in asked for server in servers]
    answers = host.side_by_side([partial(host.dns, server, entry.name, _kind(entry)) for entry, server in pairs])
    said: dict[Entry, set[str]] = {}
    for (entry, _), answer in zip(pairs, answers, strict=True):
        if not isinstance(answer, ProbeError) and answer["state"] == "answered" and answer["code"] in SAID:
            said.setdefault(entry, set()).update(answer["addresses"])
    return said


def _lost(host: Host, known: set[str], name: str) -> tuple[str, ...]:
    """A Linux machine's own names that neither the file nor anything else resolves."""
    if host.system != "linux":
        return ()
    asked = [one for one in (LOCALHOST, name) if one and one.casefold() not in known]
    answers = host.side_by_side([partial(host.resolve, one, timeout=OWN) for one in asked])
    return tuple(
        one
        for one, answer in zip(asked, answers, strict=True)
        if not isinstance(answer, ProbeError) and answer["error"] == "unknown"
    )


def _kind(entry: Entry) -> str:
    return "AAAA" if ipaddress.ip_address(entry.address).version == 6 else "A"
