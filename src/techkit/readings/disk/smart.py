"""The health of physical disks from smartctl's JSON; smartctl(8), NVM Express base specification."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from techkit.host import ProbeError
from techkit.model import Reason, Record
from techkit.readings.disk import block_devices

if TYPE_CHECKING:
    from techkit.host import Host

REALLOCATED, REPORTED, PENDING, UNCORRECTABLE, INTERFACE = 5, 187, 197, 198, 199
"""ATA attributes: sectors and errors that predict a failure (Backblaze); the last a bad cable."""
HEAT = {190, 194}
LIFE_LEFT = re.compile(
    r"Media_Wearout_Indicator|SSD_Life_Left|Percent_Life(time)?_Remain|Remaining_Life|Drive_Life_Remaining|"
    r"Lifetime_Remaining|Wear_Leveling_Count",
    re.IGNORECASE,
)
"""Names of smartctl's drive database for attributes whose normalised value counts down from 100 as an SSD wears."""
FAILING_NOW, PREFAIL_NOW, SELF_TEST_FAILED = 0x08, 0x10, 0x80
"""Bits of smartctl's exit status: the disk says it fails; a prefail attribute is below its threshold; a test failed."""
NVME_TEMPERATURE = 0x02
DISK_HOT, SSD_HOT, NVME_HOT = 60, 70, 80
"""Maximum °C of hard disks, SATA SSDs and NVMe SSDs by their makers, for disks without a limit of their own."""
NVME_WARNINGS = {0x01: "spare", 0x04: "reliability", 0x08: "read-only", 0x10: "backup power", 0x20: "persistent memory"}
"""Bits of critical_warning without the one for heat."""
QUESTIONS = ("-j", "-i", "-H", "-A", "-l", "error", "-l", "selftest", "-n", "standby")
"""smartctl's options; SCSI keeps error counts in a log, and a sleeping disk is not woken."""


class Disk(Record, frozen=True):
    """One physical disk; None for unknown values. `unseen` says why nothing is known."""

    disk: str
    model: str = ""
    passed: bool | None = None
    failing: tuple[str, ...] = ()
    """attributes and warnings by which the disk itself predicts its failure"""
    aged: tuple[str, ...] = ()
    """attributes below their threshold that do not predict a failure"""
    reallocated: int | None = None
    pending: int | None = None
    uncorrectable: int | None = None
    reported: int | None = None
    """errors that the disk had to report to the computer"""
    media_errors: int | None = None
    self_test_failed: bool = False
    interface: int | None = None
    """transfer errors between disk and computer"""
    logged: int | None = None
    """errors in the disk's own log"""
    used: float | None = None
    """share of its life that is used up; may exceed 1"""
    hot: bool = False
    hours: int | None = None
    temperature: int | None = None
    lost: bool = False
    """it was there, and does not answer any more"""
    unseen: Reason | None = None
    detail: str = ""


def disks(host: Host) -> tuple[Disk, ...]:
    """Every physical disk, asked side by side; without one the question makes no sense."""
    real = block_devices.disks(host)
    if real and not host.elevated:
        return tuple(Disk(f"/dev/{block_devices.controller(name)}", unseen=Reason.FORBIDDEN) for name in real)
    try:
        devices = _devices(host, real)
    except ProbeError as error:
        if not real:
            raise ProbeError(Reason.INAPPLICABLE, "no physical disk") from error
        detail = "smartmontools" if error.reason is Reason.MISSING else error.detail
        return tuple(
            Disk(f"/dev/{block_devices.controller(name)}", unseen=error.reason, detail=detail) for name in real
        )
    if not devices:
        raise ProbeError(Reason.INAPPLICABLE, "no physical disk")
    if not host.elevated:
        return tuple(Disk(device, unseen=Reason.FORBIDDEN) for device, _ in devices)
    return tuple(host.side_by_side([partial(ask, host, device, kind) for device, kind in devices]))


