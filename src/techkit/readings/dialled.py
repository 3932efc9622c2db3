"""Connections that Windows dials itself, VPN above all: which of them failed today and have not come up since.

RasClient writes to the Application log: an identifier, the person, the connection's name and, where it failed, the
error of raserror.h; where it came up, what was agreed on. The order is that of the texts in Windows' mprmsg.dll and
of a published record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from techkit.model import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from techkit.host import Host

PROVIDER = "RasClient"
UP, FAILED = 20225, 20227
"""ROUTERLOG_RASCONNECTION_ESTABLISHED, ROUTERLOG_RASCONNECTION_FAILED"""
DAYS = 1
SIGN_IN = {646, 647, 648, 649, 691, 798, 812, 13801, 13806, 13868}
"""Errors of who may come in: the hours, the account, its password, its permission, its certificate, a policy."""
NO_ANSWER = {619, 628, 629, 638, 676, 678, 789, 791, 792, 800, 806, 807, 809, 868}
"""Errors of the way: nobody answers, or something between the two lets nothing through."""


class Failure(Record, frozen=True):
    """One connection: its last error, how often it failed since it was last up, and when last."""

    connection: str
    error: int
    count: int
    time: float


def failures(host: Host) -> tuple[Failure, ...]:
    """Ask the log of the last day; nobody who never dials leaves anything there."""
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
