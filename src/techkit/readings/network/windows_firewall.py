"""The firewall of Windows: what its profiles and rules in the registry say; MS-GPFAS, MS-FASP."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import UNANSWERED, attempt
from techkit.model import Gap, Record
from techkit.readings.antivirus import security_center
from techkit.readings.network import routes
from techkit.readings.os import services
from techkit.readings.supplements import Supplements

if TYPE_CHECKING:
    from techkit.host import Host

LOCAL = r"HKLM\SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy"
POLICY = r"HKLM\SOFTWARE\Policies\Microsoft\WindowsFirewall"
RULES = (rf"{POLICY}\FirewallRules", rf"{LOCAL}\FirewallRules")
KEYS = {
    "public": ("PublicProfile", "PublicProfile"),
    "private": ("StandardProfile", "PrivateProfile"),
    "domain": ("DomainProfile", "DomainProfile"),
}
"""Per profile: its key here, and in a policy."""
CATEGORIES = {0: "public", 1: "private", 2: "domain"}
"""MSFT_NetConnectionProfile.NetworkCategory"""
NEEDED = {"6": ("443", "80", "53"), "17": ("53",)}
"""Ports, by the number of the protocol, without which nothing works."""
PRODUCT = ("displayName", "productState")
WORKING = {"on", "unknown"}
"""States of a third-party firewall with which Windows' own may be off."""
SERVICES = ("BFE", "mpssvc")
"""The filtering engine and the firewall service: without them no profile applies."""
NARROW = {"App", "Svc", "RA4", "RA6", "LA4", "LA6", "LUAuth", "LUOwn", "AppPkgId", "PFN", "IF", "IFType", "RMauth"}
"""Fields that limit a rule to one program, address, person or adapter."""


class Rule(Record, frozen=True):
    """A rule that blocks traffic that everybody needs."""

    name: str
    ports: tuple[str, ...] = ()
    """none: all"""
    policy: bool = False


class Firewall(Record, frozen=True):
    """The profiles in use, those that are off, and blocked outgoing traffic."""

    active: tuple[str, ...] = ()
    off: tuple[str, ...] = ()
    ordered: tuple[str, ...] = ()
    """those of them that a policy switches off"""
    outbound_blocked: bool = False
    inbound_open: bool = False
    """a profile in use admits incoming connections by default"""
    disabled: tuple[str, ...] = ()
    """services of the firewall that may not start"""
    others: tuple[str, ...] = ()
    """third-party firewalls"""
    blocking: tuple[Rule, ...] = ()
    unsure: tuple[str, ...] = ()
    """profiles in use that do not say whether they are on"""
    unseen: tuple[Gap, ...] = ()
    """services of the firewall that could not be seen"""


def read(host: Host) -> Firewall:
    """Ask for the networks in use, their profiles, and the rules; a policy overrides local settings."""
    active = networks(host)
    more = Supplements(host)
    policies = {profile: _values(host, rf"{POLICY}\{KEYS[profile][1]}") for profile in active}
    switches = {profile: _values(host, rf"{LOCAL}\{KEYS[profile][0]}") | policies[profile] for profile in active}
    rules = [
        rule
        for key, policy in zip(RULES, (True, False), strict=True)
        for text in _values(host, key).values()
        if (rule := parse_rule(str(text), active, policy=policy))
    ]
    return Firewall(
        active=active,
        off=tuple(profile for profile in active if switches[profile].get("EnableFirewall") == 0),
        ordered=tuple(profile for profile in active if policies[profile].get("EnableFirewall") == 0),
        inbound_open=any(switches[profile].get("DefaultInboundAction") == 0 for profile in active),
        outbound_blocked=any(switches[profile].get("DefaultOutboundAction") == 1 for profile in active),
        others=tuple(name for name, state in _products(host) if state in WORKING),
        disabled=_disabled(host, more),
        blocking=tuple(rules),
        unsure=tuple(profile for profile in active if switches[profile].get("EnableFirewall") not in {0, 1}),
        unseen=more.unseen,
    )


def networks(host: Host) -> tuple[str, ...]:
    """The categories of the networks in use: public, private, domain."""
    return tuple(sorted({CATEGORIES[number] for number in _categories(host) if number in CATEGORIES}))


def _categories(host: Host) -> list[int]:
    """The kinds of the networks in use; none where the PC is in none."""
    ask = partial(host.wmi, "MSFT_NetConnectionProfile", *routes.PROFILE, namespace=routes.STANDARD_CIMV2)
    rows = attempt(ask, None, *UNANSWERED)
    return host.network_categories() if rows is None else [row["NetworkCategory"] for row in rows]


def _products(host: Host) -> list[tuple[str, str]]:
    """(name, state) of the firewalls that have registered themselves."""
    ask = partial(host.wmi, "FirewallProduct", *PRODUCT, namespace=security_center.NAMESPACE)
    rows = attempt(ask, None, *UNANSWERED)
    if rows is None:
        return [(one.name, one.guard) for one in security_center.firewalls(host)]
    return [(str(row.get("displayName")), security_center.guard_of(row)) for row in rows]


def _disabled(host: Host, more: Supplements) -> tuple[str, ...]:
    """Disabled firewall services; os.services reports stopped ones."""
    units: dict[str, services.Unit] = more.ask(partial(services.units, host, *SERVICES), {}, SERVICES[0])
    return tuple(unit.name for unit in units.values() if unit.startup == "disabled" and not unit.running)


def _values(host: Host, key: str) -> dict[str, Any]:
    found: dict[str, Any] = attempt(partial(host.registry, key), {"values": {}})["values"]
    return found


def parse_rule(text: str, active: tuple[str, ...], *, policy: bool = False) -> Rule | None:
    """Parse a blocking rule like `v2.31|Action=Block|Active=TRUE|Dir=Out|Protocol=6|RPort=443|Name=…|`."""
    pairs = [part.split("=", 1) for part in text.split("|") if "=" in part]
    words = dict(pairs)
    if (words.get("Action"), words.get("Active"), words.get("Dir")) != ("Block", "TRUE", "Out"):
        return None
    if NARROW & words.keys():
        return None
    profiles = {value.lower() for word, value in pairs if word == "Profile"}
    ports = tuple(value for word, value in pairs if word == "RPort")
    ranges = [value.split("-", 1) for word, value in pairs if word.startswith("RPort2")]
    protocol = words.get("Protocol", "")
    if (profiles and not profiles & set(active)) or protocol not in {"", *NEEDED} or "LPort" in words:
        return None
    wanted = [port for number, some in NEEDED.items() if protocol in {"", number} for port in some]
    hit = [port for port in wanted if port in ports]
    hit += [port for port in wanted for first, *last in ranges if first.isdigit() and last and last[0].isdigit()
            and int(first) <= int(port) <= int(last[0])]  # fmt: skip
    if (ports or ranges) and not hit:
        return None
    return Rule(words.get("Name", "?"), tuple(dict.fromkeys(hit)), policy)
