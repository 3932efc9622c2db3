"""Unclean shutdowns of Windows: a stop code, loss of power, or a freeze during shutdown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from techkit.model import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from techkit.host import Host

BUGCHECK, POWER, DUMPER = "Microsoft-Windows-WER-SystemErrorReporting", "Microsoft-Windows-Kernel-Power", "volmgr"
ASKER = ("User32", "USER32")
KEEPER = "EventLog"
STOPPED, STARTED_UNCLEAN, NO_DUMP, ASKED, CLOSED = 1001, 41, 161, 1074, 6006
"""A stop code; a start after an end that was not clean; no dump could be written (IO_ERROR_DUMP_CREATION_ERROR);
somebody or something asked for an end; the event log was closed, as it is in every clean one."""
MONTH = 30
NEAR = 3600
"""Seconds within which records are of the same start."""
BUTTON = 0x1C8
"""MANUALLY_INITIATED_POWER_BUTTON_HOLD"""
MEANT = {0xE2, 0x161, 0xDEADDEAD}
"""MANUALLY_INITIATED_CRASH, LIVE_SYSTEM_DUMP, MANUALLY_INITIATED_CRASH1: somebody asked for it."""
PATIENCE = 1800
"""Seconds in which Windows should have ended after it was asked to."""


class End(Record, frozen=True):
    """One unclean shutdown; `time` is that of the next boot, seconds since 1970."""

    time: float
    code: int = 0
    """the stop code; 0: none was told"""
    button: bool = False
    """the power button was held"""
    undumped: bool = False
    """Windows could not write down why"""
    asked: bool = False
    """it was shutting down"""


def ends(host: Host) -> tuple[End, ...]:
    """Those of a month, the newest first; one question for all who ask."""
    ids = [STOPPED, STARTED_UNCLEAN, NO_DUMP, ASKED, CLOSED]
    providers = [BUGCHECK, POWER, DUMPER, *ASKER, KEEPER]
    return parse(host.events("System", ids=ids, days=MONTH, providers=providers))


def parse(records: Iterable[Mapping[str, Any]]) -> tuple[End, ...]:
    """Each unclean shutdown once, however many records mention it."""
    told = {(str(one["provider"]).casefold(), one["id"], float(one["time"])): one["data"] for one in records}

    def of(number: int, *providers: str) -> list[tuple[float, Any]]:
        names = {provider.casefold() for provider in providers}
        return [(when, data) for (provider, one, when), data in told.items() if one == number and provider in names]

    power = {when: _power(data) for when, data in of(STARTED_UNCLEAN, POWER)}
    stops = [(when, code) for when, data in of(STOPPED, BUGCHECK) if (code := parse_bugcheck(data))]
    undumped = [when for when, _ in of(NO_DUMP, DUMPER)]
    asked, closed = [when for when, _ in of(ASKED, *ASKER)], [when for when, _ in of(CLOSED, KEEPER)]
    starts = list(power)
    for when in sorted((*(when for when, _ in stops), *undumped)):
        if not any(abs(start - when) <= NEAR for start in starts):
            starts.append(when)

    def start_of(when: float) -> float:
        return min(starts, key=lambda start: abs(start - when))

    found = []
    for start in sorted(starts, reverse=True):
        own, held = power.get(start, (0, False))
        last = max((when for when in asked if start - PATIENCE <= when <= start), default=None)
        hung = last is not None and not any(last <= when <= start for when in closed)
        code = next((code for when, code in stops if start_of(when) == start), own)
        lost = any(start_of(when) == start for when in undumped)
        if code == BUTTON:
            code, held, lost = 0, True, False
        if code not in MEANT:
            found.append(End(start, code, held, undumped=lost, asked=hung and start in power))
    return tuple(found)


def _power(data: Any) -> tuple[int, bool]:
    """(stop code, whether the button was held) of event 41, where numbers are decimal."""
    said = data if isinstance(data, dict) else {}
    code = str(said.get("BugcheckCode") or "0")
    held = str(said.get("PowerButtonTimestamp") or "0") != "0" or said.get("LongPowerButtonPressDetected") == "true"
    return int(code) if re.fullmatch(r"[0-9]{1,10}", code) else 0, held


def parse_bugcheck(data: dict[str, str] | list[str]) -> int | None:
    """`0x0000009f (0x…, 0x…, 0x…, 0x…)` in the first of the record's strings."""
    first = next(iter(data.values() if isinstance(data, dict) else data), "")
    said = re.match(r"0x([0-9a-fA-F]{1,8})\b", str(first))
    return int(said[1], 16) if said else None
