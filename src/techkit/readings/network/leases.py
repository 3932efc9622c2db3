"""The result of Windows' last DHCP request."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from techkit.host import attempt
from techkit.model import Reason

if TYPE_CHECKING:
    from techkit.host import Host

PROVIDER = "Microsoft-Windows-Dhcp-Client"
LOG = f"{PROVIDER}/Admin"
NOT_GIVEN, REFUSED, NOT_RENEWED = 1001, 1002, 1003
"""No address given; refused (DHCPNACK); not renewed: by the DHCP client's own manifest."""


def last(host: Host) -> int | None:
    """The event id of the newest record of a day; None without one, and on Linux."""
    if host.system != "windows":
        return None
    ask = partial(host.events, LOG, ids=[NOT_GIVEN, REFUSED, NOT_RENEWED], days=1, providers=[PROVIDER])
    records = attempt(ask, [], *Reason)
    return int(records[0]["id"]) if records else None
