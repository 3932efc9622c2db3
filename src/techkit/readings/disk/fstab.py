"""/etc/fstab: what a Linux machine should mount, and which lines fail."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from techkit.host import attempt
from techkit.model import Reason, Record
from techkit.readings.disk import block_devices, volumes

if TYPE_CHECKING:
    from techkit.host import Host

PATH = "/etc/fstab"
BY = {"UUID": "by-uuid", "LABEL": "by-label", "PARTUUID": "by-partuuid", "PARTLABEL": "by-partlabel", "ID": "by-id"}
"""Folders of /dev/disk by the word in fstab."""
KERNEL = {
    "autofs", "binfmt_misc", "bpf", "cgroup", "cgroup2", "configfs", "debugfs", "devpts", "devtmpfs", "efivarfs",
    "fusectl", "hugetlbfs", "mqueue", "nfsd", "none", "proc", "pstore", "rpc_pipefs", "securityfs", "selinuxfs", "swap",
    "sysfs", "tracefs", "usbfs",
}  # fmt: skip
"""Pseudo file systems, which hold no data."""
KNOWN = volumes.LOCAL | volumes.NETWORK | volumes.IMAGES | KERNEL | {
    "adfs", "affs", "aufs", "auto", "befs", "bfs", "ecryptfs", "ext", "gfs2", "hfs", "hfsplus", "hpfs", "jffs2",
    "minix", "msdos", "nilfs2", "ntfs-3g", "ocfs2", "omfs", "overlay", "qnx4", "qnx6", "ramfs", "reiser4", "sysv",
    "ubifs", "ufs", "umsdos", "unionfs", "vboxsf", "virtiofs", "vmhgfs", "zonefs",
}  # fmt: skip
"""Known types, whatever this kernel has loaded."""
ON_DEMAND = {"noauto", "x-systemd.automount", "comment=systemd.automount"}
_FIELDS = re.compile(r"\S+(?:[ \t]+\S+){0,2}")


class Entry(Record, frozen=True):
    """One line; `fault` is `fields` (too few) or `mount_point` (no path) where it cannot be understood."""

    line: int
    text: str
    """its first three fields as written: the fourth may contain a password"""
    device: str = ""
    mount: str = ""
    filesystem: str = ""
    options: tuple[str, ...] = ()
    fault: str = ""

    @property
    def readonly(self) -> bool:
        """Whether it asks for read-only; the last option counts."""
        return [option for option in self.options if option in {"ro", "rw"}][-1:] == ["ro"]

    @property
    def expected(self) -> bool:
        """Whether it should be mounted now: not on demand, not by hand, no pseudo file system."""
        bind = {"bind", "rbind"} & set(self.options)
        return not ON_DEMAND & set(self.options) and self.filesystem != "swap" and (
            bool(bind) or not set(self.filesystem.split(",")) <= KERNEL
        )  # fmt: skip

    @property
    def network(self) -> bool:
        """Whether the volume is on another machine."""
        return bool(volumes.NETWORK & set(self.filesystem.split(","))) or self.device.startswith(("sshfs#", "//"))


class Unheld(Record, frozen=True):
    """A failing line; `device_there` is None if unknown."""

    line: int
    text: str
    fault: str = ""
    """fields, mount_point or type where the line itself is wrong"""
    volume: str = ""
    device: str = ""
    filesystem: str = ""
    device_there: bool | None = None
    folder_there: bool = True
    optional: bool = False
    """nofail: the system may boot without it"""
    network: bool = False
    disk: str | None = None


def entries(host: Host) -> tuple[Entry, ...]:
    """The lines of the file; without a file none."""
    return parse(attempt(lambda: host.read(PATH), ""))


def parse(text: str) -> tuple[Entry, ...]:
    """The lines of fstab(5), comments left out."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        match = _FIELDS.match(stripped := line.strip())
        if not match or stripped.startswith("#"):
            continue
        words = stripped.split()
        if len(words) < 3:
            found.append(Entry(number, match[0], fault="fields"))
            continue
        device, mount, filesystem = map(_unescape, words[:3])
        swap = filesystem == "swap" or mount in {"none", "swap"}
        found.append(
            Entry(
                number,
                match[0],
                device,
                posixpath.normpath(mount) if mount.startswith("/") else mount,
                filesystem,
                tuple(words[3].split(",")) if len(words) > 3 else (),
                fault="" if swap or mount.startswith("/") else "mount_point",
            )
        )
    return tuple(found)


