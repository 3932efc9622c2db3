"""The scopes of a Windows DHCP server."""

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


def scopes(host: Host) -> tuple[Scope, ...]:
    """Every active scope; INAPPLICABLE where no DHCP server runs (os.services reports a stopped one)."""
    if not services.units(host, SERVICE)[SERVICE].running:
        raise ProbeError(Reason.INAPPLICABLE, "no DHCP server runs here")
    rows = host.powershell("dhcp_scopes")
    return tuple(Scope(str(row["ScopeId"]), int(row["AddressesInUse"]), int(row["AddressesFree"])) for row in rows)
