"""The mount table: what counts as a volume of this machine, and what has turned read-only."""

from __future__ import annotations

import pytest
from hosts import MACHINE, given
from hypothesis import given as any_of
from hypothesis import strategies as st

from techkit import registry
from techkit.host import ProbeError
from techkit.readings.disk import fstab, volumes

ROOT = "29 1 254:1 / / rw,relatime - ext4 /dev/vda1 rw,errors=remount-ro"


def machine(*lines: str, table: str = "") -> object:
    return given({("read", "/proc/self/mountinfo"): "\n".join((ROOT, *lines)) + "\n", ("read", "/etc/fstab"): table})


@pytest.mark.parametrize(
    ("line", "counts"),
    [
        ("40 29 8:1 / /srv/my\\040data rw - xfs /dev/sda1 rw", True),
        ("40 29 8:1 / /run/media/anna/STICK rw - vfat /dev/sda1 rw", True),
        ("40 29 7:0 / /snap/core/1 ro - squashfs /dev/loop0 ro", False),
        ("40 29 11:0 / /media/cd ro - iso9660 /dev/sr0 ro", False),
        ("40 29 0:50 / /mnt/nas rw - nfs4 nas:/ rw", False),
        ("40 29 0:5 / /proc rw - proc proc rw", False),
        ("40 29 0:24 / /run rw - tmpfs tmpfs rw", False),
        ("40 29 254:1 /srv /bound rw - ext4 /dev/vda1 rw", False),
        ("40 29 254:1 /@home /home rw - btrfs /dev/vda1 rw,subvol=/@home", False),
        ("40 29 8:1 / /system rw - xfs /dev/sda1 rw", True),
        ("40 29 8:1 / /srv ro - xfs /dev/sda1 ro", False),
        ("40 29 0:40 / /tmp rw - tmpfs tmpfs rw", True),
        ("40 29 0:41 / /run/user/1000 rw - tmpfs tmpfs rw", False),
        ("40 29 0:42 / /dev/shm rw - tmpfs tmpfs rw", False),
        ("40 29 8:1 /x/hosts /etc/hosts rw - ext4 /dev/sda1 rw", False),
        ("40 29 0:43 / /var/lib/docker/overlay2/1/merged rw - overlay overlay rw", False),
        ("40 29", False),
    ],
)
def test_what_counts_as_a_volume(line: str, counts: bool) -> None:
    found = [mount.mount for mount in volumes.local(machine(line))]  # type: ignore[arg-type]
    assert found[0] == "/"
    assert len(found) == 1 + counts


@pytest.mark.parametrize(
    ("root", "found"),
    [
        ("29 1 0:50 / / rw - overlay overlay rw,lowerdir=/a,upperdir=/b", ["/"]),
        ("29 1 0:50 / / rw - aufs none rw", ["/"]),
        ("29 1 7:0 / / ro - squashfs /dev/loop0 ro", []),
        ("29 1 0:50 / / ro - overlay composefs ro", []),
        ("29 1 0:50 /@ / rw - btrfs /dev/vda2 rw\n30 29 0:51 / /mnt rw - btrfs /dev/vda2 rw", ["/"]),
        (f"{ROOT}\n30 29 8:2 /b /a rw - xfs /dev/sda2 rw\n31 29 8:2 / /srv rw - xfs /dev/sda2 rw", ["/", "/srv"]),
    ],
)
def test_each_file_system_counts_once(root: str, found: list[str]) -> None:
    host = given({("read", "/proc/self/mountinfo"): root})
    assert [mount.mount for mount in volumes.local(host)] == found


@pytest.mark.parametrize("text", ["", "rubbish\n", "1 2 3"])
def test_an_empty_table_is_no_machine_without_volumes(text: str) -> None:
    with pytest.raises(ProbeError):
        volumes.local(given({("read", "/proc/self/mountinfo"): text}))


def test_windows_asks_for_local_disks_alone() -> None:
    question = ("wmi", "root\\cimv2", "Win32_LogicalDisk", ("DeviceID", "FileSystem"), "DriveType=3")
    windows = {("machine",): MACHINE | {"system": "windows"}}
    host = given(
        {**windows, question: [{"DeviceID": "D:", "FileSystem": None}, {"DeviceID": "C:", "FileSystem": "NTFS"}]}
    )
    assert [mount.mount for mount in volumes.local(host)] == ["C:", "D:"]
    with pytest.raises(ProbeError):
        volumes.local(given({**windows, question: []}))


def test_names_with_spaces_are_read() -> None:
    assert volumes.parse_mountinfo("1 2 8:1 / /a\\040b\\134 rw - xfs /dev/sda1 rw")[0].mount == "/a b\\"


@pytest.mark.parametrize(
    ("line", "table", "turned"),
    [
        ("40 29 8:1 / /srv rw - ext4 /dev/sda1 ro,errors=remount-ro", "", True),
        ("40 29 8:1 / /srv rw - ext4 /dev/sda1 rw,emergency_ro", "", True),
        ("40 29 8:1 / /srv ro - ext4 /dev/sda1 ro", "/dev/sda1 /srv ext4 defaults 0 2\n", True),
        ("40 29 8:1 / /srv ro - ext4 /dev/sda1 ro", "/dev/sda1 /srv ext4 ro 0 2\n", False),
        ("40 29 8:1 / /srv ro - ext4 /dev/sda1 ro", "", False),
        ("40 29 8:1 / /srv ro - ext4 /dev/sda1 ro", "/dev/sda1 /srv ext4 noauto 0 2\n", False),
        ("40 29 8:1 / /srv rw - ext4 /dev/sda1 ro\n41 29 8:1 /x /x rw - ext4 /dev/sda1 ro", "", True),
        ("40 29 8:1 / /srv ro - squashfs /dev/loop1 ro", "", False),
        ("40 29 8:1 / /srv rw - ext4 /dev/sda1 rw", "/dev/sda1 /srv ext4 defaults 0 2\n", False),
    ],
)
def test_what_has_turned_read_only(line: str, table: str, turned: bool) -> None:
    found = registry.load("disk.readonly").probe(machine(line, table=table))  # type: ignore[arg-type]
    assert [volume.mount for volume in found] == ["/srv"] * turned


def test_a_missing_fstab_asks_for_nothing() -> None:
    assert fstab.parse("") == ()


@any_of(st.text(alphabet=" \t\n#/\\0123abc=-,", max_size=200))
def test_no_table_breaks_the_parsers(text: str) -> None:
    volumes.parse_mountinfo(text)
    fstab.parse(text)


@pytest.mark.parametrize(
    ("path", "mounts", "expected"),
    [
        ("/var/cache", ["/", "/var"], "/var"),
        ("/var/cache", ["/", "/va", "/srv"], "/"),
        ("/var", ["/var", "/"], "/var"),
        ("/var", ["/srv"], ""),
    ],
)
def test_the_volume_that_holds_a_path(path: str, mounts: list[str], expected: str) -> None:
    assert volumes.holder(path, mounts) == expected
