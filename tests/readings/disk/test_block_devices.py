"""Which disk carries a volume."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import given

from techkit.readings.disk import block_devices


def link(name: str, target: str, *beneath: str, part: bool = False) -> dict[tuple[Any, ...], Any]:
    found: dict[tuple[Any, ...], Any] = {("stat", f"/sys/class/block/{name}"): {"link": target}}
    if part:
        found["stat", f"/sys/class/block/{name}/partition"] = {"kind": "file"}
    if beneath:
        found["listdir", f"/sys/block/{name}/slaves"] = list(beneath)
    return found


PCI = "../../devices/pci0000:00/0000:00:1f.2/ata1/host0/target0:0:0/0:0:0:0/block"
MACHINE = {
    **link("sda1", f"{PCI}/sda/sda1", part=True),
    **link("nvme0n1p2", "../../devices/pci0000:00/nvme/nvme0/nvme0n1/nvme0n1p2", part=True),
    **link("dm-0", "../../devices/virtual/block/dm-0", "dm-1"),
    **link("dm-1", "../../devices/virtual/block/dm-1", "sda1"),
    **link("md0", "../../devices/virtual/block/md0", "sda1", "sdb1"),
    **link("vda1", "../../devices/virtio0/block/vda/vda1", part=True),
    **link("dm-9", "../../devices/virtual/block/dm-9", "dm-9"),
    ("stat", "/dev/mapper/vg-root"): {"link": "../dm-0"},
    ("stat", "/dev/mapper/loop"): {"link": "../dm-9"},
}


@pytest.mark.parametrize(
    ("device", "disk"),
    [
        ("/dev/sda1", "/dev/sda"),
        ("/dev/nvme0n1p2", "/dev/nvme0"),
        ("/dev/mapper/vg-root", "/dev/sda"),
        ("/dev/md0", None),
        ("/dev/vda1", None),
        ("/dev/mapper/loop", None),
        ("/dev/unheard-of", None),
        ("tmpfs", None),
    ],
)
def test_the_disk_beneath(device: str, disk: str | None) -> None:
    assert block_devices.disk_of(given(MACHINE), device) == disk


def test_the_kernels_name() -> None:
    assert block_devices.kernel_name(given(MACHINE), "/dev/mapper/vg-root") == "dm-0"
    assert block_devices.kernel_name(given(MACHINE), "/dev/sda1") == "sda1"


def test_without_sysfs_there_are_no_disks() -> None:
    assert block_devices.disks(given()) == ()
