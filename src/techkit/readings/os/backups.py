"""Windows Backup: how each backup ended, from its log."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import ProbeError, attempt
from techkit.model import Reason, Record
from techkit.readings.os import services

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from techkit.host import Host

LOG = "Microsoft-Windows-Backup"
"""Its provider has the same name."""
ENGINE = "wbengine"
"""The service that makes them; without it there are no such backups."""
DONE, FAILED, DONE_IN_PART, NO_SNAPSHOT, NOT_BEGUN, NO_PLACE = 4, 5, 7, 9, 19, 49
"""Events that end a backup; from its manifest and published monitoring scripts."""
LOST = {FAILED, NO_SNAPSHOT, NOT_BEGUN, NO_PLACE}
DAYS = 60
APART = 600
"""Seconds within which several events belong to one backup."""


class Run(Record, frozen=True):
    """One backup: when it ended and how."""

    time: float
    event: int = DONE
    error: str = ""
    """HRESULT, 0x…"""
    target: str = ""

    @property
    def good(self) -> bool:
        """Whether something can be restored from it."""
        return self.event not in LOST and not (self.event == DONE and self.error)


class Backups(Record, frozen=True):
    """The backups of two months, newest first, and the current time."""

    runs: tuple[Run, ...]
    now: float


def backups(host: Host) -> Backups:
    """Read the log; INAPPLICABLE if Windows makes no backups."""
    if not services.units(host, ENGINE)[ENGINE].loaded:
        raise ProbeError(Reason.INAPPLICABLE, "this Windows has no part that makes backups")
    ids = [DONE, DONE_IN_PART, *sorted(LOST)]
    found = parse(attempt(partial(host.events, LOG, ids=ids, days=DAYS, providers=[LOG]), []))
    if not found:
        raise ProbeError(Reason.INAPPLICABLE, "Windows has made no backup in two months")
    for run in found:
        if run.target.startswith("\\\\") and not run.target.startswith("\\\\?"):
            host.private("host", run.target[2:].partition("\\")[0])
    return Backups(found, host.now())


def parse(records: Iterable[Mapping[str, Any]]) -> tuple[Run, ...]:
    """One for each backup that ended; of several events for a failure, the one with a reason counts."""
    found: list[Run] = []
    for record in records:
        run = _run(record)
        last = found[-1] if found else run
        if found and not (run.good or last.good) and last.time - run.time < APART:
            event = run.event if last.event == FAILED else last.event
            found[-1] = Run(last.time, event, last.error or run.error, last.target or run.target)
        else:
            found.append(run)
    return tuple(found)


def _run(record: Mapping[str, Any]) -> Run:
    data = record["data"] if isinstance(record["data"], dict) else {}
    number = str(data.get("HRESULT") or "")
    error = int(number) & 0xFFFFFFFF if number.lstrip("-").isdecimal() else 0
    told = f"0x{error:08X}" if error else ""
    return Run(float(record["time"]), int(record["id"]), told, str(data.get("BackupTarget") or ""))
