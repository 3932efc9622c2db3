"""The disks of a Windows PC: MSFT_PhysicalDisk, reliability counters for administrators, read-only states."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from techkit.host import UNANSWERED, ProbeError, attempt
from techkit.model import Reason, Record
from techkit.readings.disk import smart
from techkit.readings.disk.smart import Disk

if TYPE_CHECKING:
    from techkit.host import Host

STORAGE = "root\\Microsoft\\Windows\\Storage"
DISK = ("DeviceId", "FriendlyName", "SerialNumber", "HealthStatus", "OperationalStatus", "BusType")
COUNTER = (
    "DeviceId", "Wear", "ReadErrorsUncorrected", "WriteErrorsUncorrected", "PowerOnHours", "Temperature",
)  # fmt: skip
ALL = ("Number", "FriendlyName", "IsReadOnly", "IsOffline", "OfflineReason", "IsBoot", "IsSystem", "BusType")
PARTITION = ("DiskNumber", "DriveLetter", "IsReadOnly", "IsHidden")
WARNING, UNHEALTHY, UNKNOWN = 1, 2, 5
"""MSFT_PhysicalDisk.HealthStatus: 0 healthy, 1 warning, 2 unhealthy, 5 unknown"""
FAILED = {5, 6, 7, 0xD002, 0xD005, 0xD00A}
"""OperationalStatus: predictive failure, error, non-recoverable; failed media, I/O error, device hardware error"""
LOST = {12, 13}
"""OperationalStatus: no contact, lost communication"""
TENDED = {0xD007, 0xD008, 0xD009, 0xD00D, 0xD00E}
"""OperationalStatus: removed from its pool, in maintenance, updating firmware: intended, not a fault"""
VIRTUAL = {14, 15, 16}
"""BusType: virtual, file-backed, Storage Spaces: not physical"""
USB = 7
COUNTED = 176
"""Bytes of an NVMe disk's page up to the count of its errors."""
RESERVED = 0xC0
"""Reserved bits of its first byte: if they are set, a bridge has made the page up."""
ENTRY = 12
"""Bytes of one of ATA's attributes: its number, two of flags, value, worst, six of a count, one reserved."""
FREEZING = 273
"""0 °C in kelvins"""
INTERNAL = {3, 8, 10, 11, 17}
"""BusType: ATA, RAID, SAS, SATA, NVMe"""


OFFLINE = {
    1: "policy", 2: "second_way", 3: "snapshot", 4: "collision", 5: "resources", 6: "writes", 7: "integrity",
}  # fmt: skip
"""MSFT_Disk.OfflineReason"""
WHOLE, SCAN, SPOT_FIX, FULL_REPAIR = 0, 0xD00D, 0xD00E, 0xD00F
"""MSFT_Volume.HealthStatus, and OperationalStatus if the former only says that something is wrong"""
DOCUMENTED_FULL_REPAIR = 3
"""MSFT_Volume.HealthStatus as documented: 1 scan, 2 spot fix, 3 full repair; in practice 1 and 2 are degrees of
damage and 5 is unknown."""


class Offline(Record, frozen=True):
    """A built-in disk that Windows keeps offline, and why."""

    disk: str
    model: str
    reason: str = ""


class Locked(Record, frozen=True):
    """A disk, or one of its volumes, that is read-only."""

    disk: str
    model: str
    volume: str = ""


def disks(host: Host) -> tuple[Disk, ...]:
    """Every physical disk; an empty class is no answer. Without WMI each disk's driver is asked."""
    ask = partial(host.wmi, "MSFT_PhysicalDisk", *DISK, namespace=STORAGE, timeout=8)
    rows = attempt(ask, None, *UNANSWERED)
    if rows is None:
        return _driven(host)
    if not rows:
        raise ProbeError(Reason.UNREADABLE, "MSFT_PhysicalDisk")
    real = [row for row in rows if row.get("BusType") not in VIRTUAL]
    if not real:
        raise ProbeError(Reason.INAPPLICABLE, "no physical disk")
    counters, doomed = (_counters(host), _doomed(host)) if host.elevated else ({}, set())
    own = {disk.disk: disk for disk in (driven(host, row) for row in attempt(host.drives, [], *Reason))}
    found = (_disk(host, row, counters, doomed) for row in real)
    return tuple(both(disk, own.get(disk.disk)) for disk in found)


