"""Whether group policy is still applied on a domain member."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import attempt
from techkit.model import Reason, Record

if TYPE_CHECKING:
    from techkit.host import Host

PROVIDER = "Microsoft-Windows-GroupPolicy"
"""Its events and their fields by its manifest; that the last one counts, by TechNet, dd392529."""
DONE = (1500, 1501, 1502, 1503)
LOGIN, FILE, DAMAGED, CLOCK = 1006, 1058, 1096, 1126
AWAY = (1053, 1054, 1055, 1129)
"""No controller found, or names not resolved: normal on a PC that is elsewhere."""
FAILED = (LOGIN, FILE, DAMAGED, CLOCK, *AWAY)
REASONS = {LOGIN: "login", FILE: "file", DAMAGED: "damaged", CLOCK: "clock"}


class Failing(Record, frozen=True):
    """The newest failure of several in a row."""

    reason: str
    """login, file, damaged, clock or away"""
    count: int
    since: float
    """seconds since the first of them"""
    last: float
    """and since the newest"""
    error: str = ""
    """a number of Windows, or of LDAP with that word before it"""
    path: str = ""
    """the file that could not be read or applied"""

    @property
    def local(self) -> bool:
        """Whether that file is on this computer, not on the controller."""
        return bool(re.match(r"[A-Za-z]:\\", self.path))


def failing(host: Host) -> Failing | None:
    """Ask the log; a success for the computer or the person ends the row of failures."""
    ask = partial(host.events, "System", ids=[*FAILED, *DONE], days=7, providers=[PROVIDER])
    return parse(attempt(ask, [], *Reason), host.now())


def parse(events: list[dict[str, Any]], now: float) -> Failing | None:
    """What the records, the newest first, say."""
    row = []
    for event in events:
        if event["id"] in DONE:
            break
        row.append(event)
    if not row:
        return None
    number, data = row[0]["id"], row[0]["data"]
    values = data if isinstance(data, dict) else {}
    error = str(values.get("ErrorCode") or "0")
    return Failing(
        REASONS.get(number, "away"),
        len(row),
        max(0.0, now - row[-1]["time"]),
        max(0.0, now - row[0]["time"]),
        "" if error == "0" else f"LDAP {error}" if number == LOGIN else error,
        str(values.get("FilePath") or ""),
    )
