"""The mount table: what counts as a volume of this machine, and what has turned read-only."""

from __future__ import annotations

import pytest
from hypothesis import given as any_of
from hypothesis import strategies as st

from hosts import given
from techkit import registry
from techkit.readings import fstab, volumes

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
        ("40 29", False),
    ],
)
def test_what_counts_as_a_volume(line: str, counts: bool) -> None:
    found = [mount.mount for mount in volumes.local(machine(line))]  # type: ignore[arg-type]
    assert found[0] == "/"
    assert len(found) == 1 + counts


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
