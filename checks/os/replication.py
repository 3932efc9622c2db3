"""Servers replicate without errors: the directory of a domain, and DFS folders."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, Record, Unseen, critical, warning
from techkit.readings.os import replication
from techkit.readings.os.replication import Partner, Place, Replication


class Limits(Record, frozen=True):
    """Failures in a row, and seconds: a restarting partner is back sooner."""

    failures: int = 2
    silent: float = 2 * 3600
    blind: int = 12  # failures where the time of the last success is unknown: about an hour


def probe(host: Host) -> Replication:
    """Ask the directory for its partners and the replicator for its folders."""
    return replication.replication(host)


def judge(seen: Replication, limits: Limits) -> Iterator[Finding | Unseen]:
    """A controller restored from an image does not replicate at all, which explains the rest."""
    if seen.rolled_back:
        yield critical("rolled_back", "NTDS")
        return
    for one in seen.partners:
        yield from _partner(one, limits)
    for place in seen.places:
        yield _place(place)
    if not (seen.shared or seen.places):
        yield critical("not_shared", "SYSVOL")
    yield from seen.unseen


def _partner(one: Partner, limits: Limits) -> Iterator[Finding]:
    facts: dict[str, Fact] = {"partner": one.name, "error": one.error, "count": one.failures, "silent": one.silent}
    if one.error == replication.TOO_OLD:
        yield critical("too_old", one.name, **facts)
        return
    if one.silent is None:
        failing = one.failures >= limits.blind
    else:
        failing = one.failures >= limits.failures and one.silent >= limits.silent
    if failing:
        yield warning("failing", one.name, **facts)


def _place(place: Place) -> Finding:
    facts: dict[str, Fact] = {"place": place.name, "event": place.event, "error": place.error}
    if place.event == replication.WAITING:
        return warning("waiting", place.name, **facts, identifier=place.volume or None)
    if place.event == replication.STALE:
        return warning("stale", place.name, **facts)
    return warning("stopped", place.name, **facts)


CHECK = Check(probe=probe, judge=judge, limits=Limits())
