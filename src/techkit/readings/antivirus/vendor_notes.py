"""What antivirus products record about themselves on Windows: signature dates and real-time protection.

Each is read where the product, or an inventory agent, keeps it; values of another form are ignored.
"""

from __future__ import annotations

import calendar
import re
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import attempt
from techkit.model import Reason, Record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from techkit.host import Host

SMALL, LARGE = r"HKLM\SOFTWARE\WOW6432Node", r"HKLM\SOFTWARE"
KASPERSKY = (rf"{SMALL}\KasperskyLab\protected", rf"{LARGE}\KasperskyLab\protected")
KASPERSKY_AGENT = tuple(
    rf"{root}\KasperskyLab\Components\34\1103\1.0.0.0\Statistics\AVState" for root in (SMALL, LARGE)
)
DRWEB = rf"{LARGE}\Doctor Web\Settings\av-service"
ESET = rf"{LARGE}\ESET\ESET Security\CurrentVersion\Info"
SYMANTEC = tuple(rf"{root}\Symantec\Symantec Endpoint Protection" for root in (SMALL, LARGE))
MCAFEE = rf"{LARGE}\McAfee\AVSolution"
SOPHOS = rf"{SMALL}\Sophos\Health\Status"
AVAST = {
    "avast": r"C:\Program Files\Avast Software\Avast\defs\aswdefs.ini",
    "avg": r"C:\Program Files\AVG\Antivirus\defs\aswdefs.ini",
}
BITDEFENDER = r"C:\Program Files\Bitdefender\Endpoint Security\product.console.exe"
SWITCH = {0: "off", 1: "on"}
AGENT_STATES = {1: "off", 2: "off", 4: "on", 5: "on", 6: "on", 7: "on", 8: "on"}
"""Protection_RtpState of Kaspersky's agent: from 4 on it runs; that 1 and 2 are stopped and paused is from memory."""
SOPHOS_HEALTH = {1: "on", 3: "off"}
"""Health of all its services together: good, bad."""
GUARDS: dict[str, tuple[tuple[str, str, dict[int, str]], ...]] = {
    "symantec": tuple((rf"{root}\AV\Storages\Filesystem\RealTimeScan", "OnOff", SWITCH) for root in SYMANTEC),
    "mcafee": ((rf"{MCAFEE}\MCSHIELDGLOBAL\GLOBAL", "enableoas", SWITCH),),
    "kaspersky": tuple((key, "Protection_RtpState", AGENT_STATES) for key in KASPERSKY_AGENT),
    "sophos": ((SOPHOS, "service", SOPHOS_HEALTH),),
}
"""Where a product records real-time protection: key, value name, meaning of its numbers."""
NEVER = 0xFFFFFFFF


class Note(Record, frozen=True):
    """A date, seconds since 1970, and what it is the date of: release or update."""

    dated: float
    meaning: str = "update"


def noted(host: Host, vendor: str) -> Note | None:
    """The signature date that a product records; None if it keeps none that we know."""
    look = NOTES.get(vendor)
    return look(host) if look else None


def guard(host: Host, vendor: str) -> str:
    """A product's own record of real-time protection: on, off or unknown."""
    for key, name, words in GUARDS.get(vendor, ()):
        if word := words.get(_values(host, key).get(name, -1), ""):
            return word
    return "unknown"


def _kaspersky(host: Host) -> Note | None:
    """The product's own record, else that of its administration agent, which gives the release of the bases."""
    data = [_values(host, rf"{root}\{name}\Data") for root in KASPERSKY for name in _key(host, root)["keys"]]
    if found := _epoch(*(values.get("LastSuccessfulUpdate") for values in data)):
        return found
    for key in KASPERSKY_AGENT:
        text = str(_values(host, key).get("Protection_BasesDate") or "")
        if re.fullmatch(r"\d\d-\d\d-\d{4} \d\d-\d\d-\d\d", text) and (moment := _moment(text, "%d-%m-%Y %H-%M-%S")):
            return Note(moment, "release")
    return None


def _drweb(host: Host) -> Note | None:
    return _epoch(_values(host, DRWEB).get("LastUpdate"))


def _eset(host: Host) -> Note | None:
    """ScannerVersion is `30245 (20260310)`, as published scripts that watch it take it apart."""
    return _day(r"\((\d{4})(\d\d)(\d\d)\)", str(_values(host, ESET).get("ScannerVersion") or ""))


def _symantec(host: Host) -> Note | None:
    for root in SYMANTEC:
        text = str(_values(host, rf"{root}\CurrentVersion\public-opstate").get("LatestVirusDefsDate") or "")
        if found := _day(r"(\d{4})-(\d\d)-(\d\d)", text):
            return found
    return None


def _mcafee(host: Host) -> Note | None:
    """The day in szContentCreationDate; its form, 2026-03-10, is from memory, not looked up: another one is no note."""
    return _day(r"^(\d{4})-(\d\d)-(\d\d)", str(_values(host, rf"{MCAFEE}\DS\DS").get("szContentCreationDate") or ""))


def _avast(vendor: str, host: Host) -> Note | None:
    """`Latest=26031004` below `[Definitions]`, at times in UTF-16: year, month, day, and a number of that day."""
    text = attempt(partial(host.read, AVAST[vendor]), "", Reason.MISSING, Reason.FORBIDDEN, Reason.UNREADABLE)
    match = re.search(r"Latest=(\d{6})\d{2}", text.replace("\0", ""))
    return _day(r"(\d{4})(\d\d)(\d\d)", f"20{match[1]}") if match else None


def _bitdefender(host: Host) -> Note | None:
    """Its console for business says `lastSucceededTime: 1789000000`."""
    if not attempt(partial(host.exists, BITDEFENDER), False, *Reason):  # noqa: FBT003 - an answer
        return None
    ask = partial(host.run, BITDEFENDER, "/c", "GetUpdateStatus", "antivirus")
    said: Mapping[str, Any] = attempt(ask, {"out": ""}, *Reason)
    match = re.search(r"lastSucceededTime:\s*(\d{9,10})\b", said["out"])
    return _epoch(int(match[1])) if match else None


NOTES: dict[str, Callable[[Host], Note | None]] = {
    "kaspersky": _kaspersky,
    "drweb": _drweb,
    "eset": _eset,
    "symantec": _symantec,
    "mcafee": _mcafee,
    "avast": partial(_avast, "avast"),
    "avg": partial(_avast, "avg"),
    "bitdefender": _bitdefender,
}


def _key(host: Host, path: str) -> dict[str, Any]:
    """A registry key; an unreadable one counts as absent, because the record is only the better of two answers."""
    empty: dict[str, Any] = {"keys": [], "values": {}}
    found: dict[str, Any] = attempt(partial(host.registry, path), empty, Reason.FORBIDDEN, Reason.MISSING)
    return found


def _values(host: Host, path: str) -> dict[str, Any]:
    found: dict[str, Any] = _key(host, path)["values"]
    return found


def _epoch(*numbers: Any) -> Note | None:
    known = [float(number) for number in numbers if isinstance(number, int) and 0 < number < NEVER]
    return Note(max(known)) if known else None


def _day(pattern: str, text: str) -> Note | None:
    """The end of the signatures' release day, giving the benefit of the doubt."""
    match = re.search(pattern, text)
    moment = _moment("-".join(match.groups()), "%Y-%m-%d") if match else None
    return None if moment is None else Note(moment + 86399, "release")


def _moment(text: str, form: str) -> float | None:
    try:
        return float(calendar.timegm(datetime.strptime(text, form).replace(tzinfo=UTC).timetuple()))
    except ValueError:
        return None
