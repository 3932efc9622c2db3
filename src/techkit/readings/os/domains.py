"""The domain of a machine, and their trust relationship."""

from __future__ import annotations

import re
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import UNANSWERED, ProbeError, attempt
from techkit.model import Gap, Reason, Record
from techkit.readings.network import resolvers, routes, tcpip_registry, windows_firewall
from techkit.readings.os import group_policy, services
from techkit.readings.supplements import Supplements

if TYPE_CHECKING:
    from techkit.host import Host

KEYTAB = "/etc/krb5.keytab"
SSSD = "/etc/sssd/sssd.conf"
SAMBA = "/etc/samba/smb.conf"
LOCATOR = "_ldap._tcp.dc._msdcs"
"""DNS name with the controllers of an Active Directory domain; MS-ADTS, 6.3.2.3."""
SURE = {"NOERROR", "NXDOMAIN"}
CONTROLLERS = {4, 5}
"""Win32_ComputerSystem.DomainRole: backup and primary controller."""
DIRECTORY = "NTDS"
"""The service of domain controllers."""
DENIED, NO_CONTROLLER = 3210, 5719
"""NETLOGON: the controller does not know this machine's password; no controller was found."""
TURNED_AWAY = (5722, 5723, 5805)
"""NETLOGON on a controller: a computer whose password is not the one noted, that has no account, that was refused.

The first string is the computer's name; netevent.dll, and a recording of 5805 (plaso, test_data/System.evtx).
"""
WRONG_PASSWORD = 5805
"""The others are also logged without a fault: a changed password (KB 810977), a computer that left."""


class Server(Record, frozen=True):
    """A name server that answered, its interface, and whether it knows the domain."""

    address: str
    interface: str
    knows: bool


class Refused(Record, frozen=True):
    """A computer that this controller has refused within a day, and how often in three."""

    computer: str
    count: int
    distrusted: bool = False
    """it used a wrong password"""


class Domain(Record, frozen=True):
    """The machine's domain; `name` is empty without one."""

    name: str = ""
    denied: int = 0
    """refusals by the controller in the last days, none of which was followed by a success"""
    silent: int = 0
    """how often in the last day no controller was found"""
    keytab: bool = True
    """whether the machine's own key is there"""
    offline: bool = False
    controller: bool = False
    networks: tuple[str, ...] = ()
    """what Windows takes the networks in use for: public, private, domain"""
    resident: bool = False
    """a server, which never leaves its domain"""
    servers: tuple[Server, ...] = ()
    turned_away: tuple[Refused, ...] = ()
    """most often first"""
    by_hand: bool = False
    """the name servers, none of which knows the domain, are static"""
    policy: group_policy.Failing | None = None
    unseen: tuple[Gap, ...] = ()


def domain(host: Host) -> Domain:
    """Ask for the domain; raises INAPPLICABLE where there is none."""
    found = _windows(host) if host.system == "windows" else _linux(host)
    if not found.name:
        raise ProbeError(Reason.INAPPLICABLE, "this machine belongs to no domain")
    return found


def _windows(host: Host) -> Domain:
    row = system(host)
    if not row.get("PartOfDomain"):
        return Domain()
    name = str(row.get("Domain") or "")
    host.private("host", name)
    asked = attempt(partial(_asked, host, name), (), *Reason)
    resident = host.machine()["edition"] == "server"
    networks = attempt(partial(windows_firewall.networks, host), (), *Reason) if resident else ()
    if row.get("DomainRole") in CONTROLLERS:
        more = Supplements(host)
        away = more.ask(partial(_turned_away, host), (), "NETLOGON")
        return Domain(
            name, controller=True, networks=networks, resident=resident, servers=asked, turned_away=away,
            unseen=more.unseen,
        )  # fmt: skip
    events = host.events("System", ids=[DENIED, NO_CONTROLLER], days=3, providers=["NETLOGON"])
    day = host.now() - 86400
    return Domain(
        name,
        sum(event["id"] == DENIED for event in events),
        sum(event["id"] == NO_CONTROLLER and event["time"] > day for event in events),
        networks=networks,
        resident=resident,
        servers=asked,
        by_hand=bool(asked) and not any(one.knows for one in asked) and _set_by_hand(host, asked),
        policy=group_policy.failing(host),
    )


def _set_by_hand(host: Host, servers: tuple[Server, ...]) -> bool:
    """Whether all these servers are static; local resolvers, which configure themselves, do not count."""
    addresses = {one.address for one in servers if one.address != "::1" and not one.address.startswith("127.")}
    return bool(addresses) and addresses <= tcpip_registry.set_by_hand(host)


