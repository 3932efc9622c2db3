"""What the Security Center and Defender report about antiviruses."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import UNANSWERED, ProbeError, attempt
from techkit.model import Reason, Record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from techkit.host import Host

NAMESPACE = "root\\SecurityCenter2"
PROPERTIES = ("displayName", "instanceGuid", "productState", "pathToSignedProductExe")
DEFENDER = "{D68DDC3A-831F-4FAE-9E44-DA132C1ACF46}"
DEFENDER_PAGE = "windowsdefender:"
DEFENDER_NAMESPACE = "root\\Microsoft\\Windows\\Defender"
DEFENDER_PROPERTIES = (
    "AntivirusEnabled", "RealTimeProtectionEnabled", "AMRunningMode", "AntivirusSignatureAge",
    "AntivirusSignatureLastUpdated", "IsTamperProtected", "QuickScanAge", "FullScanAge",
)  # fmt: skip
GUARDS = {0: "off", 1: "on", 2: "snoozed", 3: "expired"}
NEVER = {65535, 4294967295}
"""The age in days that means "never updated"."""
DAY = 86400


class Entry(Record, frozen=True):
    """One registered product; `guard` and `outdated` as it reports."""

    name: str
    microsoft: bool = False
    guard: str = "unknown"
    """on, off, snoozed, expired or unknown"""
    outdated: bool | None = None


class Defender(Record, frozen=True):
    """What Defender says of itself; `dated`: its last update, seconds since 1970."""

    guard: str = "unknown"
    """on, off, passive or unknown"""
    dated: float | None = None
    updated: bool = True
    """False: never"""


def entries(host: Host) -> tuple[Entry, ...] | None:
    """List the products that have registered themselves; None where there is no Security Center: a server.

    An entry may outlive its product.
    """
    rows = _rows(host)
    if rows is None:
        told = _center(host)["products"]
        return None if told is None else tuple(registered(one) for one in told if not _gone(host, one["program"]))
    there = (row for row in rows if not _gone(host, str(row.get("pathToSignedProductExe") or "")))
    return tuple(parse(row) for row in there if row.get("displayName"))


def left_behind(host: Host) -> tuple[str, ...]:
    """Registered products whose program is gone: Defender may still give way to them."""
    rows = attempt(partial(_rows, host), None, *Reason) or ()
    gone = (row for row in rows if _gone(host, str(row.get("pathToSignedProductExe") or "")))
    return tuple(str(row["displayName"]) for row in gone if row.get("displayName") and not parse(row).microsoft)


def _rows(host: Host) -> list[dict[str, Any]] | None:
    ask = partial(host.wmi, "AntiVirusProduct", *PROPERTIES, namespace=NAMESPACE)
    rows: list[dict[str, Any]] | None = attempt(ask, None, *UNANSWERED)
    return rows


def health(host: Host) -> str:
    """The overall health of the antiviruses by the Security Center; empty if unknown."""
    return str(_center(host)["health"] or "")


def firewalls(host: Host) -> tuple[Entry, ...]:
    """The registered firewalls, by wscapi; a server has none."""
    told = _center(host)["firewalls"]
    if told is None and host.machine()["edition"] == "client":
        raise ProbeError(Reason.UNREADABLE, NAMESPACE)
    return tuple(registered(one) for one in told or () if not _gone(host, one["program"]))


def _center(host: Host) -> dict[str, Any]:
    """The answer of wscapi, empty on a server."""
    nothing = {"health": None, "products": None, "firewalls": None}
    if host.machine()["edition"] != "client":
        return nothing
    found: dict[str, Any] = attempt(host.security_center, nothing, Reason.INAPPLICABLE, Reason.MISSING)
    return found


def registered(product: Mapping[str, Any]) -> Entry:
    """One product as wscapi reports it; Defender has a settings page instead of a program."""
    own = str(product["program"]).startswith(DEFENDER_PAGE)
    return Entry(str(product["name"]), own, str(product["state"]), product["outdated"])


def _gone(host: Host, path: str) -> bool:
    if not re.fullmatch(r"[a-z]:\\.*\.exe", path, re.IGNORECASE):
        return False
    doubt = (Reason.FORBIDDEN, Reason.TIMEOUT, Reason.UNREADABLE, Reason.UNRECORDED)
    there = attempt(partial(host.exists, path), None, *doubt)
    return there is False


def parse(row: Mapping[str, Any]) -> Entry:
    """Decode productState: hex digits PP SS DD, where SS starts with the protection state and DD with the age."""
    state = row.get("productState")
    return Entry(
        name=str(row["displayName"]),
        microsoft=str(row.get("instanceGuid") or "").upper() == DEFENDER,
        guard=guard_of(row),
        outdated={0: False, 1: True}.get(state >> 4 & 0xF) if isinstance(state, int) else None,
    )


def guard_of(row: Mapping[str, Any]) -> str:
    """Real-time protection by productState: on, off, snoozed, expired or unknown."""
    state = row.get("productState")
    return GUARDS.get(state >> 12 & 0xF, "unknown") if isinstance(state, int) else "unknown"


def last_scan(host: Host) -> int | None:
    """Days since Defender's last quick or full scan; None: never. Raises if it does not answer."""
    rows = host.wmi("MSFT_MpComputerStatus", *DEFENDER_PROPERTIES, namespace=DEFENDER_NAMESPACE)
    ages = [row.get(name) for row in rows[:1] for name in ("QuickScanAge", "FullScanAge")]
    if not any(isinstance(age, int) for age in ages):
        raise ProbeError(Reason.UNREADABLE, "MSFT_MpComputerStatus.QuickScanAge")
    return min((age for age in ages if isinstance(age, int) and age not in NEVER), default=None)


def defender(host: Host) -> Defender | None:
    """Ask Defender itself; None if it does not answer, as beside another active antivirus."""
    rows: list[dict[str, Any]] = attempt(
        partial(host.wmi, "MSFT_MpComputerStatus", *DEFENDER_PROPERTIES, namespace=DEFENDER_NAMESPACE),
        [],
        Reason.INAPPLICABLE,
        Reason.MISSING,
        Reason.FORBIDDEN,
        Reason.TIMEOUT,
        Reason.UNREADABLE,
    )
    return parse_defender(rows[0], host.now()) if rows else None


def parse_defender(row: Mapping[str, Any], now: float) -> Defender:
    """Read MSFT_MpComputerStatus; a date of 1601 is an empty one."""
    mode = str(row.get("AMRunningMode") or "")
    live = row.get("RealTimeProtectionEnabled")
    if "Passive" in mode or "EDR" in mode:
        guard = "passive"
    elif live is None and row.get("AntivirusEnabled") is not False and mode != "Not running":
        guard = "unknown"
    else:
        guard = "on" if live and mode != "Not running" else "off"
    age, date = row.get("AntivirusSignatureAge"), row.get("AntivirusSignatureLastUpdated")
    return Defender(guard, _moment(date, age, now), updated=age not in NEVER)


def _moment(text: Any, age: Any, now: float) -> float | None:
    if age in NEVER:
        return None
    try:
        when = datetime.fromisoformat(str(text))
    except ValueError:
        return now - age * DAY if isinstance(age, int) else None
    seconds = (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    return seconds if seconds > 0 else None
