"""Volumes that are meant to be written to can be."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, ProbeError, Reason, Record, attempt, critical
from techkit.readings import fstab, volumes


class Volume(Record, frozen=True):
    """One volume that cannot be written to although it was meant to be."""

    mount: str
    device: str
    filesystem: str
    errors: int | None = None
    """how many the file system has counted, where it counts"""


def probe(host: Host) -> tuple[Volume, ...]:
    """Compare what was asked for, on mounting or in fstab, with what the file system does now."""
    if host.system == "windows":
        return _windows(host)
    wanted = {entry.mount for entry in fstab.entries(host) if entry.filesystem in volumes.LOCAL and not entry.readonly}
    return tuple(
        Volume(mount.mount, mount.device, mount.filesystem, _errors(host, mount.device))
        for mount in volumes.mounts(host)
        if mount.filesystem in volumes.LOCAL and _turned(mount, asked=mount.mount in wanted)
    )


def _turned(mount: volumes.Mount, *, asked: bool) -> bool:
    """Whether the kernel took the right to write away: it says so, or refuses what mounting, or fstab, asked for."""
    refused = "ro" in mount.super_options and ("rw" in mount.options or asked)
    return refused or "emergency_ro" in mount.super_options


def _errors(host: Host, device: str) -> int | None:
    """Evidence only: whatever keeps it from us, the volume is read-only all the same."""
    text = attempt(lambda: host.read(f"/sys/fs/ext4/{device.rpartition('/')[2]}/errors_count"), "", *Reason)
    return int(text) if text.strip().isdigit() else None


def _windows(host: Host) -> tuple[Volume, ...]:
    """MSFT_Disk.IsReadOnly of the disks that Windows lives on or starts from."""
    rows = host.wmi(
        "MSFT_Disk", "Number", "FriendlyName", "IsReadOnly", "IsBoot", "IsSystem", "BusType",
        namespace="root\\Microsoft\\Windows\\Storage", timeout=8,
    )  # fmt: skip
    if not rows:
        raise ProbeError(Reason.UNREADABLE, "MSFT_Disk")
    return tuple(
        Volume(str(row.get("FriendlyName") or row.get("Number")), str(row.get("Number")), "")
        for row in rows
        if row.get("IsReadOnly") and (row.get("IsBoot") or row.get("IsSystem"))
    )


def judge(seen: tuple[Volume, ...], _: None) -> Iterator[Finding]:
    """What has turned read-only has met an error."""
    for volume in seen:
        yield critical(
            "remounted",
            volume.mount,
            volume=volume.mount,
            device=volume.device,
            filesystem=volume.filesystem,
            errors=volume.errors,
        )


CHECK = Check(probe=probe, judge=judge, limits=None)
