"""The volumes of a machine: what is mounted where, from which device, of what kind."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from techkit.model import Record

if TYPE_CHECKING:
    from techkit.host import Host

LOCAL = {
    "apfs", "bcachefs", "btrfs", "exfat", "ext2", "ext3", "ext4", "f2fs", "fat", "fat32", "fuseblk", "jfs", "ntfs",
    "ntfs3", "refs", "reiserfs", "tmpfs", "vfat", "xfs", "zfs",
}  # fmt: skip
"""File systems that hold this machine's own data and can be written to."""
RUNTIME = ("/proc", "/sys", "/dev", "/run", "/snap/", "/var/lib/docker/", "/var/lib/containers/")
REMOVABLE = ("/run/media/",)
"""Where desktops mount what people plug in."""
NETWORK = {"9p", "afs", "ceph", "cifs", "fuse.sshfs", "glusterfs", "nfs", "nfs4", "smb3", "smbfs"}


class Mount(Record, frozen=True):
    """One line of the mount table."""

    mount: str
    device: str
    filesystem: str
    options: tuple[str, ...]
    """of this mount"""
    super_options: tuple[str, ...] = ()
    """of the file system itself: the kernel's own `ro` after an error stands here"""
    number: str = ""
    """major:minor, the same for every mount of one file system"""
    root: str = "/"
    """the part of the file system that is mounted"""


def _unescape(text: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), text)


def mounts(host: Host) -> tuple[Mount, ...]:
    """Every mount of a Linux machine, in the order of mounting; /proc/self/mountinfo, proc(5)."""
    return parse_mountinfo(host.read("/proc/self/mountinfo"))


def parse_mountinfo(text: str) -> tuple[Mount, ...]:
    """The table of /proc/self/mountinfo; a line that is cut short is left out."""
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
    """The writable volumes that hold this machine's own data, each file system once, / always.

    Left out: pseudo and network file systems, images that are full by nature (squashfs, iso9660), what lies below
    the runtime folders, bind mounts of a file system that is already there, and what lies beneath another mount.
    """
    if host.system == "windows":
        return _windows(host)
    visible = {mount.mount: mount for mount in mounts(host)}  # a later mount hides an earlier one
    chosen: dict[str, Mount] = {}
    for mount in sorted(visible.values(), key=lambda mount: (len(mount.mount), mount.mount)):
        runtime = mount.mount.startswith(RUNTIME) and not mount.mount.startswith(REMOVABLE)
        if mount.mount == "/" or (mount.filesystem in LOCAL and not runtime and "ro" not in mount.options):
            chosen.setdefault(mount.number, mount)
    return tuple(chosen.values())


def _windows(host: Host) -> tuple[Mount, ...]:
    """Win32_LogicalDisk of DriveType 3: local disks only, so that a dead network drive is never touched."""
    rows = host.wmi("Win32_LogicalDisk", "DeviceID", "FileSystem", where="DriveType=3", timeout=8)
    return tuple(
        Mount(str(row["DeviceID"]), str(row["DeviceID"]), str(row.get("FileSystem") or "").lower(), ())
        for row in sorted(rows, key=lambda row: str(row["DeviceID"]))
    )
