"""The health of physical disks: what smartctl says in JSON, and what Windows keeps of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from techkit.host import ProbeError
from techkit.model import Reason, Record

if TYPE_CHECKING:
    from techkit.host import Host

REALLOCATED, REPORTED, PENDING, UNCORRECTABLE = 5, 187, 197, 198
"""The attributes that foretell a failure, by their ATA numbers."""
LIFE_LEFT = {169, 202, 231, 233}
"""Attributes whose normalised value counts down from 100 as an SSD wears; vendors choose one of them."""
FAILING_NOW, PREFAIL_NOW = 0x08, 0x10
"""Bits of smartctl's exit status: the disk says it fails; a prefail attribute is below its threshold."""
VIRTUAL = ("loop", "ram", "zram", "dm-", "md", "vd", "xvd", "nbd", "fd", "sr", "zd", "rbd", "drbd", "bcache")
"""Block devices without a health of their own."""


class Disk(Record, frozen=True):
    """One physical disk; None where it does not tell. `unseen` says why nothing is known."""

    disk: str
    model: str = ""
    passed: bool | None = None
    failing: tuple[str, ...] = ()
    """attributes or warnings by which the disk itself calls for its replacement"""
    reallocated: int | None = None
    pending: int | None = None
    uncorrectable: int | None = None
    media_errors: int | None = None
    worn: float | None = None
    """share of its life that is used up"""
    hours: int | None = None
    temperature: int | None = None
    unseen: Reason | None = None
    detail: str = ""


NVME_WARNINGS = {
    0x01: "spare",
    0x02: "temperature",
    0x04: "reliability",
    0x08: "read-only",
    0x10: "backup power",
    0x20: "persistent memory",
}
"""Bits of critical_warning, NVM Express base specification, SMART / health information log."""


def physical(host: Host) -> tuple[str, ...]:
    """The names of the disks that have a health: /sys/block without what is virtual or removable."""
    return tuple(name for name in host.listdir("/sys/block") if not name.startswith(VIRTUAL) and "boot" not in name)


def scan(host: Host) -> tuple[tuple[str, str], ...]:
    """(device, type) of every disk that smartctl finds."""
    answer = _json(host.run("smartctl", "--scan", "-j", timeout=6)["out"])
    return tuple(
        (str(one["name"]), str(one.get("type") or "")) for one in answer.get("devices") or () if one.get("name")
    )


def ask(host: Host, device: str, kind: str) -> Disk:
    """What one disk says of itself; a disk in standby is not woken."""
    typed = ("-d", kind) if kind else ()
    try:
        answer = host.run("smartctl", "-j", "-H", "-A", "-i", "-n", "standby", *typed, device, timeout=6)
        raw = _json(answer["out"])
    except ProbeError as error:
        return Disk(device, unseen=error.reason, detail=error.detail)
    host.private("serial", str(raw.get("serial_number") or ""))
    return parse(raw, device)


def _json(text: str) -> dict[str, Any]:
    try:
        answer = msgspec.json.decode(text)
    except ValueError as error:
        raise ProbeError(Reason.UNREADABLE, "smartctl") from error
    if not isinstance(answer, dict):
        raise ProbeError(Reason.UNREADABLE, "smartctl")
    return answer


def parse(raw: dict[str, Any], device: str) -> Disk:
    """One answer of `smartctl -j`; fields that a disk does not have are None."""
    table = _rows(_part(raw, "ata_smart_attributes").get("table"))
    nvme = _part(raw, "nvme_smart_health_information_log")
    passed = _part(raw, "smart_status").get("passed")
    status = _number(_part(raw, "smartctl").get("exit_status")) or 0
    if passed is None and not table and not nvme:
        return Disk(device, unseen=Reason.UNREADABLE, detail=_message(raw))
    by_id = {_number(row.get("id")): row for row in table}
    failing = [str(row.get("name")) for row in table if row.get("when_failed") in {"now", "FAILING_NOW"}]
    bits = _number(nvme.get("critical_warning")) or 0
    failing += [word for bit, word in NVME_WARNINGS.items() if bits & bit]
    temperature = _number(_part(raw, "temperature").get("current"))
    return Disk(
        disk=device,
        model=str(raw.get("model_name") or raw.get("scsi_model_name") or ""),
        passed=False if status & FAILING_NOW else passed if isinstance(passed, bool) else None,
        failing=tuple(failing),
        reallocated=_first(_raw(by_id.get(REALLOCATED)), _number(raw.get("scsi_grown_defect_list"))),
        pending=_raw(by_id.get(PENDING)),
        uncorrectable=_first(_raw(by_id.get(UNCORRECTABLE)), _scsi_uncorrected(raw)),
        media_errors=_number(nvme.get("media_errors")),
        worn=_worn(by_id, nvme),
        hours=_number(_part(raw, "power_on_time").get("hours")),
        temperature=temperature,
    )


def _part(raw: dict[str, Any], name: str) -> dict[str, Any]:
    part = raw.get(name)
    return part if isinstance(part, dict) else {}


def _rows(table: Any) -> list[dict[str, Any]]:
    return [row for row in table if isinstance(row, dict)] if isinstance(table, list) else []


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _raw(row: dict[str, Any] | None) -> int | None:
    """An attribute's raw count; vendors pack other numbers into the bytes above the lower 32 bits."""
    value = _number(_part(row or {}, "raw").get("value"))
    return None if value is None else value & 0xFFFF_FFFF


def _first(*counts: int | None) -> int | None:
    return next((count for count in counts if count is not None), None)


def _scsi_uncorrected(raw: dict[str, Any]) -> int | None:
    """Errors that a SCSI disk could not correct, over reading, writing and verifying."""
    log = _part(raw, "scsi_error_counter_log")
    counts = [_number(_part(log, kind).get("total_uncorrected_errors")) for kind in log]
    return sum(count or 0 for count in counts) if counts else None


def _worn(by_id: dict[int | None, dict[str, Any]], nvme: dict[str, Any]) -> float | None:
    used = _number(nvme.get("percentage_used"))
    if used is not None:
        return used / 100
    left = [value for number in LIFE_LEFT if (value := _number(by_id.get(number, {}).get("value"))) is not None]
    known = [value for value in left if 0 < value <= 100]
    return 1 - min(known) / 100 if known else None


def _message(raw: dict[str, Any]) -> str:
    messages = _rows(_part(raw, "smartctl").get("messages"))
    return "; ".join(str(message.get("string")) for message in messages)[:200]
