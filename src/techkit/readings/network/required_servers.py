"""The servers that a machine depends on, for packages and antivirus signatures."""

from __future__ import annotations

import ipaddress
import re
from functools import partial
from typing import TYPE_CHECKING

from techkit.host import attempt
from techkit.model import Reason, Record
from techkit.readings.antivirus import clamav
from techkit.readings.network import connectivity, hosts_file
from techkit.readings.os import apt

if TYPE_CHECKING:
    from techkit.host import Host

MOST = 8
PUBLIC = 2
"""Public name servers to ask if the configured ones are in doubt."""


class Doubt(Record, frozen=True):
    """A server that does not answer at its resolved address, but at the one that public name servers give."""

    name: str
    wrong: tuple[str, ...]
    right: tuple[str, ...]


def servers(host: Host) -> tuple[tuple[str, int], ...]:
    """(name, port) of each; servers given by IP address are left out."""
    if host.system != "linux":
        return ()
    sources, _ = attempt(lambda: apt.sources(host), ((), ()), *Reason)
    found = [(source.host, 443 if source.uri.startswith("https") else 80) for source in sources if source.host]
    if host.which("freshclam"):
        found += clamav.servers(host)
    named = [(name.lower(), port) for name, port in found if "." in name and not _number(name)]
    return tuple(dict.fromkeys(named))[:MOST]


def _number(name: str) -> bool:
    try:
        return bool(ipaddress.ip_address(name))
    except ValueError:
        return False


def doubts(host: Host) -> tuple[Doubt, ...]:
    """Query public name servers for those that do not answer; for none if all do."""
    written = {entry.name for entry in hosts_file.entries(host)}
    site = host.site()
    known = [*(connectivity.host_of(page["url"]) for page in site["pages"]), *site["names"]]
    asked = [one for one in dict.fromkeys((*servers(host), *((name, 80) for name in known))) if one[0] not in written]
    knocks = connectivity.ask(host, [(one, partial(host.connect, *one)) for one in asked])
    silent = [one for one, answer in knocks if answer["state"] in {"timeout", "refused", "unreachable"}]
    public = [one["address"] for one in site["addresses"] if re.fullmatch(r"[\d.]+", one["address"])][:PUBLIC]
    found = []
    for (name, port), mine, told in zip(silent, _mine(host, silent), _told(host, silent, public), strict=True):
        if mine and told and not set(mine) & set(told):
            answers = connectivity.ask(host, [(address, partial(host.connect, address, port)) for address in told[:1]])
            if any(answer["state"] == "open" for _, answer in answers):
                found.append(Doubt(name, mine, told))
    return tuple(found)


def _mine(host: Host, asked: list[tuple[str, int]]) -> list[tuple[str, ...]]:
    """The IPv4 addresses by this machine's resolver."""
    answers = host.side_by_side([partial(host.resolve, name, timeout=2.5) for name, _ in asked])
    return [
        tuple(address for address in answer["addresses"] if ":" not in address) if isinstance(answer, dict) else ()
        for answer in answers
    ]


def _told(host: Host, asked: list[tuple[str, int]], public: list[str]) -> list[tuple[str, ...]]:
    """The addresses by public name servers."""
    pairs = [(server, name) for name, _ in asked for server in public]
    said = dict(connectivity.ask(host, [((server, name), partial(host.dns, server, name)) for server, name in pairs]))
    return [
        tuple(sorted({address for server in public for address in said.get((server, name), {}).get("addresses") or ()}))
        for name, _ in asked
    ]
