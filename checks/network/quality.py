"""Packets to the router and beyond arrive, quickly and evenly."""

from collections.abc import Iterator
from typing import Any

from techkit import Check, Finding, Host, Record, Severity, warning
from techkit.readings.network import connectivity, ping_trains
from techkit.readings.network.ping_trains import CONNECTION, ECHO, Train


class Limits(Record, frozen=True):
    """Calls suffer from a few percent of loss; a satellite link has a round trip of half a second."""

    loss: float = 0.05
    heavy: float = 0.15  # pages stall, too
    slow: float = 300  # milliseconds there and back
    slow_near: float = 100
    jitter: float = 60  # speech breaks up from about half of this


def probe(host: Host) -> ping_trains.Trains:
    """Send small packets for a second, in parallel with the other checks."""
    return ping_trains.ask(host)


def judge(seen: ping_trains.Trains, limits: Limits) -> Iterator[Finding]:
    """Loss counts if echoes and connections both show it: busy routers answer few echoes."""
    where: dict[str, Any] = {"interface": seen.interface, "gateway": seen.gateway}
    near, far = _loss(seen.router, limits), _loss(seen.beyond, limits)
    answers = ping_trains.heard(seen.beyond, ECHO) or ping_trains.heard(seen.beyond, CONNECTION)
    if near is not None and (far is not None or not answers):
        yield _lossy("lossy_near", near, limits, seen.router, **where)
    elif far is not None:
        yield _lossy("lossy_beyond", far, limits, seen.beyond, **where)

    times = [train.median for train in answers if train.median is not None]
    router = [train.median for train in ping_trains.heard(seen.router, ECHO) if train.median is not None]
    around = max(router, default=0.0)
    jitter = min((train.jitter for train in answers if train.jitter is not None), default=0.0)
    facts: dict[str, Any] = where | {"targets": tuple(train.address for train in answers)}
    facts |= {"first": answers[0].address if answers else None, "milliseconds": min(times, default=0.0)}
    if around > limits.slow_near and (not times or min(times) >= around / 2):
        yield warning("slow_near", seen.gateway or "-", **facts | {"milliseconds": around}, limit=limits.slow_near)
    elif times and min(times) > limits.slow:
        yield warning("slow_beyond", _subject(answers), **facts, limit=limits.slow)
    elif jitter > limits.jitter:
        yield warning("unsteady", _subject(answers), **facts, jitter=jitter, limit=limits.jitter)


def _loss(sent: tuple[Train, ...], limits: Limits) -> float | None:
    """The lost share, if it is too high by every method."""
    echoes, connections = ping_trains.heard(sent, ECHO), ping_trains.heard(sent, CONNECTION)
    lost = ping_trains.loss(echoes or connections)
    again = ping_trains.loss(connections)
    asked = {train.address for train in echoes or connections}
    places = {train.address for train in echoes or connections if train.lost >= limits.loss / 2}
    if lost is None or lost < limits.loss or (again is not None and again < limits.loss / 2):
        return None
    by_one_way = not echoes or again is None
    return None if len(places) < (2 if by_one_way else min(2, len(asked))) else lost


def _lossy(word: str, lost: float, limits: Limits, sent: tuple[Train, ...], **facts: Any) -> Finding:
    severity = Severity.CRITICAL if lost >= limits.heavy else Severity.WARNING
    asked = ping_trains.heard(sent, ECHO) or ping_trains.heard(sent, CONNECTION)
    counts = tuple(f"{train.address}: {train.sent - train.received}/{train.sent} ({train.by})" for train in sent)
    facts |= {"lost": round(lost, 3), "counts": counts, "limit": limits.loss, "first": asked[0].address}
    if word == "lossy_near":
        return Finding("lossy_near", severity, _subject(asked), facts)
    return Finding("lossy_beyond", severity, _subject(asked), facts | {"targets": tuple(t.address for t in asked)})


def _subject(sent: tuple[Train, ...]) -> str:
    return ", ".join(dict.fromkeys(train.address for train in sent))


CHECK = Check(
    probe=probe,
    judge=judge,
    limits=Limits(),
    blocked_by=(*connectivity.NO_ADDRESS, "network.gateway.none"),
)
