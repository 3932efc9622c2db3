"""Recent detections of the antivirus, and their outcome."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import ProbeError, attempt
from techkit.model import Reason, Record
from techkit.readings.antivirus import clamav

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from techkit.host import Host

LOGS = "/var/log/clamav"
CURRENT = (".log", ".txt")
DAYS = 30
DEFENDER = "Microsoft-Windows-Windows Defender/Operational"
FOUND, ACTED, FAILED, BADLY_FAILED = 1116, 1117, 1118, 1119
ALLOWED, NOTHING_DONE = "6", "9"
"""Action ID: somebody allowed it; nobody did anything."""
IN_PROGRESS = 3600
"""Seconds in which a detection may still be in progress."""
SETTLED = re.compile(r"0x0+|0", re.IGNORECASE)

_LINE = re.compile(
    r"^(?:\w{3} (?P<date>\w{3} +\d+ [\d:]+ \d{4}) -> )?(?P<path>/.+?): (?P<name>\S+?)(?:\([0-9a-f:]+\))? FOUND$",
    re.MULTILINE,
)
_FILE = re.compile(r"(?:^|;\s*)(?:containerfile|file):_?([^;]+?)(?=->|;|$)", re.IGNORECASE)


class Threat(Record, frozen=True):
    """One thing that was found; `when` in seconds since 1970."""

    name: str
    path: str
    when: float | None
    state: str
    """gone, there, failed (the antivirus could not act), untouched (nobody has acted), or allowed"""


def linux(host: Host) -> tuple[Threat, ...]:
    """Read ClamAV's logs; files that no longer exist have been dealt with."""
    if not host.there(LOGS):
        raise ProbeError(Reason.INAPPLICABLE, LOGS)
    paths = [f"{LOGS}/{name}" for name in host.listdir(LOGS) if name.endswith(CURRENT) and "freshclam" not in name]
    told = clamav.settings(host, clamav.CLAMD_CONF).get("LogFile", ())
    found: dict[tuple[str, str], Threat] = {}
    for path in dict.fromkeys((*told, *paths)):
        for threat in parse_log(attempt(partial(host.read, path), "")):
            found[threat.path, threat.name] = threat
    recent = [one for one in found.values() if one.when is None or host.now() - one.when < DAYS * 86400]
    return tuple(Threat(one.name, one.path, one.when, _left(host, one.path)) for one in recent)


def _left(host: Host, path: str) -> str:
    """Whether the file still exists: there or gone; gone if that cannot be seen."""
    doubt = (Reason.FORBIDDEN, Reason.TIMEOUT, Reason.UNREADABLE, Reason.UNRECORDED)
    return "there" if attempt(partial(host.exists, path), None, *doubt) else "gone"


def parse_log(text: str) -> Iterator[Threat]:
    """Lines of clamd, clamonacc and clamscan: `[date -> ]path: name FOUND`; what came through a pipe has no path."""
    for match in _LINE.finditer(text) if "FOUND" in text else ():
        yield Threat(match["name"], match["path"], _when(match["date"]), "there")


def _when(text: str | None) -> float | None:
    try:
        return datetime.strptime(text, "%b %d %H:%M:%S %Y").replace(tzinfo=UTC).timestamp() if text else None
    except ValueError:
        return None


def windows(host: Host) -> tuple[Threat, ...]:
    """Read Defender's own log: each detection by its last record."""
    rows = host.events(DEFENDER, ids=(FOUND, ACTED, FAILED, BADLY_FAILED), days=DAYS)
    return tuple(parse_events(rows, host.now()))


def parse_events(rows: Iterable[Mapping[str, Any]], now: float) -> Iterator[Threat]:
    """The newest record of each detection; names of data that end in ID are never translated."""
    told = set()
    for row in rows:
        data = row["data"] if isinstance(row["data"], dict) else {}
        where = str(data.get("Path") or "")
        key = str(data.get("Detection ID") or (data.get("Threat ID"), where))
        if not data or key in told:
            continue
        told.add(key)
        match = _FILE.search(where)
        path = match[1].strip() if match else where
        if state := _state(int(row["id"]), data, now - float(row["time"])):
            yield Threat(str(data.get("Threat Name") or data.get("Threat ID") or "?"), path, float(row["time"]), state)


def _state(number: int, data: Mapping[str, str], age: float) -> str:
    if number == FOUND:
        return "untouched" if age > IN_PROGRESS else ""
    if number in {FAILED, BADLY_FAILED} or not SETTLED.fullmatch(str(data.get("Error Code") or "0")):
        return "failed"
    action = str(data.get("Action ID") or "")
    return {ALLOWED: "allowed", NOTHING_DONE: "untouched"}.get(action, "gone")
