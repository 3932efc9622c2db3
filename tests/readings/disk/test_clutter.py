"""What lies about on volumes that are short of space."""

from __future__ import annotations

from typing import Any

from hosts import given

from techkit.model import GiB
from techkit.readings.disk import clutter, logs

TMP, VAR_TMP = "/tmp", "/var/tmp"  # noqa: S108 - named, not used
ROOT = "29 1 254:1 / / rw,relatime - ext4 /dev/vda1 rw\n40 29 8:1 / /tmp rw,relatime - ext4 /dev/sda1 rw\n"


def tree(size: int) -> dict[str, Any]:
    return {"files": [], "folders": [], "size": size, "entries": 9, "closed": 0, "complete": True}


def test_only_the_volume_that_is_short_is_looked_at() -> None:
    host = given({
        ("read", "/proc/self/mountinfo"): ROOT,
        ("person",): {"name": "anna", "id": 1000, "home": "/home/anna"},
        ("statvfs", "/"): {"total": 40 * GiB, "available": GiB},
        ("statvfs", TMP): {"total": 40 * GiB, "available": 0},
        ("largest", VAR_TMP, 20): tree(GiB),
        ("largest", "/home/anna/.local/share/Trash", 20): tree(3 * GiB),
        ("largest", "/var/cache/apt/archives", 20): tree(0),
    })  # fmt: skip
    assert clutter.piles(host) == (
        clutter.Pile("temporary", "/", GiB, 40 * GiB, GiB, (VAR_TMP,)),
        clutter.Pile("trash", "/", 3 * GiB, 40 * GiB, GiB, ("/home/anna/.local/share/Trash",)),
    )


def test_where_there_is_room_nothing_is_asked() -> None:
    space = {"total": 40 * GiB, "available": 30 * GiB}
    host = given({("read", "/proc/self/mountinfo"): ROOT, ("statvfs", "/"): space, ("statvfs", TMP): space})
    assert clutter.piles(host) == ()


def test_windows() -> None:
    host = given({
        ("machine",): {"system": "windows"},
        ("person",): {"name": "anna", "id": "S-1", "home": "C:\\Users\\anna"},
        ("wmi", "root\\cimv2", "Win32_LogicalDisk", ("DeviceID", "FileSystem"), "DriveType=3"): [
            {"DeviceID": "C:", "FileSystem": "NTFS"}
        ],
        ("statvfs", "C:"): {"total": 250 * GiB, "available": GiB},
        ("registry", logs.VERSION): {"values": {"SystemRoot": "C:\\WINDOWS"}, "keys": []},
        ("largest", "C:\\WINDOWS\\SoftwareDistribution\\Download", 20): tree(9 * GiB),
        ("largest", "C:\\Users\\anna\\AppData\\Local\\Temp", 20): tree(2 * GiB),
    })  # fmt: skip
    assert [(pile.kind, pile.size) for pile in clutter.piles(host)] == [("temporary", 2 * GiB), ("packages", 9 * GiB)]
