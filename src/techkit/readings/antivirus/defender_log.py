"""Microsoft Defender's own log about real-time protection and updates; names of data are never translated."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import attempt
from techkit.model import Reason, Record
from techkit.readings.antivirus.threats import DEFENDER

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from techkit.host import Host

UPDATED, NOT_UPDATED = 2000, 2001
GUARD_FAILED, GUARD_BACK = 3002, 3007
GUARD_ON, GUARD_OFF = 5000, 5001
"""By Defender's own manifest; 2001 and 3002 carry an error."""
DAYS = 30


class Story(Record, frozen=True):
    """Faults not resolved since: errors in lower-case hexadecimal, times in seconds since 1970."""

    update_error: str = ""
    guard_error: str = ""
    off_since: float | None = None


def story(host: Host) -> Story:
    """Ask the log of a month; empty if it may not be read."""
    ids = [UPDATED, NOT_UPDATED, GUARD_FAILED, GUARD_BACK, GUARD_ON, GUARD_OFF]
    return parse(attempt(partial(host.events, DEFENDER, ids=ids, days=DAYS), [], *Reason))


def parse(records: Iterable[Mapping[str, Any]]) -> Story:
    """The newest record of updates, of failures and of switching protection; records come newest first."""
    kinds = {UPDATED: "update", NOT_UPDATED: "update", GUARD_FAILED: "failure", GUARD_BACK: "failure"}
    last: dict[str, Mapping[str, Any]] = {}
    for record in records:
        last.setdefault(kinds.get(record["id"], "switch"), record)
    failure, switch = last.get("failure", {}), last.get("switch", {})
    return Story(
        _error(last.get("update", {}), NOT_UPDATED),
        _error(failure, GUARD_FAILED),
        float(switch["time"]) if switch.get("id") == GUARD_OFF else None,
    )


def _error(record: Mapping[str, Any], failed: int) -> str:
    data = record.get("data")
    if record.get("id") != failed or not isinstance(data, dict):
        return ""
    said = {name.replace(" ", "").casefold(): str(text) for name, text in data.items()}
    try:
        return f"0x{int(said.get('errorcode', ''), 0) & 0xFFFFFFFF:08x}"
    except ValueError:
        return ""
