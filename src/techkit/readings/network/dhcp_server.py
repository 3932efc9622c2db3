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
    settings = host.powershell("dhcp_settings")
    refused = any(row["IsDomainJoined"] and not row["IsAuthorized"] for row in settings)
    rows = host.powershell("dhcp_scopes")
    found = (Scope(str(row["ScopeId"]), int(row["AddressesInUse"]), int(row["AddressesFree"])) for row in rows)
    return Server(tuple(found), refused)