def _unescape(text: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), text)


def unheld(host: Host) -> tuple[Unheld, ...]:
    """The lines that are invalid, or whose volume is not mounted."""
    mounted = {mount.mount for mount in volumes.mounts(host)}
    return tuple(
        _look(host, entry)
        for entry in entries(host)
        if entry.fault
        or (entry.mount.startswith("/") and entry.expected and not _is_mounted(host, entry, mounted))
        or (entry.filesystem == "swap" and not ON_DEMAND & set(entry.options) and _is_lost(host, entry))
    )


def _is_lost(host: Host, swap: Entry) -> bool:
    """Whether neither a device nor a file is where swap space is said to be."""
    if swap.device.startswith("/") and not swap.device.startswith("/dev/"):
        return attempt(lambda: host.exists(swap.device), None, *Reason) is False
    return device_there(host, swap.device) is False


def _is_mounted(host: Host, entry: Entry, mounted: set[str]) -> bool:
    if entry.mount in mounted:
        return True
    link = attempt(lambda: host.stat(entry.mount), {}, *Reason).get("link")
    return bool(link) and posixpath.normpath(posixpath.join(posixpath.dirname(entry.mount), link)) in mounted


def _look(host: Host, entry: Entry) -> Unheld:
    if entry.fault:
        return Unheld(entry.line, entry.text, entry.fault)
    there = None if entry.network else device_there(host, entry.device)
    return Unheld(
        entry.line,
        entry.text,
        "" if _is_type(host, entry) else "type",
        entry.mount,
        entry.device,
        entry.filesystem,
        device_there=there,
        folder_there=attempt(lambda: host.exists(entry.mount), None, *Reason) is not False,
        optional="nofail" in entry.options,
        network=entry.network,
        disk=block_devices.disk_of(host, entry.device) if there else None,
    )


def _is_type(host: Host, entry: Entry) -> bool:
    """Whether a file system type exists: known to us, in the kernel, as a module, or with a mount helper."""
    kinds = set(entry.filesystem.split(","))
    if kinds & KNOWN or entry.filesystem.startswith("fuse") or {"bind", "rbind"} & set(entry.options):
        return True
    loaded = attempt(lambda: host.read("/proc/filesystems"), "", *Reason)
    if kinds & {line.split()[-1] for line in loaded.splitlines() if line.strip()}:
        return True
    release = attempt(lambda: host.read("/proc/sys/kernel/osrelease"), "", *Reason).strip()
    aliases = attempt(lambda: host.read(f"/lib/modules/{release}/modules.alias"), "", *Reason)
    return any(f"alias fs-{kind} " in aliases or host.which(f"mount.{kind}") for kind in kinds)


def device_there(host: Host, device: str) -> bool | None:
    """Whether a device exists; None if it is no device, or unknown."""
    word, _, value = device.partition("=")
    if word in BY:
        return _is_tagged(host, word, value.strip('"'))
    if device.startswith("/dev/"):
        there: bool | None = attempt(lambda: host.exists(device), None, *Reason)
        return there
    return None


def _is_tagged(host: Host, word: str, value: str) -> bool | None:
    """udev's links; without udev blkid, which needs root and exits with 2 for no match."""
    if attempt(lambda: host.listdir("/dev/disk"), None, *Reason) is not None:
        names = attempt(lambda: host.listdir(f"/dev/disk/{BY[word]}"), [])
        return value.casefold() in {_plain(name).casefold() for name in names}
    if not host.elevated or word == "ID":
        return None
    answer = attempt(lambda: host.run("blkid", "-t", f"{word}={value}", "-o", "device"), None, *Reason)
    if answer is None or answer["code"] not in {0, 2}:
        return None
    return bool(answer["out"].strip())


def _plain(name: str) -> str:
    """A label as udev escapes it, decoded."""
    if "\\x" not in name:
        return name
    raw = re.sub(rb"\\x([0-9a-fA-F]{2})", lambda match: bytes([int(match[1], 16)]), name.encode())
    return raw.decode("utf-8", "backslashreplace")
