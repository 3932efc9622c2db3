"""What fstab asks for, and which of its lines do not hold."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import MACHINE, given

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.disk import fstab

ROOT = "29 1 254:1 / / rw,relatime - ext4 /dev/sda1 rw"
FOLDER = {"kind": "folder", "link": None}
GONE = ProbeError(Reason.MISSING, "gone")


def unheld(table: str, *mounts: str, **more: Any) -> tuple[fstab.Unheld, ...]:
    answers: dict[tuple[Any, ...], Any] = {
        ("read", "/proc/self/mountinfo"): "\n".join((ROOT, *mounts)),
        ("read", "/etc/fstab"): table,
        ("read", "/proc/filesystems"): "nodev\tsysfs\n\text4\n\tweirdfs\n",
        ("read", "/proc/sys/kernel/osrelease"): "6.1.0\n",
        ("read", "/lib/modules/6.1.0/modules.alias"): "alias fs-modularfs modularfs\n",
        ("listdir", "/dev/disk"): ["by-uuid", "by-label"],
        ("listdir", "/dev/disk/by-uuid"): ["1111-AAAA", "0f0f0f0f-1111-2222-3333-444455556666"],
        ("listdir", "/dev/disk/by-label"): ["My\\x20disk", "\\xd0\\x94\\xd0\\xb0"],
        ("listdir", "/dev/disk/by-partuuid"): GONE,
        ("stat", "/srv"): FOLDER,
        ("stat", "/data"): FOLDER,
        ("stat", "/nowhere"): GONE,
        ("which", "mount.ext5"): None,
        ("which", "mount.helperfs"): "/sbin/mount.helperfs",
    }
    return fstab.unheld(given(answers | more.get("answers", {})))


def test_lines_are_read() -> None:
    table = "# comment\n\nUUID=1 / ext4 rw,noatime 0 1\nLABEL=a\\040b\t/srv/my\\040data/ xfs\n"
    first, second = fstab.parse(table)
    assert (first.line, first.device, first.options) == (3, "UUID=1", ("rw", "noatime"))
    assert (second.device, second.mount, second.text) == (
        "LABEL=a b",
        "/srv/my data",
        "LABEL=a\\040b\t/srv/my\\040data/ xfs",
    )


def test_a_password_in_the_options_is_not_kept_with_the_line() -> None:
    (entry,) = fstab.parse("//nas/home /srv cifs username=anna,password=geheim 0 0")
    assert "geheim" not in entry.text
    assert entry.network


@pytest.mark.parametrize(
    ("options", "readonly"), [("defaults", False), ("ro", True), ("ro,rw", False), ("rw,ro", True)]
)
def test_the_last_word_on_writing_counts(options: str, readonly: bool) -> None:
    assert fstab.parse(f"/dev/sdb1 /srv ext4 {options}")[0].readonly is readonly


@pytest.mark.parametrize(
    "line",
    [
        "UUID=1111-aaaa none swap sw 0 0",
        "/swapfile swap swap defaults",
        "UUID=0 /srv ext4 noauto 0 0",
        "UUID=0 /srv ext4 x-systemd.automount 0 0",
        "proc /proc/x proc defaults 0 0",
        "devpts /srv devpts gid=5",
        "/dev/sda1 / ext4",
    ],
)
def test_nobody_expects_these_to_be_mounted_or_they_are(line: str) -> None:
    assert unheld(line) == ()


def test_a_mount_point_may_be_a_link() -> None:
    table, there = "tmpfs /var/lock tmpfs defaults", "40 29 0:30 / /run/lock rw - tmpfs tmpfs rw"
    assert unheld(table, there, answers={("stat", "/var/lock"): FOLDER | {"link": "../run/lock"}}) == ()


@pytest.mark.parametrize(
    ("device", "there"),
    [
        ("UUID=1111-aaaa", True),
        ("UUID=0BADCAFE-1111-2222-3333-444455556666", False),
        ('LABEL="My\\040disk"', True),
        ("LABEL=Да", True),
        ("PARTUUID=abc", False),
        ("pool/home", None),
    ],
)
def test_whether_a_device_is_there(device: str, there: bool | None) -> None:
    (line,) = unheld(f"{device} /srv ext4")
    assert line.device_there is there
    assert line.fault == ""


@pytest.mark.parametrize(
    ("elevated", "answer", "there"),
    [
        (True, {"code": 0, "out": "/dev/sdb1\n", "err": ""}, True),
        (True, {"code": 2, "out": "", "err": ""}, False),
        (True, {"code": 4, "out": "", "err": "usage"}, None),
        (True, ProbeError(Reason.TIMEOUT, "blkid"), None),
        (False, {"code": 2, "out": "", "err": ""}, None),
    ],
)
def test_without_udev_blkid_tells_the_administrator(elevated: bool, answer: Any, there: bool | None) -> None:
    more = {
        ("machine",): MACHINE | {"elevated": elevated},
        ("listdir", "/dev/disk"): GONE,
        ("run", "blkid", "-t", "UUID=0", "-o", "device"): answer,
    }
    assert unheld("UUID=0 /srv ext4", answers=more)[0].device_there is there


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("UUID=0 /srv", "fields"),
        ("this line is broken", "mount_point"),
        ("/dev/null /srv ext5 defaults 0 0", "type"),
        ("/dev/null /srv weirdfs", ""),
        ("/dev/null /srv modularfs", ""),
        ("/dev/null /srv helperfs", ""),
        ("/dev/null /srv ext5,ext4", ""),
        ("/data /srv none bind", ""),
        ("nas:/x /srv fuse.anything", ""),
    ],
)
def test_what_is_wrong_with_a_line(line: str, fault: str) -> None:
    (found,) = unheld(line, answers={("stat", "/dev/null"): {"kind": "device", "link": None}})
    assert found.fault == fault


def test_a_folder_that_is_not_there() -> None:
    (line,) = unheld("tmpfs /nowhere tmpfs")
    assert not line.folder_there


def test_a_doubt_about_the_folder_is_no_absence() -> None:
    (line,) = unheld("tmpfs /srv tmpfs", answers={("stat", "/srv"): ProbeError(Reason.TIMEOUT, "/srv")})
    assert line.folder_there


def test_a_line_that_allows_absence() -> None:
    (line,) = unheld("UUID=0 /srv ext4 defaults,nofail 0 2")
    assert line.optional


def test_a_missing_mount_table_is_no_empty_one() -> None:
    with pytest.raises(ProbeError):
        unheld("UUID=0 /srv ext4", answers={("read", "/proc/self/mountinfo"): ""})
