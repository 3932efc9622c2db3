"""Events of the service control manager in the System log, by one shared question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from techkit.model import Record

if TYPE_CHECKING:
    from collections.abc import Iterable

    from techkit.host import Host
    from techkit.readings.os.services import Unit

MANAGER = "Service Control Manager"
ENDED_AND_BACK, ENDED = 7031, 7034
"""Its events: a service ended unexpectedly, with and without something that was set up for that."""
REFUSED, WAITED = 7000, 7001
"""A service did not start, for an error of its own or because another has not: {service, other, %%error}."""
NO_LOGIN, NO_RIGHT = 7038, 7041
"""Its account was not let in: {service, account, %%error}; it may not run services: {service, account}.

By the texts of Windows' own netevent.dll.
"""
WEEK, MONTH = 7, 30


class Crashing(Record, frozen=True):
    """A Windows service that ended unexpectedly, how often in a week and when last."""

    unit: str
    description: str
    count: int
    time: float


def records(host: Host) -> list[dict[str, Any]]:
    """Events of the service control manager of a month, by one shared question."""
    ids = [ENDED_AND_BACK, ENDED, REFUSED, WAITED, NO_LOGIN, NO_RIGHT]
    return host.events("System", ids=ids, days=MONTH, providers=[MANAGER])


def crashing(host: Host, units: Iterable[Unit]) -> tuple[Crashing, ...]:
    """Windows services that ended unexpectedly within a week and run again; the log has display names."""
    names = {unit.description: unit for unit in units if unit.running}
    found: dict[str, list[float]] = {}
    since = host.now() - WEEK * 86400
    ended = (event for event in records(host) if event["id"] in {ENDED_AND_BACK, ENDED} and event["time"] >= since)
    for event in ended:
        data = event["data"]
        shown = str(data.get("param1") if isinstance(data, dict) else next(iter(data), ""))
        if shown in names:
            found.setdefault(shown, []).append(float(event["time"]))
    return tuple(Crashing(names[shown].name, shown, len(times), max(times)) for shown, times in found.items())
