"""The health of physical disks as Windows knows it: MSFT_PhysicalDisk, and its counters where we may read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from techkit.host import ProbeError, attempt
from techkit.model import Reason
from techkit.readings.smart import Disk

if TYPE_CHECKING:
    from techkit.host import Host

STORAGE = "root\\Microsoft\\Windows\\Storage"
UNHEALTHY = 2
"""MSFT_PhysicalDisk.HealthStatus: 0 healthy, 1 warning, 2 unhealthy, 5 unknown"""
UNKNOWN = 5
PREDICTS = 5
"""OperationalStatus: predictive failure"""
FAILED = {6, 7, 0xD002, 0xD005, 0xD00A}
"""OperationalStatus: error, non-recoverable; Windows' own: failed media, I/O error, device hardware error"""
REFUSED = (Reason.FORBIDDEN, Reason.MISSING, Reason.INAPPLICABLE, Reason.UNREADABLE, Reason.UNRECORDED)


def disks(host: Host) -> tuple[Disk, ...]:
    """Every physical disk; an empty class is no answer."""
    rows = host.wmi(
        "MSFT_PhysicalDisk", "DeviceId", "FriendlyName", "SerialNumber", "HealthStatus", "OperationalStatus",
        namespace=STORAGE, timeout=8,
    )  # fmt: skip
    if not rows:
        raise ProbeError(Reason.UNREADABLE, "MSFT_PhysicalDisk")
    counters = _counters(host)
    return tuple(_disk(host, row, counters.get(str(row.get("DeviceId")), {})) for row in rows)


def _counters(host: Host) -> dict[str, dict[str, Any]]:
    """MSFT_StorageReliabilityCounter by disk; without an administrator none."""
    if not host.elevated:
        return {}
    rows = attempt(
        lambda: host.wmi(
            "MSFT_StorageReliabilityCounter", "DeviceId", "Wear", "ReadErrorsUncorrected", "PowerOnHours",
            "Temperature", namespace=STORAGE, timeout=6,
        ),
        [],
        *REFUSED,
    )  # fmt: skip
    return {str(row.get("DeviceId")): row for row in rows}


def _disk(host: Host, row: dict[str, Any], counter: dict[str, Any]) -> Disk:
    host.private("serial", str(row.get("SerialNumber") or "").strip())
    name = f"PhysicalDrive{row.get('DeviceId')}"
    health = row.get("HealthStatus")
    status = row.get("OperationalStatus")
    states = set(status if isinstance(status, list) else [status])
    if health == UNKNOWN and not states & (FAILED | {PREDICTS}):
        return Disk(name, str(row.get("FriendlyName") or ""), unseen=Reason.UNREADABLE, detail="HealthStatus 5")
    failing = tuple(f"OperationalStatus {state}" for state in sorted(states & (FAILED | {PREDICTS})))
    wear, uncorrected = counter.get("Wear"), counter.get("ReadErrorsUncorrected")
    return Disk(
        disk=name,
        model=str(row.get("FriendlyName") or ""),
        passed=health != UNHEALTHY,
        failing=failing or (("HealthStatus 1",) if health == 1 else ()),
        uncorrectable=uncorrected,
        worn=wear / 100 if isinstance(wear, int) else None,
        hours=counter.get("PowerOnHours") or None,
        temperature=counter.get("Temperature") or None,
    )
