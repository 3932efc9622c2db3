"""What the kernel and file systems tell of their errors; the messages are the kernel's own."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import given

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.disk import errors
from techkit.readings.disk.errors import Device, System
from techkit.readings.os.kernel_log import COLUMNS, JOURNAL, Message

MOUNTS = """29 1 8:2 / / rw,relatime - ext4 /dev/sda2 rw,errors=remount-ro
40 29 8:17 / /srv/data rw,noatime,relatime - ext4 /dev/sdb1 ro
41 29 0:44 / /srv/pool rw - btrfs /dev/sdc rw
"""
SUPERBLOCK = """dumpe2fs 1.47.0 (5-Feb-2023)
Filesystem volume name:   <none>
Filesystem state:         not clean with errors
Errors behavior:          Continue
FS Error count:           5
"""


def messages(*lines: str) -> list[Message]:
    return [Message(line) for line in lines]


@pytest.mark.parametrize(
    ("line", "name", "kind", "active"),
    [
        ("EXT4-fs error (device sdb1): ext4_find_entry:1638: inode #12: comm ls: checksumming", "sdb1", "ext4", True),
        ("EXT4-fs (sdb1): warning: mounting fs with errors, running e2fsck is recommended", "sdb1", "ext4", False),
        ("XFS (dm-0): Metadata corruption detected at xfs_agi_verify", "dm-0", "xfs", True),
        ("XFS (dm-0): Corruption of in-memory data detected.  Shutting down filesystem", "dm-0", "xfs", True),
        ("BTRFS error (device sda3 state EA): parent transid verify failed on 1", "sda3", "btrfs", True),
        (
            "BTRFS error (device sda3): bdev /dev/sda3 errs: wr 0, rd 0, flush 0, corrupt 2",
            "sda3",
            "btrfs",
            True,
        ),
    ],
)
def test_a_file_system_has_met_an_error(line: str, name: str, kind: str, active: bool) -> None:
    assert errors.parse_systems(messages(line)) == {name: (kind, line, active)}


@pytest.mark.parametrize(
    "line",
    [
        "EXT4-fs (sda2): mounted filesystem with ordered data mode",
        "EXT4-fs (sda2): re-mounted. Opts: errors=remount-ro",
        "XFS (dm-0): Ending clean mount",
        "FAT-fs (sdc1): Volume was not properly unmounted. Some data may be corrupt. Please run fsck.",
        "BTRFS error (device sda3): unrecognized mount option 'x'",
        "EXT4-fs (sda2): error count since last fsck: 5",
    ],
)
def test_a_file_system_says_something_ordinary(line: str) -> None:
    assert errors.parse_systems(messages(line)) == {}


def test_disks_and_their_connections() -> None:
    log = messages(
        "ata2.00: exception Emask 0x0 SAct 0x0 SErr 0x0 action 0x0",
        "ata3.00: exception Emask 0x10 SAct 0x0 SErr 0x400000 action 0x6 frozen",
        "blk_update_request: I/O error, dev sdb, sector 117218432 op 0x0:(READ) flags 0x80700",
        "Buffer I/O error on dev sdb1, logical block 14652048, async page read",
        "critical medium error, dev nvme0n1, sector 99 op 0x0:(READ) flags 0x0",
        "sd 0:0:0:0: [sdd] tag#3 Sense Key : Medium Error [current]",
        "I/O error, dev sde, sector 8 op 0x1:(WRITE) flags 0x0",
        "sd 6:0:0:0: [sde] Synchronize Cache(10) failed: Result: hostbyte=DID_NO_CONNECT driverbyte=DRIVER_OK",
        "blk_update_request: I/O error, dev fd0, sector 0 op 0x0:(READ)",
        "I/O error, dev sr0, sector 12 op 0x0:(READ)",
        "Buffer I/O error on dev dm-3, logical block 1, async page read",
        "nvme nvme1: I/O 12 QID 4 timeout, aborting",
    )
    found = {(one.disk, one.link): one for one in errors.parse_devices(log, {"ata2": "/dev/sdb"})}
    assert found.keys() == {
        ("ata3", True), ("/dev/sdb", False), ("/dev/nvme0", False), ("/dev/sdd", False), ("/dev/sde", False),
        ("/dev/nvme1", True),
    }  # fmt: skip
    assert found["/dev/sdb", False] == Device("/dev/sdb", 2, log[3].text)
    assert found["/dev/nvme0", False].medium
    assert found["/dev/sdd", False].medium
    assert found["/dev/sde", False].gone


def test_a_stumble_counts_once_and_a_drive_that_was_given_up_is_no_stumble() -> None:
    told = (
        "ata3.00: exception Emask 0x10 SAct 0x0 SErr 0x400101 action 0x6 frozen",
        "ata3: hard resetting link",
    )
    (link,) = errors.parse_devices(messages(*told * 3))
    assert (link.disk, link.count, link.link) == ("ata3", 3, True)
    (drive,) = errors.parse_devices(
        messages("nvme nvme0: I/O 1 QID 3 timeout, aborting", "nvme nvme0: Removing after probe failure status: -19")
    )
    assert (drive.disk, drive.link) == ("/dev/nvme0", False)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (SUPERBLOCK, 5),
        (SUPERBLOCK.replace("FS Error count:           5\n", ""), 1),
        ("Filesystem state:         clean\n", 0),
        ("dumpe2fs: Permission denied\n", None),
    ],
)
def test_what_a_superblock_remembers(text: str, count: int | None) -> None:
    assert errors.parse_superblock(text) == count


def linux(**more: Any) -> Any:
    return given({
        ("read", "/proc/self/mountinfo"): MOUNTS,
        ("run", *JOURNAL, COLUMNS): more.get("log", {"code": 0, "out": "", "err": ""}),
        ("run", "dmesg", "-r"): ProbeError(Reason.FORBIDDEN),
        ("read", "/sys/fs/ext4/sda2/errors_count"): "0\n",
        ("read", "/sys/fs/ext4/sdb1/errors_count"): "3\n",
        ("read", "/sys/fs/ext4/sdb1/last_error_func"): "ext4_find_entry\n",
        ("listdir", "/sys/fs/btrfs"): ["features", "0f-1"],
        ("listdir", "/sys/fs/btrfs/0f-1/devices"): ["sdc", "sdd"],
        ("listdir", "/sys/fs/btrfs/0f-1/devinfo"): ["1", "2"],
        ("read", "/sys/fs/btrfs/0f-1/devinfo/1/error_stats"): "write_errs 0\nread_errs 0\ncorruption_errs 2\n",
        ("read", "/sys/fs/btrfs/0f-1/devinfo/2/error_stats"): "write_errs 0\nread_errs 0\ncorruption_errs 0\n",
    })  # fmt: skip


def test_what_is_remembered() -> None:
    seen = errors.errors(linux())
    assert seen.systems == (
        System("/srv/data", "/dev/sdb1", "ext4", "rw,noatime", None, 3, "ext4_find_entry", "", active=True),
        System("/srv/pool", "/dev/sdc", "btrfs", "rw", None, 2),
    )
    assert seen.unseen is None


def test_an_ordinary_user_sees_only_what_is_remembered() -> None:
    denied = {"code": 1, "out": "", "err": "Hint: You are currently not seeing messages from other users"}
    seen = errors.errors(linux(log=denied))
    assert len(seen.systems) == 2
    assert seen.unseen is Reason.FORBIDDEN


def test_windows_events_and_the_dirty_bit() -> None:
    def event(number: int, level: int, data: Any) -> dict[str, Any]:
        return {"id": number, "provider": "x", "level": level, "time": 1.0, "data": data}

    host = given({
        ("machine",): {"system": "windows"},
        ("events", "System", (7, 11, 51, 153), 7, ("disk",)): [
            event(7, 2, ["\\Device\\Harddisk1\\DR1"]),
            event(51, 3, ["\\Device\\Harddisk0\\DR0"]),
            event(153, 3, ["\\Device\\Harddisk0\\DR0", "0x10", "0", "\\Device\\00000030"]),
            event(51, 3, ["\\Device\\CdRom0"]),
        ],
        ("events", "System", (129,), 7, errors.MINIPORTS): [
            event(129, 3, ["\\Device\\RaidPort0"]),
            event(129, 3, []),
        ],
        ("events", "System", (55, 98), 7, ("Ntfs", "Microsoft-Windows-Ntfs")): [
            event(98, 4, {"DriveName": "C:", "DeviceName": "\\Device\\HarddiskVolume3", "CorruptionActionState": 0}),
            event(55, 2, {"DriveName": "D:", "DeviceName": "\\Device\\HarddiskVolume4"}),
        ],
        ("wmi", "root\\cimv2", "Win32_Volume", ("DriveLetter", "FileSystem", "DirtyBitSet"), "DriveType=3"): [
            {"DriveLetter": "C:", "FileSystem": "NTFS", "DirtyBitSet": False},
            {"DriveLetter": "E:", "FileSystem": "NTFS", "DirtyBitSet": True},
            {"DriveLetter": None, "FileSystem": "NTFS", "DirtyBitSet": None},
        ],
    })  # fmt: skip
    seen = errors.errors(host)
    assert [(one.volume, one.active, one.message) for one in seen.systems] == [
        ("D:", True, "Ntfs 55"),
        ("E:", False, "DirtyBitSet"),
    ]
    assert [(one.disk, one.count, one.link) for one in seen.devices] == [
        ("PhysicalDrive1", 1, False),
        ("PhysicalDrive0", 3, True),
    ]