def both(disk: Disk, own: Disk | None) -> Disk:
    """Windows' report of a disk, completed by its driver's, which needs no administrator."""
    if own is None or own.unseen:
        return disk
    if disk.unseen:
        return own
    return msgspec.structs.replace(
        own,
        model=disk.model or own.model,
        passed=disk.passed is not False and own.passed is not False,
        failing=tuple(dict.fromkeys((*disk.failing, *own.failing))),
        aged=(*disk.aged, *own.aged),
        uncorrectable=max((one for one in (disk.uncorrectable, own.uncorrectable) if one is not None), default=None),
        used=own.used if disk.used is None else disk.used,
        hours=disk.hours or own.hours,
        temperature=disk.temperature or own.temperature,
    )


def _driven(host: Host) -> tuple[Disk, ...]:
    """The drivers' reports; a silent disk that is not built in is left out."""
    real = [row for row in host.drives() if row.get("bus") not in VIRTUAL and not row.get("removable")]
    told = [driven(host, row) for row in real]
    found = tuple(disk for row, disk in zip(real, told, strict=True) if not disk.unseen or row.get("bus") != USB)
    if not found:
        raise ProbeError(Reason.UNREADABLE, "PhysicalDrive")
    return found


def driven(host: Host, row: dict[str, Any]) -> Disk:
    """One disk from its driver's data, decoded like smartctl; NVM Express base specification, ATA SMART READ DATA."""
    name = f"PhysicalDrive{row['number']}"
    if "unseen" in row:
        why = next((reason for reason in Reason if reason == row["unseen"]), Reason.UNREADABLE)
        return Disk(name, unseen=why, detail=str(row["detail"]))
    host.private("serial", row["serial"])
    raw: dict[str, Any] = {"model_name": row["model"]}
    if len(page := _bytes(row["health"])) >= COUNTED and any(page) and not page[0] & RESERVED:
        raw["nvme_smart_health_information_log"] = {
            "critical_warning": page[0],
            "percentage_used": page[5],
            "media_errors": int.from_bytes(page[160:176], "little"),
        }
        if kelvins := int.from_bytes(page[1:3], "little"):
            raw["temperature"] = {"current": kelvins - FREEZING}
        raw["power_on_time"] = {"hours": int.from_bytes(page[128:144], "little")}
    elif row["predicts"] is not None:
        data = _bytes(row["attributes"])
        entries = [data[place : place + ENTRY] for place in range(2, len(data) - ENTRY + 1, ENTRY)]
        raw["smart_status"] = {"passed": not row["predicts"]}
        raw["ata_smart_attributes"] = {
            "table": [
                {"id": one[0], "value": one[3], "raw": {"value": int.from_bytes(one[5:11], "little")}}
                for one in entries
                if one[0]
            ]
        }
    return smart.parse(raw, name)


def _bytes(text: str) -> bytes:
    """Decode hex text; empty if it is invalid."""
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def _counters(host: Host) -> dict[str, dict[str, Any]]:
    """MSFT_StorageReliabilityCounter by disk number; many disks have none."""
    rows = attempt(
        lambda: host.wmi("MSFT_StorageReliabilityCounter", *COUNTER, namespace=STORAGE, timeout=8), [], *Reason
    )
    return {str(row.get("DeviceId")): row for row in rows}