def _devices(host: Host, real: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """(device, type) of what smartctl finds, even behind RAID controllers, and of real disks that it misses."""
    names = {block_devices.controller(name) for name in block_devices.all_names(host)}
    wanted = {block_devices.controller(name) for name in real}
    found = [
        (device, kind)
        for device, kind in scan(host)
        if (name := device.rpartition("/")[2]) in wanted or name not in names
    ]
    covered = {device for device, _ in found}
    return (*found, *((f"/dev/{name}", "") for name in sorted(wanted) if f"/dev/{name}" not in covered))


def scan(host: Host) -> tuple[tuple[str, str], ...]:
    """(device, type) of every disk that smartctl finds."""
    found = _rows(decode(host.run("smartctl", "--scan", "-j", timeout=6)["out"]).get("devices"))
    return tuple((str(one["name"]), str(one.get("type") or "")) for one in found if one.get("name"))


def ask(host: Host, device: str, kind: str) -> Disk:
    """The report of one disk; disks behind one controller differ by type."""
    name = f"{device} {kind}" if "," in kind else device
    try:
        answer = host.run("smartctl", *QUESTIONS, *(("-d", kind) if kind else ()), device, timeout=6)
        raw = decode(answer["out"])
    except ProbeError as error:
        return Disk(name, unseen=error.reason, detail=error.detail)
    host.private("serial", str(raw.get("serial_number") or ""))
    return parse(raw, name)


def decode(text: str) -> dict[str, Any]:
    """The object that smartctl printed; a version before 7.0 prints none."""
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except ValueError as error:
        raise ProbeError(Reason.UNREADABLE, "smartctl") from error


def parse(raw: dict[str, Any], device: str) -> Disk:
    """Parse `smartctl -j`; None for what a disk does not report."""
    table = _rows(_part(raw, "ata_smart_attributes").get("table"))
    nvme = _part(raw, "nvme_smart_health_information_log")
    passed = _part(raw, "smart_status").get("passed")
    status = _number(_part(raw, "smartctl").get("exit_status")) or 0
    if not isinstance(passed, bool) and not table and not nvme:
        return Disk(device, unseen=Reason.UNREADABLE, detail=_message(raw))
    bits = _number(nvme.get("critical_warning"))
    if bits is not None:
        passed = not bits & ~NVME_TEMPERATURE  # smartctl calls a hot disk a failed one
    elif status & (FAILING_NOW | PREFAIL_NOW):
        passed = False
    now = [row for row in table if row.get("when_failed") == "now"]
    cold = [row for row in now if _number(row.get("id")) not in HEAT]
    by_id = {_number(row.get("id")): row for row in table}
    return Disk(
        disk=device,
        model=str(raw.get("model_name") or raw.get("scsi_model_name") or ""),
        passed=passed if isinstance(passed, bool) else None,
        failing=(
            *(str(row.get("name")) for row in cold if _part(row, "flags").get("prefailure") is not False),
            *(word for bit, word in NVME_WARNINGS.items() if (bits or 0) & bit),
        ),
        aged=tuple(str(row.get("name")) for row in cold if _part(row, "flags").get("prefailure") is False),
        reallocated=_first(_raw(by_id.get(REALLOCATED)), _number(raw.get("scsi_grown_defect_list"))),
        pending=_raw(by_id.get(PENDING)),
        uncorrectable=_first(_raw(by_id.get(UNCORRECTABLE)), _scsi_uncorrected(raw)),
        reported=_raw(by_id.get(REPORTED)),
        media_errors=_number(nvme.get("media_errors")),
        self_test_failed=bool(status & SELF_TEST_FAILED),
        interface=_raw(by_id.get(INTERFACE)),
        logged=_logged(raw),
        used=_used(raw, nvme, table),
        hot=bool((bits or 0) & NVME_TEMPERATURE) or len(now) > len(cold) or _is_hot(raw, nvme),
        hours=_number(_part(raw, "power_on_time").get("hours")),
        temperature=_number(_part(raw, "temperature").get("current")),
    )


def _is_hot(raw: dict[str, Any], nvme: dict[str, Any]) -> bool:
    """Whether a disk exceeds its kind's temperature limit, if it reports none itself."""
    celsius = _number(_part(raw, "temperature").get("current")) or 0
    own = _number(_part(raw, "temperature").get("op_limit_max"))
    spins = raw.get("rotation_rate") != 0
    return celsius >= (own or (NVME_HOT if nvme else DISK_HOT if spins else SSD_HOT))


def _part(raw: dict[str, Any], name: str) -> dict[str, Any]:
    part = raw.get(name)
    return part if isinstance(part, dict) else {}


def _rows(table: Any) -> list[dict[str, Any]]:
    return [row for row in table if isinstance(row, dict)] if isinstance(table, list) else []


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _raw(row: dict[str, Any] | None) -> int | None:
    """An attribute's raw count; where vendors pack more into its six bytes, smartctl writes the count first."""
    raw = _part(row or {}, "raw")
    value = _number(raw.get("value"))
    if value is None or 0 <= value <= 0xFFFF:
        return value
    written = re.match(r"(\d{1,18})(?![\dx])", str(raw.get("string")))
    return int(written[1]) if written else value & 0xFFFF


def _first(*counts: int | None) -> int | None:
    return next((count for count in counts if count is not None), None)


def _scsi_uncorrected(raw: dict[str, Any]) -> int | None:
    """Errors that a SCSI disk could not correct, over reading, writing and verifying."""
    log = _part(raw, "scsi_error_counter_log")
    counts = [_number(_part(log, kind).get("total_uncorrected_errors")) for kind in log]
    return sum(count or 0 for count in counts) if counts else None


def _logged(raw: dict[str, Any]) -> int | None:
    log = _part(raw, "ata_smart_error_log")
    return _first(*(_number(_part(log, kind).get("count")) for kind in ("summary", "extended")))


def _used(raw: dict[str, Any], nvme: dict[str, Any], table: list[dict[str, Any]]) -> float | None:
    percent = _first(
        _number(nvme.get("percentage_used")),
        _number(_part(raw, "endurance_used").get("current_percent")),
        _number(raw.get("scsi_percentage_used_endurance_indicator")),
    )
    if percent is not None:
        return percent / 100
    left = [_number(row.get("value")) or 0 for row in table if LIFE_LEFT.search(str(row.get("name")))]
    known = [value for value in left if 0 < value <= 100]
    return (100 - min(known)) / 100 if known else None


def _message(raw: dict[str, Any]) -> str:
    messages = _rows(_part(raw, "smartctl").get("messages"))
    return "; ".join(str(message.get("string")) for message in messages)[:200]