def system(host: Host) -> dict[str, Any]:
    """PartOfDomain, Domain and DomainRole of Win32_ComputerSystem, else from netapi32 and the services."""
    asked = partial(host.wmi, "Win32_ComputerSystem", "PartOfDomain", "Domain", "DomainRole")
    if (rows := attempt(asked, None, *UNANSWERED)) is not None:
        return dict(rows[0]) if rows else {}
    said = host.membership()
    controller = said["domain"] and services.units(host, DIRECTORY)[DIRECTORY].loaded
    role = max(CONTROLLERS) if controller else None
    name = host.machine()["domain"] or said["name"]
    return {"PartOfDomain": said["domain"], "Domain": name, "DomainRole": role}


def _turned_away(host: Host) -> tuple[Refused, ...]:
    """A later success is not logged, so only computers refused within a day count."""
    events = host.events("System", ids=TURNED_AWAY, days=3, providers=["NETLOGON"])
    named = [(name, event) for event in events if (name := refused(event["data"]))]
    recent = {name for name, event in named if event["time"] > host.now() - 86400}
    distrusted = {name for name, event in named if event["id"] == WRONG_PASSWORD}
    for name in recent:
        host.private("host", name)
    counted = Counter(name for name, _ in named if name in recent)
    return tuple(Refused(name, count, name in distrusted) for name, count in counted.most_common())


def refused(data: Any) -> str:
    """The computer's name, the first string, named or not."""
    first = next(iter(data.values() if isinstance(data, dict) else data), "")
    return str(first).strip().rstrip("$").upper()


def _asked(host: Host, name: str) -> tuple[Server, ...]:
    """Ask every name server for the controllers of the domain, as a member does that looks for one."""
    rows = routes.instances(host, "MSFT_DNSClientServerAddress", "InterfaceAlias", "ServerAddresses")
    places = [
        (str(address), str(row.get("InterfaceAlias")))
        for row in rows
        for address in row.get("ServerAddresses") or ()
        if address not in resolvers.NOT_SET
    ]
    answers = host.side_by_side(partial(host.dns, address, f"{LOCATOR}.{name}", "SRV") for address, _ in places)
    return tuple(
        Server(*place, knows=bool(answer["addresses"]))
        for place, answer in zip(places, answers, strict=True)
        if not isinstance(answer, ProbeError) and answer["state"] == "answered" and answer["code"] in SURE
    )


def _linux(host: Host) -> Domain:
    """sssd or winbind; their files are the administrator's alone."""
    text = attempt(lambda: host.read(SSSD), "")
    names = sssd_domains(text)
    if not names:
        samba = attempt(lambda: host.read(SAMBA), "")
        names = [samba_realm(samba)] if samba_realm(samba) else []
    if not names:
        return Domain()
    host.private("host", names[0])
    offline = False
    more = Supplements(host)
    if text and host.which("sssctl") and host.elevated:
        offline = more.ask(partial(_offline, host, names[0]), False, "sssctl domain-status")  # noqa: FBT003 - an answer
    return Domain(names[0], keytab=host.exists(KEYTAB), offline=offline, unseen=more.unseen)


def _offline(host: Host, name: str) -> bool:
    """Whether sssd works from its cache; raises where it does not say."""
    said = host.run("sssctl", "domain-status", "--online", name)["out"]
    if not (state := re.search(r"^Online status:\s*(Online|Offline)", said, re.MULTILINE)):
        raise ProbeError(Reason.UNREADABLE, "sssctl domain-status", "run")
    return state[1] == "Offline"


def sssd_domains(text: str) -> list[str]:
    """The domains of sssd.conf(5) that have a machine's key: those of Active Directory and FreeIPA."""
    found = []
    for name, body in re.findall(r"^\[domain/([^\]]+)\]\s*$((?:\n(?!\[).*)*)", text, re.MULTILINE):
        if re.search(r"^\s*id_provider\s*=\s*(ad|ipa)\s*$", body, re.MULTILINE):
            found.append(name)
    return found


def samba_realm(text: str) -> str:
    """The realm of smb.conf(5) where the machine is a member of a domain."""
    member = re.search(r"^\s*security\s*=\s*ads\s*$", text, re.MULTILINE | re.IGNORECASE)
    realm = re.search(r"^\s*realm\s*=\s*(\S+)", text, re.MULTILINE | re.IGNORECASE)
    return realm[1].lower() if member and realm else ""
