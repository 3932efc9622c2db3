"""Who knows the time: time servers, and web servers by the date on their answers."""

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
    """One who knows the time: a time server, or a web server that writes the date on its answers."""

    name: str
    kind: str
    """ntp or web"""
    state: str
    """answered, timeout, refused, unreachable, unresolved, broken; unsynchronised: it does not know the time itself"""
    offset: float | None = None
    """seconds that this clock is behind; for web, whole ones"""


def questions(host: Host, servers: tuple[str, ...]) -> list[Callable[[], Witness]]:
    """One question per witness: at most three time servers, and two well-known pages, by the first proxy too."""
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
    """A question that came to no end waited for its name: sockets have a time-out of their own."""
    try:
        answer: dict[str, Any] = question()
    except ProbeError as error:
        if error.reason is Reason.TIMEOUT:
            return {"state": "unresolved"}
        raise
    return answer


def believed(witnesses: Iterable[Witness], *, notable: float, stale: float, agree: float) -> list[Witness]:
    """Time servers, and the latest date of the web: what a cache hands out is old, never in the future.

    That a clock is ahead is therefore believed only of two dates that agree, or of one that no cache explains. The
    witnesses come by their offsets, in seconds as the limits are.
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
