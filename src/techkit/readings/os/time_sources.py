"""Sources of time: time servers, and web servers by their Date header."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import Answer, ProbeError
from techkit.model import Reason, Record
from techkit.readings.network import proxies

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from techkit.host import Host

MOST = 3
PATIENCE = 1.5
"""Seconds for an answer; the doorway allows three times as much, for the name to be resolved first."""
UNSYNCHRONISED = 3
"""The leap indicator of a server that does not know the time itself; RFC 5905."""
LAST_STRATUM = 15


class Witness(Record, frozen=True):
    """One source of time: a time server, or a web server with a Date header."""

    name: str
    kind: str
    """ntp or web"""
    state: str
    """answered, timeout, refused, unreachable, unresolved, broken; unsynchronised: it does not know the time itself"""
    offset: float | None = None
    """seconds that this clock is behind; for web, whole ones"""


def questions(host: Host, servers: tuple[str, ...]) -> list[Callable[[], Witness]]:
    """One question per source: at most three time servers and two well-known pages, also through the first proxy."""
    pages = [page["url"] for page in host.site()["pages"][:2]]
    ways = ["", *(proxy.address for proxy in proxies.configured(host).proxies[:1])]
    return [
        *(partial(_ntp, host, server) for server in servers[:MOST]),
        *(partial(_web, host, url, way) for way in ways for url in pages),
    ]


def _ntp(host: Host, server: str) -> Witness:
    answer = _late(partial(host.sntp, server, timeout=PATIENCE))
    state = str(answer["state"])
    if state == "answered" and (answer["leap"] == UNSYNCHRONISED or not 1 <= answer["stratum"] <= LAST_STRATUM):
        state = "unsynchronised"
    return Witness(server, "ntp", state, answer["offset"] if state == "answered" else None)


def _web(host: Host, url: str, way: str) -> Witness:
    answer = _late(partial(host.http, url, way, timeout=PATIENCE))
    date = answer.get("date")
    return Witness(url, "web", str(answer["state"]), None if date is None else float(round(date - host.now())))


def _late(question: Callable[[], Answer]) -> dict[str, Any]:
    """A hanging question waited for its name, because sockets have a time-out of their own."""
    try:
        answer: dict[str, Any] = question()
    except ProbeError as error:
        if error.reason is Reason.TIMEOUT:
            return {"state": "unresolved"}
        raise
    return answer


def believed(witnesses: Iterable[Witness], *, notable: float, stale: float, agree: float) -> list[Witness]:
    """Time servers, and the latest date of the web, because a cache can only be behind.

    A clock that is ahead is therefore believed only by two dates that agree, or by one that no cache explains. The
    result is sorted by offset; limits are in seconds.
    """
    told = sorted((one for one in witnesses if one.offset is not None), key=_place)
    dates = sorted({one.name: one for one in told if one.kind == "web"}.values(), key=_place)
    if dates:
        latest = _place(dates[-1])[0]
        agreed = len(dates) > 1 and latest - _place(dates[-2])[0] <= agree
        if not (latest > -notable or latest < -stale or agreed):
            dates = []
    return sorted([*(one for one in told if one.kind == "ntp"), *dates[-1:]], key=_place)


def _place(witness: Witness) -> tuple[float, str, str]:
    return witness.offset or 0.0, witness.kind, witness.name
