"""The application pools of Windows' web server: whether it has given one up, as its own events tell."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import ProbeError, attempt
from techkit.model import Reason, Record
from techkit.readings.os import services
from techkit.readings.os.uptime import uptime

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from techkit.host import Host

SERVICE = "W3SVC"
PROVIDER = "Microsoft-Windows-WAS"
CRASHED, NO_PROCESS, NO_IDENTITY = 5002, 5059, 5057
"""A pool was switched off: its processes failed too often, none could be started, its account is not let in."""
AT_WORK = (5074, 5186)
"""A process of a pool was renewed, or had nothing to do: it works; documents of IIS."""
DAYS = 7
WORKER = "w3wp.exe"
_POOL = re.compile(r"""-ap\s+"?([^"]+?)"?(?:\s+-|\s*$)""")


class Pool(Record, frozen=True):
    """One that was given up, and when."""

    name: str
    event: int
    time: float


def given_up(host: Host) -> tuple[Pool, ...]:
    """Those whose last word it was since the start of Windows, and that have no process now."""
    if not services.units(host, SERVICE)[SERVICE].running:
        raise ProbeError(Reason.INAPPLICABLE, "no web server of Windows runs here")
    ids = [CRASHED, NO_PROCESS, NO_IDENTITY, *AT_WORK]
    records = host.events("System", ids=ids, days=DAYS, providers=[PROVIDER])
    since = host.now() - uptime(host)
    working = pools_at_work(attempt(partial(host.processes), [], *Reason))
    return tuple(pool for pool in parse(records) if pool.time >= since and pool.name.casefold() not in working)


def parse(records: Iterable[Mapping[str, Any]]) -> tuple[Pool, ...]:
    """The newest comes first; of several within a minute the account says most."""
    found: dict[str, Pool] = {}
    working: set[str] = set()
    for record in records:
        data = record["data"]
        texts = [str(text) for text in (data.values() if isinstance(data, dict) else data)]
        if record["id"] in AT_WORK:
            working.update(texts)
            continue
        name, event, time = next(iter(texts), ""), int(record["id"]), float(record["time"])
        old = found.get(name)
        if old and event == NO_IDENTITY and old.time - time < 60:
            found[name] = Pool(name, event, old.time)
        elif name and not old and name not in working:
            found[name] = Pool(name, event, time)
    return tuple(found.values())


def pools_at_work(processes: Iterable[Mapping[str, Any]]) -> set[str]:
    """By the command lines of its processes: `w3wp.exe -ap "Shop" …`."""
    lines = (" ".join(one["argv"] or ()) for one in processes if str(one["name"]).lower() == WORKER)
    return {match[1].casefold() for line in lines if (match := _POOL.search(line))}
