"""The volumes of a machine: mount points, devices, file systems."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from techkit.host import UNANSWERED, ProbeError, attempt
from techkit.model import Reason, Record

if TYPE_CHECKING:
    from collections.abc import Iterable

    from techkit.host import Host

CURRENT_VERSION = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion"
LOCAL = {
    "apfs", "bcachefs", "btrfs", "exfat", "ext2", "ext3", "ext4", "f2fs", "fat", "fat32", "fuseblk", "jfs", "ntfs",
    "ntfs3", "refs", "reiserfs", "tmpfs", "vfat", "xfs", "zfs",
}  # fmt: skip
"""File systems that hold this machine's own data and are writable by nature."""
NETWORK = {
    "9p", "afs", "ceph", "cifs", "davfs", "fuse.glusterfs", "fuse.s3fs", "fuse.sshfs", "glusterfs", "lustre", "nfs",
    "nfs4", "smb3", "smbfs",
}  # fmt: skip
IMAGES = {"cramfs", "erofs", "iso9660", "romfs", "squashfs", "udf"}
"""Read-only image file systems, which are always full."""
REMOVABLE = "/run/media/"
"""Where desktops mount removable media, in a folder per person."""
BELOW = (
    "/dev/", "/etc/", "/proc/", "/run/", "/snap/", "/sys/", "/var/lib/containers/", "/var/lib/docker/", "/var/run/",
)  # fmt: skip
"""Mounts below these belong to the system or a container: runtime state, layers, bind-mounted host files."""

IN_MEMORY = ("/run", "/dev/shm")  # noqa: S108 - named, not used
"""In-memory file systems that services or many programs depend on."""


class Mount(Record, frozen=True):
    """One line of the mount table."""

    mount: str
    device: str
    filesystem: str
    options: tuple[str, ...]
    """of this mount"""
    super_options: tuple[str, ...] = ()
    """of the file system itself: the kernel's own `ro` after an error is here"""
    number: str = ""
    """major:minor, the same for every mount of one file system"""
    root: str = "/"
    """the part of the file system that is mounted"""

    @property
    def identity(self) -> str:
        """The same for bind mounts and subvolumes of one file system: its block device, where it has one."""
        return self.device if self.device.startswith("/dev/") else self.number


def _unescape(text: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), text)


def mounts(host: Host) -> tuple[Mount, ...]:
    """Every mount of a Linux machine, in the order of mounting; /proc/self/mountinfo, proc(5)."""
    found = parse_mountinfo(host.read("/proc/self/mountinfo"))
    if not found:
        raise ProbeError(Reason.UNREADABLE, "/proc/self/mountinfo")
    return found


def parse_mountinfo(text: str) -> tuple[Mount, ...]:
    """Parse /proc/self/mountinfo; a truncated line is left out."""
    found = []
    for line in text.splitlines():
        left, _, right = line.partition(" - ")
        words, more = left.split(), right.split()
        if len(words) < 6 or len(more) < 2:
            continue
        found.append(
            Mount(
                mount=_unescape(words[4]),
                device=_unescape(more[1]),
                filesystem=more[0],
                options=tuple(words[5].split(",")),
                super_options=tuple(more[2].split(",")) if len(more) > 2 else (),
                number=words[2],
                root=_unescape(words[3]),
            )
        )
    return tuple(found)


def local(host: Host) -> tuple[Mount, ...]:
    """The writable volumes that hold this machine's own data, each file system once.

    / is always included (even an overlay of a container or of a live system), unless it is an image
    or read-only; so are removable media. Left out: pseudo and network file systems, images,
    mounts below the system's own folders, and bind mounts and subvolumes of a file system already included.
    """
    if host.system == "windows":
        return _windows(host)
    visible = {mount.mount: mount for mount in mounts(host)}  # a later mount hides an earlier one
    chosen: dict[str, Mount] = {}
    for mount in sorted(visible.values(), key=_order):
        if "ro" not in mount.options and (_is_root(mount) or _is_data(mount)):
            chosen.setdefault(mount.identity, mount)
    return tuple(chosen.values())


def in_memory(host: Host) -> list[str]:
    """The existing in-memory file systems."""
    held = {mount.mount for mount in mounts(host) if mount.filesystem == "tmpfs"}
    return [place for place in IN_MEMORY if place in held]


def system_drive(host: Host) -> str:
    """The letter of the system volume, as C:."""
    values = attempt(lambda: host.registry(CURRENT_VERSION)["values"], {})
    return str(values.get("SystemRoot") or "C:")[:2].upper()


def holder(path: str, mounts: Iterable[str]) -> str:
    """The mount point that holds a path; empty for none of these."""
    above = [mount for mount in mounts if f"{path}/".startswith(f"{mount.rstrip('/')}/")]
    return max(above, key=len, default="")


def _order(mount: Mount) -> tuple[bool, bool, int, str]:
    """/ first, then whole file systems before parts of them, then short names before long ones."""
    return mount.mount != "/", mount.root != "/", len(mount.mount), mount.mount


def _is_root(mount: Mount) -> bool:
    return mount.mount == "/" and mount.filesystem not in IMAGES


def _is_data(mount: Mount) -> bool:
    inner = mount.mount.startswith(BELOW) and not mount.mount.startswith(REMOVABLE)
    return mount.filesystem in LOCAL and not inner and mount.mount not in {"/dev", "/run"}


def _windows(host: Host) -> tuple[Mount, ...]:
    """Win32_LogicalDisk of DriveType 3, else psutil: only local disks, because network drives may be dead."""
    ask = partial(host.wmi, "Win32_LogicalDisk", "DeviceID", "FileSystem", where="DriveType=3", timeout=8)
    rows = attempt(ask, [], *UNANSWERED) or [
        {"DeviceID": str(part["device"]).rstrip("\\"), "FileSystem": part["fstype"]}
        for part in host.psutil("disk_partitions")
        if "fixed" in str(part["opts"]).split(",")
    ]
    if not rows:
        raise ProbeError(Reason.UNREADABLE, "Win32_LogicalDisk")
    return tuple(
        Mount(str(row["DeviceID"]), str(row["DeviceID"]), str(row.get("FileSystem") or "").lower(), ())
        for row in sorted(rows, key=lambda row: str(row["DeviceID"]))
    )
