"""A DHCP server of Windows: whether its domain lets it work, and the scopes that it leases addresses from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techkit.host import ProbeError
from techkit.model import Reason, Record
from techkit.readings.os import services

if TYPE_CHECKING:
    from techkit.host import Host

SERVICE = "DHCPServer"


class Scope(Record, frozen=True):
    """How many addresses of one active scope are leased, and how many are free."""

    name: str
    used: int
    free: int


class Server(Record, frozen=True):
    """What a DHCP server says of itself; `refused`: its domain has not authorised it, and it answers nobody."""

    scopes: tuple[Scope, ...] = ()
    refused: bool = False


def server(host: Host) -> Server:
    """Its settings and active scopes; INAPPLICABLE where none runs (os.services reports a stopped one)."""
    if not services.units(host, SERVICE)[SERVICE].running:
        raise ProbeError(Reason.INAPPLICABLE, "no DHCP server runs here")
    joined, authorised = _settings(host)
    rows = host.powershell("dhcp_scopes")
    found = (Scope(str(row["ScopeId"]), int(row["AddressesInUse"]), int(row["AddressesFree"])) for row in rows)
    return Server(tuple(found), refused=joined and not authorised)


def _settings(host: Host) -> tuple[bool, bool]:
    """Whether it belongs to a domain, and whether that has authorised it; a server that tells neither is unknown."""
    told = [(row.get("IsDomainJoined"), row.get("IsAuthorized")) for row in host.powershell("dhcp_settings")]
    if not told or None in told[0]:
        raise ProbeError(Reason.UNREADABLE, "PowerShell tells no settings of the DHCP server")
    joined, authorised = told[0]
    return bool(joined), bool(authorised)
