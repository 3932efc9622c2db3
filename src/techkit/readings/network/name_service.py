"""DNS servers (Windows, BIND): zones that are not served, and the forwarders they use."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import ProbeError, attempt
from techkit.model import Gap, Reason, Record
from techkit.readings.os import services

if TYPE_CHECKING:
    from collections.abc import Iterable

    from techkit.host import Host

SPACE = r"root\MicrosoftDNS"
ZONE = ("Name", "ZoneType", "Paused", "Shutdown", "AutoCreated")
SERVER = ("Forwarders", "IsSlave")
"""MicrosoftDNS_Zone and MicrosoftDNS_Server."""
PASSED_ON = 4  # unverified
"""MicrosoftDNS_Zone.ZoneType of a conditional forwarder."""
UNITS = ("named.service", "bind9.service")
SETTINGS = ("/etc/bind/named.conf.options", "/etc/bind/named.conf", "/etc/named.conf")
LINES = 400
HERE = "127.0.0.1"
FEW = 4
_ZONE = re.compile(r"zone ([^\s/]+)/IN(?:/\S+)?: (not loaded due to errors|loaded serial)")
_FORWARDERS = re.compile(r"\bforwarders\s*(?:port\s+\d+\s*)?\{([^}]*)\}")
_NOTES = re.compile(r"/\*[\s\S]*?\*/|//.*|#.*")


class Zone(Record, frozen=True):
    """A zone that the server does not serve as it should."""

    name: str
    why: str
    """not_loaded, paused or expired"""
    served: bool = False
    """it still answers, from older data"""


class Forwarder(Record, frozen=True):
    """A server that queries are forwarded to."""

    address: str
    state: str
    """how a query to it ends: answered, timeout, refused, unreachable"""


class NameService(Record, frozen=True):
    """The state of the server."""

    zones: tuple[Zone, ...] = ()
    forwarders: tuple[Forwarder, ...] = ()
    only: bool = False
    """it asks nobody else when they do not answer"""
    unseen: tuple[Gap, ...] = ()


def name_service(host: Host) -> NameService:
    """Read it; INAPPLICABLE on a machine that is no DNS server."""
    return _windows(host) if host.system == "windows" else _bind(host)


def _windows(host: Host) -> NameService:
    if not services.units(host, "DNS")["DNS"].running:
        raise ProbeError(Reason.INAPPLICABLE, "this machine answers for no names")
    unseen: list[Gap] = []

    def rows(name: str, columns: tuple[str, ...]) -> list[dict[str, Any]]:
        try:
            return host.wmi(name, *columns, namespace=SPACE)
        except ProbeError as error:
            gone = error.reason is Reason.INAPPLICABLE  # the role is there, and so should its classes be
            unseen.append(Gap(name, Reason.MISSING if gone else error.reason, error.detail))
            return []

    found = troubled(rows("MicrosoftDNS_Zone", ZONE))
    settings = next(iter(rows("MicrosoftDNS_Server", SERVER)), {})
    addresses = [str(address) for address in settings.get("Forwarders") or ()]
    zones = _confirmed(host, found)
    return NameService(zones, _asked(host, addresses), settings.get("IsSlave") is True, tuple(unseen))


def troubled(rows: Iterable[dict[str, Any]]) -> tuple[Zone, ...]:
    """Its own zones that it does not serve."""
    own = [row for row in rows if not row.get("AutoCreated") and row.get("ZoneType") != PASSED_ON]
    return tuple(
        Zone(str(row["Name"]), "paused" if row.get("Paused") else "expired")
        for row in own
        if row.get("Name") and (row.get("Paused") or row.get("Shutdown"))
    )


def _confirmed(host: Host, zones: tuple[Zone, ...]) -> tuple[Zone, ...]:
    """A zone that gets answers is served, whatever its state says."""
    answers = host.side_by_side([partial(host.dns, HERE, zone.name, "SOA") for zone in zones])
    return tuple(
        zone
        for zone, answer in zip(zones, answers, strict=True)
        if isinstance(answer, ProbeError) or not (answer["code"] == "NOERROR" and answer["addresses"])
    )


def _asked(host: Host, addresses: Iterable[str]) -> tuple[Forwarder, ...]:
    few = tuple(dict.fromkeys(addresses))[:FEW]
    name = next(iter(host.site()["names"]), "") if few else ""
    answers = host.side_by_side([partial(host.dns, address, name) for address in few])
    return tuple(
        Forwarder(address, str(answer["state"]))
        for address, answer in zip(few, answers, strict=True)
        if not isinstance(answer, ProbeError)
    )


def _bind(host: Host) -> NameService:
    """BIND, from its settings and the journal since it started."""
    found = [name for name, unit in services.units(host, *UNITS).items() if unit.running]
    if not found:
        raise ProbeError(Reason.INAPPLICABLE, "this machine answers for no names")
    text = "\n".join(attempt(partial(host.read, path), "", *Reason) for path in SETTINGS)
    units = [part for name in found for part in ("-u", name)]
    said = attempt(
        partial(host.run, "journalctl", *units, "-b", "-o", "cat", "-n", str(LINES), "--no-pager"), {}, *Reason
    )
    journal = str(said.get("out") or "")
    unseen = () if journal.strip() else (Gap("journalctl", Reason.UNREADABLE if host.elevated else Reason.FORBIDDEN),)
    addresses, only = parse_settings(text)
    failed = failed_zones(journal)
    dead = {zone.name for zone in _confirmed(host, failed)}
    zones = tuple(Zone(zone.name, zone.why, zone.name not in dead) for zone in failed)
    return NameService(zones, _asked(host, addresses), only, unseen)


def failed_zones(journal: str) -> tuple[Zone, ...]:
    """Zones whose last message in BIND's journal says that they were not loaded."""
    last = {match[1]: match[2] for match in _ZONE.finditer(journal)}
    return tuple(Zone(name, "not_loaded") for name, word in last.items() if word.startswith("not"))


def parse_settings(text: str) -> tuple[tuple[str, ...], bool]:
    """(forwarders, whether only they are asked) from named.conf(5)."""
    bare = _NOTES.sub("", text)
    lists = _FORWARDERS.findall(bare)
    addresses = tuple(entry.split()[0] for one in lists for entry in one.split(";") if entry.split())
    return addresses, bool(re.search(r"\bforward\s+only\s*;", bare))
