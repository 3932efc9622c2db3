"""What Windows says of its antiviruses: the Security Center and Defender."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import ProbeError, attempt
from techkit.model import Reason, Record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from techkit.host import Host

NAMESPACE = "root\\SecurityCenter2"
PROPERTIES = ("displayName", "instanceGuid", "productState", "pathToSignedProductExe")
DEFENDER = "{D68DDC3A-831F-4FAE-9E44-DA132C1ACF46}"
DEFENDER_NAMESPACE = "root\\Microsoft\\Windows\\Defender"
DEFENDER_PROPERTIES = (
    "AntivirusEnabled", "RealTimeProtectionEnabled", "AMRunningMode", "AntivirusSignatureAge",
    "AntivirusSignatureLastUpdated", "IsTamperProtected", "QuickScanAge", "FullScanAge",
)  # fmt: skip
GUARDS = {0: "off", 1: "on", 2: "snoozed", 3: "expired"}
NEVER = {65535, 4294967295}
"""What stands for an age in days where there was no update yet."""
DAY = 86400


class Entry(Record, frozen=True):
    """One product that has registered itself; `guard` and `outdated` by its own word."""

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

    An entry may outlive its product, whose program is then gone.
    """
    rows: list[dict[str, Any]] | None = attempt(
        partial(host.wmi, "AntiVirusProduct", *PROPERTIES, namespace=NAMESPACE),
        None,
        Reason.INAPPLICABLE,
        Reason.MISSING,
    )
    return (
        None if rows is None else tuple(parse(row) for row in rows if row.get("displayName") and not _gone(host, row))
    )


def _gone(host: Host, row: Mapping[str, Any]) -> bool:
    path = str(row.get("pathToSignedProductExe") or "")
    if not re.match(r"[A-Za-z]:\\", path):
        return False
    doubt = (Reason.FORBIDDEN, Reason.TIMEOUT, Reason.UNREADABLE, Reason.UNRECORDED)
    there = attempt(partial(host.exists, path), None, *doubt)
    return there is False


def parse(row: Mapping[str, Any]) -> Entry:
    """Take productState apart: hex digits PP SS DD, of which SS begins with the guard's state and DD with the age's."""
    state = row.get("productState")
    number = state if isinstance(state, int) else None
    return Entry(
        name=str(row["displayName"]),
        microsoft=str(row.get("instanceGuid") or "").upper() == DEFENDER,
        guard="unknown" if number is None else GUARDS.get(number >> 12 & 0xF, "unknown"),
        outdated=None if number is None else {0: False, 1: True}.get(number >> 4 & 0xF),
    )


def last_scan(host: Host) -> int | None:
    """Days since Defender last looked through this machine, quickly or wholly; None: never. Raises where it is mute."""
    rows = host.wmi("MSFT_MpComputerStatus", *DEFENDER_PROPERTIES, namespace=DEFENDER_NAMESPACE)
    ages = [row.get(name) for row in rows[:1] for name in ("QuickScanAge", "FullScanAge")]
    if not any(isinstance(age, int) for age in ages):
        raise ProbeError(Reason.UNREADABLE, "MSFT_MpComputerStatus.QuickScanAge")
    return min((age for age in ages if isinstance(age, int) and age not in NEVER), default=None)


def defender(host: Host) -> Defender | None:
    """Ask Defender itself; None where it does not say. Beside another antivirus at work it may not answer at all."""
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
