"""Remote desktop of a Windows machine, if enabled: its service, port and firewall rules."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import ProbeError, attempt
from techkit.model import Reason, Record
from techkit.readings.antivirus import protections
from techkit.readings.network import windows_firewall
from techkit.readings.os import domains, releases, services

if TYPE_CHECKING:
    from techkit.host import Host

SERVICE = "TermService"
PORT = 3389
TCP = "6"
DOMAIN = "domain"
ADMITTING = {"Allow", "ByPass"}
"""The second requires authentication; MS-GPFAS 2.2.2.19."""
HERE = "127.0.0.1"
HOME = "Core"
"""Prefix of the EditionIDs of Home editions, which cannot be a remote desktop host."""

MANY_PEOPLE = "TSAppCompat"
"""1 where the server has the role of a host of sessions: more than two administrators may work on it at once."""
MODES = {2, 4}
"""LicensingMode: by device, by user; 5 where nobody has chosen; Win32_TerminalServiceSetting.LicensingType."""
LICENSING = protections.TERMINAL + r"\RCM\Licensing Core"
LICENCE_SERVERS = r"HKLM\SYSTEM\CurrentControlSet\Services\TermService\Parameters"
LICENCE_PORT = 135
"""RPC, by which licences are asked for."""


class RemoteDesktop(Record, frozen=True):
    """What blocks remote desktop although it is enabled."""

    port: int = PORT
    startup: str = ""
    running: bool = True
    """its service"""
    listening: bool = True
    shut: tuple[str, ...] = ()
    """firewall profiles in use, if no rule admits connections in any of them"""
    away: bool = False
    """a domain PC that is elsewhere now, and accepts connections only in its domain's network"""
    licences: str = ""
    """of a host of sessions: unset, away; empty where it has what it needs"""
    licence_servers: tuple[str, ...] = ()


def remote_desktop(host: Host) -> RemoteDesktop:
    """Ask for it; INAPPLICABLE if it is off."""
    if not protections.admits_guests(host):
        raise ProbeError(Reason.INAPPLICABLE, "remote desktop is off")
    if str(_values(host, releases.VERSION).get("EditionID") or "").startswith(HOME):
        raise ProbeError(Reason.INAPPLICABLE, "this edition of Windows has no remote desktop")
    settings = _values(host, protections.LISTENER)
    port = int(settings.get("PortNumber") or PORT)
    unit = services.units(host, SERVICE)[SERVICE]
    if not unit.loaded or not unit.running:
        return RemoteDesktop(port, unit.startup, running=False)
    if not settings.get("LanAdapter"):  # bound to one adapter, it does not answer here
        answer = attempt(partial(host.connect, HERE, port, timeout=1), {"state": "open"}, *Reason)
        if answer["state"] == "refused":
            return RemoteDesktop(port, unit.startup, listening=False)
    shut, away = _shut(host, port)
    licences, servers = _licences(host)
    return RemoteDesktop(
        port, unit.startup, shut=shut, away=away, licences=licences, licence_servers=servers
    )  # fmt: skip


def _licences(host: Host) -> tuple[str, tuple[str, ...]]:
    """(what is missing, the servers that were named) where many people may work at once."""
    if _values(host, protections.TERMINAL).get(MANY_PEOPLE) != 1:
        return "", ()
    policy = _values(host, protections.TERMINAL_POLICY)
    chosen = policy.get("LicensingMode", _values(host, LICENSING).get("LicensingMode"))
    listed = str(policy.get("LicenseServers") or "").split(",")
    for key in (rf"{LICENCE_SERVERS}\LicenseServers", LICENCE_SERVERS):
        listed += _values(host, key).get("SpecifiedLicenseServers") or []
    servers = tuple(dict.fromkeys(name for one in listed if (name := str(one).strip())))
    for name in servers:
        host.private("host", name)
    if chosen not in MODES or not servers:
        return "unset", servers
    answers = host.side_by_side([partial(host.connect, name, LICENCE_PORT) for name in servers])
    away = not any(isinstance(answer, ProbeError) or answer["state"] == "open" for answer in answers)
    return "away" if away else "", servers


def _shut(host: Host, port: int) -> tuple[tuple[str, ...], bool]:
    firewall = windows_firewall.read(host)
    open_anyway = firewall.inbound_open or set(firewall.active) <= set(firewall.off)
    if not firewall.active or firewall.others or firewall.disabled or open_anyway:
        return (), False
    rules = [text for key in windows_firewall.RULES for text in _values(host, key).values()]
    if not rules or any(admits(str(text), firewall.active, port) for text in rules):
        return (), False
    if host.machine()["edition"] == "server" or not any(admits(str(text), (DOMAIN,), port) for text in rules):
        return firewall.active, False
    return firewall.active, attempt(partial(domains.system, host), {}, *Reason).get("PartOfDomain") is True


def admits(text: str, active: tuple[str, ...], port: int) -> bool:
    """Whether a rule such as `v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|Profile=Public|LPort=3389|…` lets in."""
    pairs = [part.split("=", 1) for part in text.split("|") if "=" in part]
    words = dict(pairs)
    if words.get("Action") not in ADMITTING or (words.get("Active"), words.get("Dir")) != ("TRUE", "In"):
        return False
    profiles = {value.lower() for word, value in pairs if word == "Profile"}
    if (profiles and not profiles & set(active)) or words.get("Protocol", TCP) != TCP:
        return False
    own = "LPort" not in words and not any(word.startswith("LPort2") for word in words)
    service = words.get("Svc", "").lower()
    if own and (service not in {"", SERVICE.lower()} or ("App" in words and not service)):
        return False  # a rule without a port is some program's
    ranges = (value.split("-", 1) for word, value in pairs if word.startswith("LPort2"))
    within = any(first.isdigit() and last and last[0].isdigit() and int(first) <= port <= int(last[0])
                 for first, *last in ranges)  # fmt: skip
    return own or within or str(port) in {value for word, value in pairs if word == "LPort"}


def _values(host: Host, key: str) -> dict[str, Any]:
    return dict(attempt(partial(host.registry, key), {"values": {}})["values"])