def _doomed(host: Host) -> set[str]:
    """The numbers of the disks whose driver predicts a failure; NVMe, USB and RAID have no such driver."""

    def rows(name: str, *properties: str, namespace: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = attempt(lambda: host.wmi(name, *properties, namespace=namespace), [], *Reason)
        return found

    predicted = {
        str(row.get("InstanceName")).rpartition("_")[0].upper()
        for row in rows("MSStorageDriver_FailurePredictStatus", "InstanceName", "PredictFailure", namespace="root\\wmi")
        if row.get("PredictFailure")
    }
    if not predicted:
        return set()
    drives = rows("Win32_DiskDrive", "Index", "PNPDeviceID", namespace="root\\cimv2")
    return {str(row.get("Index")) for row in drives if str(row.get("PNPDeviceID")).upper() in predicted}


def _disk(host: Host, row: dict[str, Any], counters: dict[str, dict[str, Any]], doomed: set[str]) -> Disk:
    host.private("serial", str(row.get("SerialNumber") or "").strip())
    number = str(row.get("DeviceId"))
    counter = counters.get(number, {})
    health, status = row.get("HealthStatus"), row.get("OperationalStatus")
    states = set(status if isinstance(status, list) else [status])
    bad = sorted(FAILED & states)
    lost = not bad and bool(LOST & states)
    failing = (*(f"OperationalStatus {state}" for state in bad), *(("PredictFailure",) if number in doomed else ()))
    known = health in {0, WARNING, UNHEALTHY} or failing
    wear = counter.get("Wear")
    return Disk(
        disk=f"PhysicalDrive{number}",
        model=str(row.get("FriendlyName") or "").strip(),
        passed=health != UNHEALTHY or lost,
        failing=failing,
        aged=("HealthStatus 1",) if health == WARNING and not states & (LOST | TENDED) else (),
        lost=lost,
        uncorrectable=_sum(counter.get("ReadErrorsUncorrected"), counter.get("WriteErrorsUncorrected")),
        used=wear / 100 if isinstance(wear, int) else None,
        hours=counter.get("PowerOnHours") or None,
        temperature=counter.get("Temperature") or None,
        unseen=None if known else Reason.UNREADABLE,
        detail="" if known else f"HealthStatus {health}",
    )


def _sum(*counts: Any) -> int | None:
    known = [count for count in counts if isinstance(count, int)]
    return sum(known) if known else None


def _every(host: Host) -> list[dict[str, Any]]:
    ask = partial(host.wmi, "MSFT_Disk", *ALL, namespace=STORAGE, timeout=8)
    disks: list[dict[str, Any]] | None = attempt(ask, None, *UNANSWERED)
    if disks is None:
        disks = [in_use(row) for row in host.drives() if not row.get("removable")]
    if not disks:
        raise ProbeError(Reason.UNREADABLE, "MSFT_Disk")
    return disks


def in_use(row: dict[str, Any]) -> dict[str, Any]:
    """A row of MSFT_Disk from what a disk's driver tells."""
    if row.get("read_only") is None:
        raise ProbeError(Reason.UNREADABLE, f"PhysicalDrive{row['number']}")
    return {
        "Number": row["number"],
        "FriendlyName": row["model"],
        "IsOffline": row["offline"],
        "IsReadOnly": row["read_only"],
        "BusType": row["bus"],
    }


def offline(host: Host) -> tuple[Offline, ...]:
    """Built-in disks that are offline."""
    return tuple(
        Offline(
            f"PhysicalDrive{row.get('Number')}",
            str(row.get("FriendlyName") or "").strip(),
            OFFLINE.get(row.get("OfflineReason") or 0, ""),
        )
        for row in _every(host)
        if row.get("IsOffline") and row.get("BusType") in INTERNAL
    )


def harmed(host: Host) -> tuple[tuple[str, str, bool], ...]:
    """(volume, file system, whether only a full repair helps) of volumes that Windows reports as damaged."""
    rows = host.wmi(
        "MSFT_Volume", "DriveLetter", "FileSystem", "HealthStatus", "OperationalStatus", where="DriveType=3",
        namespace=STORAGE, timeout=8,
    )  # fmt: skip
    found = []
    for row in rows:
        health, status = row.get("HealthStatus"), row.get("OperationalStatus")
        told = {SCAN, SPOT_FIX, FULL_REPAIR} & set(status if isinstance(status, list) else [status])
        if letter(row) and (told or health not in {WHOLE, UNKNOWN, None}):
            full = FULL_REPAIR in told or (not told and health == DOCUMENTED_FULL_REPAIR)
            found.append((letter(row), str(row.get("FileSystem") or "NTFS"), full))
    return tuple(found)


def locked(host: Host) -> tuple[Locked, ...]:
    """Read-only disks among the online built-in ones, else single read-only volumes.

    Raises where no disk is locked and no volume can be seen.
    """
    disks = _every(host)
    mute, parts = None, []
    try:
        parts = host.wmi("MSFT_Partition", *PARTITION, namespace=STORAGE, timeout=8)
    except ProbeError as error:
        mute = error
    found = []
    for row in disks:
        own = row.get("IsBoot") or row.get("IsSystem") or row.get("BusType") in INTERNAL
        if row.get("IsOffline") or not own:
            continue
        disk, model = f"PhysicalDrive{row.get('Number')}", str(row.get("FriendlyName") or "").strip()
        lettered = [part for part in parts if part.get("DiskNumber") == row.get("Number") and letter(part)]
        wanted = [
            part for part in lettered if row.get("IsReadOnly") or (part.get("IsReadOnly") and not part.get("IsHidden"))
        ]
        found += [Locked(disk, model, letter(part)) for part in wanted]
        if row.get("IsReadOnly") and not wanted:
            found.append(Locked(disk, model))
    if mute and not found:
        raise mute
    return tuple(found)


def letter(part: dict[str, Any]) -> str:
    """A partition's drive letter with its colon; WMI gives a character as its number, and 0 for none."""
    value = part.get("DriveLetter")
    if isinstance(value, int):
        value = chr(value) if 0 < value < 128 else ""
    value = str(value or "").strip("\0 ")
    return f"{value}:" if len(value) == 1 and value.isalpha() else ""
