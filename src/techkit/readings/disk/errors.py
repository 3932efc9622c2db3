"""Errors of file systems and disks: from the kernel log since boot, and recorded on disk."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import ProbeError, attempt
from techkit.model import Gap, Reason, Record
from techkit.readings.disk import block_devices, volumes, windows_disks
from techkit.readings.os import kernel_log
from techkit.readings.supplements import Supplements

if TYPE_CHECKING:
    from collections.abc import Iterable

    from techkit.host import Host
    from techkit.readings.os.kernel_log import Message

EXT = {"ext2", "ext3", "ext4"}
SYSTEM = {"/", "/usr", "/var", "/home", "/boot", "/boot/efi"}
"""What cannot be unmounted while the machine runs."""
LONGEST = 200
DAYS = 7
"""Days of a Windows event log that are read."""
RESET = 129
MINIPORTS = (
    "storahci", "stornvme", "iaStorA", "iaStorAC", "iaStorAV", "iaStorAVC", "iaStorVD", "vioscsi", "amdsata",
    "LSI_SAS", "megasas2i", "pvscsi",
)  # fmt: skip
"""Storage drivers whose event 129 is a reset; with others the number means something else."""

_SYSTEM_ERROR = re.compile(
    r"EXT[234]-fs error \(device (?P<ext>[\w!-]+)\)"
    r"|EXT[234]-fs \((?P<flag>[\w!-]+)\): warning: mounting fs with errors"
    r"|XFS \((?P<xfs>[\w!-]+)\): (?:Metadata |Internal error|.*[Cc]orrupt|(?:metadata|log) I/O error|Unmount and run)"
    r"|BTRFS (?:error|critical) \(device (?P<btrfs>[\w!-]+)[^)]*\): "
    r"(?=.*(?:corrupt|csum|checksum|transid|bdev |IO failure|forced readonly|bad tree))"
    r"|F2FS-fs \((?P<f2fs>[\w!-]+)\): .*(?:corrupt|nconsisten|invalid)"
    r"|ntfs3: (?P<ntfs3>\w+): .*(?:corrupt|MFT)"
)
_DEVICE_ERROR = re.compile(
    r"(?P<kind>[\w/ -]*?) ?error,? (?:on )?dev(?:ice)? (?P<dev>\w+)(?:,|:| )"
    r"|\[(?P<sd>sd[a-z]+)\].*(?P<medium>Medium Error|Hardware Error)"
)
_GONE = re.compile(r"(?:\[(sd[a-z]+)\].*(?:DID_NO_CONNECT|offline)|device offline error, dev (\w+))")
_LINK = re.compile(
    r"(?P<ata>ata\d+)(?:\.\d\d)?: "
    r"(?P<stumble>exception Emask|hard resetting link|COMRESET failed|limiting SATA link speed)"
    r"|nvme (?P<nvme>nvme\d+): "
    r"(?P<stop>I/O .*timeout|controller is down|Abort status|Device not ready|resetting controller)"
)
_DEAD = re.compile(
    r"nvme (nvme\d+): (?:Removing after probe failure|Disabling device after reset failure"
    r"|Device not ready; aborting (?:reset|initiali[sz]ation)|Device shutdown incomplete)"
)
"""The kernel has given the drive up."""
_DISK = re.compile(r"((?:sd|hd|vd|xvd)[a-z]+)\d*|((?:nvme\d+n|mmcblk)\d+)(?:p\d+)?")


class System(Record, frozen=True):
    """A file system with errors; `active`: since boot, else only recorded since its last check."""

    volume: str
    device: str
    filesystem: str
    options: str = "defaults"
    disk: str | None = None
    count: int | None = None
    function: str = ""
    message: str = ""
    active: bool = False


class Device(Record, frozen=True):
    """A disk, or its link, with errors since boot or in the last days."""

    disk: str
    count: int
    message: str
    link: bool = False
    medium: bool = False
    gone: bool = False
    """it was unplugged while in use"""


class Errors(Record, frozen=True):
    """All of them; `unseen` if the kernel log may not be read."""

    systems: tuple[System, ...] = ()
    devices: tuple[Device, ...] = ()
    unseen: Reason | None = None
    detail: str = ""
    hidden: tuple[Gap, ...] = ()
    """why Windows says nothing of its volumes"""


def errors(host: Host) -> Errors:
    """Ask the kernel log and sysfs; on Windows the event log."""
    if host.system == "windows":
        return _windows(host)
    try:
        log, unseen, detail = kernel_log.kernel_log(host), None, ""
    except ProbeError as error:
        log, unseen, detail = (), error.reason, error.detail
    return Errors(_systems(host, log), parse_devices(log, _ata(host)), unseen, detail)


# ---------------------------------------------------------------------- Linux: file systems
def _systems(host: Host, log: tuple[Message, ...]) -> tuple[System, ...]:
    told = parse_systems(log)
    found: dict[str, System] = {}
    for mount in volumes.mounts(host):
        known = EXT | {"xfs", "btrfs", "f2fs", "ntfs3"}
        if mount.filesystem not in known or mount.identity in found or not mount.device.startswith("/dev/"):
            continue
        name = block_devices.kernel_name(host, mount.device)
        message = told.pop(name, told.pop(posixpath.basename(mount.device), ("", "", False)))
        count, function = _remembered(host, mount, name)
        if not count and not message[1]:
            continue
        stopped = {"ro", "emergency_ro", "shutdown"} & set(mount.super_options) and "rw" in mount.options
        options = [option for option in mount.options if option not in {"ro", "relatime"}]
        found[mount.identity] = System(
            mount.mount, mount.device, mount.filesystem, ",".join(options) or "defaults",
            block_devices.disk_of(host, mount.device), count, function, message[1],
            active=bool(message[2] or stopped),
        )  # fmt: skip
    unplugged = any("USB disconnect" in line.text or _GONE.search(line.text) for line in log)
    absent = [
        System("", f"/dev/{name}", kind, message=message, active=active)
        for name, (kind, message, active) in told.items()
        if not unplugged or attempt(partial(host.stat, f"/sys/class/block/{name}"), {}, *Reason)
    ]
    return (*found.values(), *absent)


def parse_systems(log: Iterable[Message]) -> dict[str, tuple[str, str, bool]]:
    """By kernel device name: (file system, last message, whether there was an error)."""
    found: dict[str, tuple[str, str, bool]] = {}
    for line in log:
        if not (match := _SYSTEM_ERROR.search(line.text)):
            continue
        kind, name = next((key, value) for key, value in match.groupdict().items() if value)
        active = kind != "flag" or found.get(name, ("", "", False))[2]
        found[name] = ("ext4" if kind in {"ext", "flag"} else kind, line.text.strip()[:LONGEST], active)
    return found


def _remembered(host: Host, mount: volumes.Mount, name: str) -> tuple[int | None, str]:
    """(error count, where the last occurred): ext keeps them in its superblock, Btrfs per device."""
    if mount.filesystem == "btrfs":
        return _btrfs(host, name), ""
    if mount.filesystem not in EXT:
        return None, ""
    kept = f"/sys/fs/ext4/{name}"
    count = attempt(partial(host.read, f"{kept}/errors_count"), "", *Reason).strip()
    if count.isascii() and count.isdigit():
        function = attempt(partial(host.read, f"{kept}/last_error_func"), "", *Reason).strip() if count != "0" else ""
        return int(count), function
    if not host.elevated:
        return None, ""
    said: dict[str, Any] = attempt(partial(host.run, "dumpe2fs", "-h", mount.device), {}, *Reason)
    return parse_superblock(said.get("out", "")), ""


def parse_superblock(text: str) -> int | None:
    """The error count of `dumpe2fs -h`; 1 if only the state mentions errors; None without output."""
    state = re.search(r"^Filesystem state: +(.*)$", text, re.MULTILINE)
    count = re.search(r"^FS Error count: +(\d+)$", text, re.MULTILINE)
    if not state:
        return None
    return int(count[1]) if count else int("with errors" in state[1])


def _btrfs(host: Host, name: str) -> int | None:
    base = "/sys/fs/btrfs"
    for pool in attempt(partial(host.listdir, base), [], *Reason):
        if name in attempt(partial(host.listdir, f"{base}/{pool}/devices"), [], *Reason):
            counted = 0
            for number in attempt(partial(host.listdir, f"{base}/{pool}/devinfo"), [], *Reason):
                stats = attempt(partial(host.read, f"{base}/{pool}/devinfo/{number}/error_stats"), "", *Reason)
                counted += sum(map(int, re.findall(r"_errs (\d+)", stats)))
            return counted
    return None


# ---------------------------------------------------------------------- Linux: disks
def parse_devices(log: Iterable[Message], ata: dict[str, str] | None = None) -> tuple[Device, ...]:
    """Errors of disks and their links; removable-media readers and mappings are left out."""
    gone: set[str] = set()
    kept: dict[tuple[str, bool], list[tuple[str, bool]]] = {}
    stumbles: dict[str, Counter[str]] = {}
    for line in log:
        if away := _GONE.search(line.text):
            gone.add(_disk(away[1] or away[2]))
        elif dead := _DEAD.search(line.text):
            kept.setdefault((f"/dev/{dead[1]}", False), []).append((line.text, False))
        elif link := _LINK.search(line.text):
            name = f"/dev/{link['nvme']}" if link["nvme"] else (ata or {}).get(link["ata"], link["ata"])
            stumbles.setdefault(name, Counter())[(link["stumble"] or link["stop"]).partition(" ")[0]] += 1
            kept.setdefault((name, True), []).append((line.text, False))
        elif (match := _DEVICE_ERROR.search(line.text)) and (disk := _disk(match["dev"] or match["sd"])):
            medium = bool(match["medium"]) or "medium" in (match["kind"] or "")
            kept.setdefault((disk, False), []).append((line.text, medium))
    found = [
        Device(
            disk,
            max(stumbles[disk].values()) if link else len(lines),  # one event is logged in several lines
            lines[-1][0].strip()[:LONGEST],
            link,
            any(medium for _, medium in lines),
            disk in gone,
        )
        for (disk, link), lines in kept.items()
    ]
    failing = {device.disk for device in found if not device.link}
    return tuple(device for device in found if not (device.link and device.disk in failing))


def _disk(name: str | None) -> str:
    """/dev/sdb for sdb1, /dev/nvme0 for nvme0n1p2, as smartctl names them; empty for anything but a disk."""
    match = _DISK.fullmatch(name or "")
    return f"/dev/{block_devices.controller(match[1] or match[2])}" if match else ""


def _ata(host: Host) -> dict[str, str]:
    """The disk at each ATA port, by the path of its device."""
    found = {}
    for name in block_devices.all_names(host):
        if name.startswith("sd"):
            link = attempt(partial(host.stat, f"/sys/class/block/{name}"), {}, *Reason).get("link") or ""
            if port := re.search(r"/(ata\d+)/", link):
                found[port[1]] = f"/dev/{name}"
    return found


# ---------------------------------------------------------------------- Windows
def _windows(host: Host) -> Errors:
    """System log: disk 7, 11, 51, 153, resets 129 of storage drivers, Ntfs 55 and 98; the dirty bit; MSFT_Volume."""
    disks = host.events("System", ids=(7, 11, 51, 153), days=DAYS, providers=("disk",))
    counted: dict[tuple[str, bool], list[int]] = {}
    for event in disks:
        if match := re.search(r"Harddisk(\d+)", _first(event["data"])):
            counted.setdefault((f"PhysicalDrive{match[1]}", event["id"] != 7), []).append(event["id"])
    for port, resets in _resets(host).items():
        linked = [key for key in counted if key[1]]
        counted.setdefault(linked[0] if len(linked) == 1 else (port, True), []).extend(resets)
    devices = [
        Device(disk, len(ids), f"disk {', '.join(map(str, sorted(set(ids))))}", link, not link)
        for (disk, link), ids in counted.items()
    ]
    marks: dict[str, System] = {}
    for event in host.events("System", ids=(55, 98), days=DAYS, providers=("Ntfs", "Microsoft-Windows-Ntfs")):
        data = event["data"] if isinstance(event["data"], dict) else {}
        harmless = event["id"] == 98 and (event["level"] > 3 or data.get("CorruptionActionState") in {None, 0, "0"})
        volume = str(data.get("DriveName") or _first(event["data"]))
        if not harmless and volume:
            marks.setdefault(volume, System(volume, volume, "NTFS", message=f"Ntfs {event['id']}", active=True))
    more = Supplements(host)
    dirty = partial(
        host.wmi, "Win32_Volume", "DriveLetter", "FileSystem", "DirtyBitSet", where="DriveType=3", timeout=8
    )
    rows = more.ask(dirty, None, "Win32_Volume")
    harmed = more.ask(partial(windows_disks.harmed, host), None, "MSFT_Volume")
    for row in rows or ():
        volume = str(row.get("DriveLetter") or "")
        if row.get("DirtyBitSet") is True and volume:
            filesystem = str(row.get("FileSystem") or "NTFS")
            marks.setdefault(volume, System(volume, volume, filesystem, message="DirtyBitSet"))
    for volume, filesystem, full in harmed or ():
        mark = System(volume, volume, filesystem, message="MSFT_Volume.HealthStatus", active=full)
        marks.setdefault(volume, mark)
    hidden = more.unseen if rows is None and harmed is None else ()
    return Errors(tuple(marks.values()), tuple(devices), hidden=hidden)


def _resets(host: Host) -> dict[str, list[int]]:
    """Resets by port, because a disk did not answer; the event does not name the disk."""
    found: dict[str, list[int]] = {}
    for event in host.events("System", ids=(RESET,), days=DAYS, providers=MINIPORTS):
        if match := re.search(r"RaidPort\d+", _first(event["data"])):
            found.setdefault(match[0], []).append(RESET)
    return found


def _first(data: Any) -> str:
    values = list(data.values()) if isinstance(data, dict) else list(data or ())
    return str(values[0]) if values else ""
