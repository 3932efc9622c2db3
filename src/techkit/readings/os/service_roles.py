"""Which services a machine, its people and others cannot do without, by their names."""

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
"""What a Linux machine hurts without at once."""
TIME = {
    "chrony.service", "chronyd.service", "systemd-timesyncd.service", "ntpsec.service", "ntp.service", "ntpd.service",
    "openntpd.service",
}  # fmt: skip
"""What keeps a Linux machine's clock right: one of them is enough."""
CORE = {
    "bfe", "brokerinfrastructure", "coremessagingregistrar", "cryptsvc", "dcomlaunch", "dhcp", "dnscache", "eventlog",
    "lanmanserver", "lanmanworkstation", "lsm", "mpssvc", "netlogon", "nlasvc", "nsi", "plugplay", "power", "profsvc",
    "rpceptmapper", "rpcss", "samss", "schedule", "usermanager", "winmgmt",
}  # fmt: skip
"""What Windows hurts without at once, where it is set to start by itself."""
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
"""What a Windows server does for others, by the services that do it; each is there only where the role is.

Their names are those that published scripts of administrators start and watch.
"""
BEGINNINGS = {"mssql$": "database", "1c:enterprise": "accounts"}
"""How the names of services begin of which one machine may have several: SQL Server, the server of 1C:Enterprise."""
MISSED = {"audioendpointbuilder", "audiosrv", "spooler"}
"""What a person at Windows misses soon."""
RESTING = re.compile(
    r"wuauserv|bits|trustedinstaller|msiserver|sppsvc|mapsbroker|edgeupdatem?|gupdatem?|googleupdater.*|remoteregistry"
    r"|cdpsvc|wbiosrvc|.*_[0-9a-f]{4,}",
    re.IGNORECASE,
)
"""Windows services that come and go as they are needed; a name that ends in _<hex> belongs to one session."""
GUARDS = re.compile(
    r"clam|kesl|klnagent|drweb|drw|mdatp|falcon|cs(falcon|agent)|sentinel|sophos|savd|savservice|esets|efs\.|eea\.|ekrn"
    r"|eraagent|cbdaemon|ds_agent|bdsec|bdservicehost|vsserv|windefend|wdnissvc|wscsvc|sense$|securityhealth|mbamservice"
    r"|avp|avast|avg|mcafee|mfe",
    re.IGNORECASE,
)
"""How the names of antivirus services begin: that one does not run is told by antivirus.engine."""
RESOLVER = re.compile(
    r"(dnsmasq|unbound|named|bind9|systemd-resolved|pdns-recursor|stubby|dnscrypt-proxy|knot-resolver|kresd|pdnsd|smartdns)\b"
)
"""Services that look names up for this machine."""


def role(unit: Unit) -> str:
    """What others lose without this service of Windows; empty where it is no server's."""
    name = unit.name.lower()
    if unit.kind != WINDOWS:
        return ""
    begun = next((role for start, role in BEGINNINGS.items() if name.startswith(start)), "")
    return begun or next((role for role, names in ROLES.items() if name in names), "")
