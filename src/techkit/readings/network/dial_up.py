"""Dial-up connections, mainly VPN: which failed today without a success since, and which are idle.

RasClient writes to the Application log: an identifier, the person, the connection's name and, for a failure, the
error of raserror.h, for a success the negotiated settings; in the order of the messages in Windows' mprmsg.dll and
of a published record.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.model import Gap, Record
from techkit.readings.network import interfaces, routes
from techkit.readings.supplements import Supplements

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from techkit.host import Host

PROVIDER = "RasClient"
UP, FAILED = 20225, 20227
"""ROUTERLOG_RASCONNECTION_ESTABLISHED, ROUTERLOG_RASCONNECTION_FAILED"""
DAYS = 1
SIGN_IN = {646, 647, 648, 649, 691, 798, 812, 13801, 13806, 13868}
"""Errors of authentication: hours, account, password, permission, certificate, policy."""
NO_ANSWER = {619, 628, 629, 638, 676, 678, 789, 791, 792, 800, 806, 807, 809, 868}
"""Errors of the path: no answer, or something in between blocks it."""
MAKERS = re.compile(
    r"\bVPN\b|AnyConnect|Check Point|Cisco Secure|Fortinet|GlobalProtect|Juniper|PANGP|Pulse Secure|SonicWall|TAP-"
    r"|ViPNet|WireGuard|Wintun|Континент",
    re.IGNORECASE,
)
"""Adapter descriptions of third-party VPNs."""
CONNECTED, DISCONNECTED = 1, 2
"""MSFT_NetAdapter.MediaConnectState"""
ADAPTER = "MSFT_NetAdapter"
COLUMNS = ("InterfaceDescription", "HardwareInterface", "Hidden", "MediaConnectState", "State")


class Failure(Record, frozen=True):
    """One connection: its last error, how often it failed since it was last up, and when last."""

    connection: str
    error: int
    count: int
    time: float


class Lines(Record, frozen=True):
    """Failed connections of Windows itself, and third-party VPNs if none of them is connected."""

    failures: tuple[Failure, ...] = ()
    resting: tuple[str, ...] = ()
    unseen: tuple[Gap, ...] = ()


def failures(host: Host) -> tuple[Failure, ...]:
    """Ask the log of the last day; empty without dial-up connections."""
    return parse(host.events("Application", ids=[UP, FAILED], days=DAYS, providers=[PROVIDER]))


def parse(events: Iterable[Mapping[str, Any]]) -> tuple[Failure, ...]:
    """The newest first, as the log gives them."""
    up: set[str] = set()
    found: dict[str, Failure] = {}
    for event in events:
        texts = [str(text) for text in (event["data"].values() if isinstance(event["data"], dict) else event["data"])]
        name, said = (*texts, *[""] * 4)[2:4]
        if event["id"] == UP:
            up.add(name)
        elif name and name not in up and said.isascii() and said.isdigit():
            error = int(said)
            old = found.get(name)
            last = old or Failure(name, error, 0, float(event["time"]))
            found[name] = Failure(name, last.error, last.count + 1, last.time)
    return tuple(found.values())


def lines(host: Host) -> Lines:
    """Ask the log, and for the adapters."""
    asked = Supplements(host)
    rows = asked.ask(partial(routes.instances, host, ADAPTER, *COLUMNS), [], ADAPTER)
    return Lines(failures(host), parse_adapters(rows), asked.unseen)


def parse_adapters(rows: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """VPN adapters that are on and not connected, by description; none if one is connected."""
    named = [
        (str(row["InterfaceDescription"]), row)
        for row in rows
        if not row["HardwareInterface"] and not row["Hidden"] and MAKERS.search(str(row["InterfaceDescription"] or ""))
    ]
    if any(row["MediaConnectState"] == CONNECTED for _, row in named):
        return ()
    return tuple(
        name for name, row in named if row["MediaConnectState"] == DISCONNECTED and row["State"] != interfaces.DISABLED
    )
