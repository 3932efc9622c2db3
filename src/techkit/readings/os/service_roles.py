"""Important services by name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from techkit.readings.os.services import WINDOWS

if TYPE_CHECKING:
    from techkit.readings.os.services import Unit

BACKBONE = {
    "NetworkManager.service", "dbus-broker.service", "dbus.service", "networking.service", "systemd-journald.service",
    "systemd-networkd.service", "systemd-resolved.service", "wicked.service", "wickedd.service",
}  # fmt: skip
"""Services without which a Linux machine is broken at once."""
TIME = {
    "chrony.service", "chronyd.service", "systemd-timesyncd.service", "ntpsec.service", "ntp.service", "ntpd.service",
    "openntpd.service",
}  # fmt: skip
"""Time services of Linux: one of them is enough."""
CORE = {
    "bfe", "brokerinfrastructure", "coremessagingregistrar", "cryptsvc", "dcomlaunch", "dhcp", "dnscache", "eventlog",
    "lanmanserver", "lanmanworkstation", "lsm", "mpssvc", "netlogon", "nlasvc", "nsi", "plugplay", "power", "profsvc",
    "rpceptmapper", "rpcss", "samss", "schedule", "usermanager", "winmgmt",
}  # fmt: skip
"""Services without which Windows is broken at once, if they start automatically."""
ROLES = {
    "domain": {"adws", "dfsr", "kdc", "ntds"},
    "dns": {"dns"},
    "dhcp": {"dhcpserver"},
    "web": {"w3svc"},
    "virtual": {"vmms"},
    "database": {"mssqlserver"},
    "mail": {"msexchangeis", "msexchangetransport"},
    "certificates": {"certsvc"},
    "updates": {"wsusservice"},
    "desktops": {"termservlicensing", "tsgateway", "tssdis"},
    "sign_ins": {"ias"},
    "tunnels": {"remoteaccess"},
    "installations": {"wdsserver"},
    "cluster": {"clussvc"},
}
"""Roles of a Windows server by service; each service exists only with its role.

Names as in administrators' published scripts.
"""
BEGINNINGS = {"mssql$": "database", "1c:enterprise": "accounts"}
"""Prefixes of services with several instances: SQL Server, 1C:Enterprise server."""
MISSED = {"audioendpointbuilder", "audiosrv", "spooler"}
"""Services that a person at Windows misses soon."""
RESTING = re.compile(
    r"wuauserv|bits|trustedinstaller|msiserver|sppsvc|mapsbroker|edgeupdatem?|gupdatem?|googleupdater.*|remoteregistry"
    r"|cdpsvc|wbiosrvc|.*_[0-9a-f]{4,}",
    re.IGNORECASE,
)
"""Windows services that start and stop on demand; a name that ends in _<hex> belongs to one session."""
GUARDS = re.compile(
    r"clam|kesl|klnagent|drweb|drw|mdatp|falcon|cs(falcon|agent)|sentinel|sophos|savd|savservice|esets|efs\.|eea\.|ekrn"
    r"|eraagent|cbdaemon|ds_agent|bdsec|bdservicehost|vsserv|windefend|wdnissvc|wscsvc|sense$|securityhealth|mbamservice"
    r"|avp|avast|avg|mcafee|mfe",
    re.IGNORECASE,
)
"""Prefixes of antivirus services, which antivirus.engine reports."""
RESOLVER = re.compile(
    r"(dnsmasq|unbound|named|bind9|systemd-resolved|pdns-recursor|stubby|dnscrypt-proxy|knot-resolver|kresd|pdnsd|smartdns)\b"
)
"""Local resolver services."""


def role(unit: Unit) -> str:
    """The role that others lose without this Windows service; empty if none."""
    name = unit.name.lower()
    if unit.kind != WINDOWS:
        return ""
    begun = next((role for start, role in BEGINNINGS.items() if name.startswith(start)), "")
    return begun or next((role for role, names in ROLES.items() if name in names), "")
