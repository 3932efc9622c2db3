"""Volumes that are meant to be written to can be."""

from collections.abc import Iterator
from functools import partial

from techkit import Check, Finding, Host, Reason, Record, attempt, critical
from techkit.readings.disk import block_devices, fstab, volumes, windows_disks

EMERGENCY = {"emergency_ro", "shutdown"}
"""The mount option that newer kernels show after an error."""


class Volume(Record, frozen=True):
    """One volume that should be writable and is not."""

    mount: str
    device: str = ""
    filesystem: str = ""
    disk: str | None = None
    errors: int | None = None
    """how many the file system has counted, where it counts"""
    function: str = ""
    """where in the kernel the first of them was met"""
    locked: bool = False
    """Windows holds its disk for read-only"""
    model: str = ""


def probe(host: Host) -> tuple[Volume, ...]:
    """Compare the mount options and fstab with what the file system does now."""
    if host.system == "windows":
        return tuple(
            Volume(part.volume, disk=part.disk, locked=True, model=part.model) for part in windows_disks.locked(host)
        )
    wanted = {entry.mount for entry in fstab.entries(host) if entry.expected and not entry.readonly}
    found: dict[str, volumes.Mount] = {}
    for mount in volumes.mounts(host):
        if mount.filesystem in volumes.LOCAL and _turned(mount, asked=mount.mount in wanted):
            found.setdefault(mount.identity, mount)
    return tuple(_look(host, mount) for mount in found.values())


def _turned(mount: volumes.Mount, *, asked: bool) -> bool:
    """Whether the kernel made it read-only: it says so, or mount options or fstab ask for read-write."""
    refused = "ro" in mount.super_options and ("rw" in mount.options or asked)
    return refused or bool(EMERGENCY & set(mount.super_options))


def _look(host: Host, mount: volumes.Mount) -> Volume:
    """Add evidence where it can be had; the finding stands without it."""
    kept = f"/sys/fs/ext4/{block_devices.kernel_name(host, mount.device)}"
    count = attempt(partial(host.read, f"{kept}/errors_count"), "", *Reason).strip()
    function = attempt(partial(host.read, f"{kept}/first_error_func"), "", *Reason).strip()
    disk = block_devices.disk_of(host, mount.device)
    errors = int(count) if count.isascii() and count.isdigit() else None
    return Volume(mount.mount, mount.device, mount.filesystem, disk, errors, function)


def judge(seen: tuple[Volume, ...], _: None) -> Iterator[Finding]:
    """Remounted: the file system has met an error; locked: Windows holds the disk for read-only."""
    for volume in seen:
        if volume.locked:
            subject = volume.mount or str(volume.disk)
            yield critical("locked", subject, volume=volume.mount or None, disk=volume.disk, model=volume.model)
            continue
        yield critical(
            "remounted", volume.mount, volume=volume.mount, device=volume.device, disk=volume.disk,
            filesystem=volume.filesystem, errors=volume.errors, function=volume.function or None,
        )  # fmt: skip


CHECK = Check(probe=probe, judge=judge, limits=None)
