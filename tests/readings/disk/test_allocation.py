"""Room that a volume shows and does not have."""

from __future__ import annotations

import json

import pytest
from hosts import given

from techkit.host import ProbeError
from techkit.model import GiB, Reason
from techkit.readings.disk import allocation
from techkit.readings.os.kernel_log import Message

MOUNTS = (
    "29 1 0:30 /@ / rw - btrfs /dev/sda2 rw,subvol=/@\n"
    "30 1 0:30 /@home /home rw - btrfs /dev/sda2 rw,subvol=/@home\n"
)  # fmt: skip


def test_btrfs() -> None:
    pool = f"{allocation.BTRFS}/0f-1"
    host = given({
        ("read", "/proc/self/mountinfo"): MOUNTS,
        ("listdir", allocation.BTRFS): ["0f-1", "features"],
        ("listdir", f"{pool}/devices"): ["sda2"],
        ("read", "/sys/class/block/sda2/size"): f"{64 * GiB // 512}\n",
        ("read", f"{pool}/allocation/data/disk_total"): f"{60 * GiB}\n",
        ("read", f"{pool}/allocation/data/total_bytes"): f"{60 * GiB}\n",
        ("read", f"{pool}/allocation/data/bytes_used"): f"{40 * GiB}\n",
        ("read", f"{pool}/allocation/metadata/disk_total"): f"{4 * GiB}\n",
        ("read", f"{pool}/allocation/metadata/total_bytes"): f"{2 * GiB}\n",
        ("read", f"{pool}/allocation/metadata/bytes_used"): f"{GiB}\n",
        ("read", f"{pool}/allocation/global_rsv_size"): f"{GiB // 2}\n",
    })  # fmt: skip
    assert allocation.allocation(host).btrfs == (
        allocation.Btrfs("/", "/dev/sda2", 0, 2 * GiB, 3 * GiB // 2, 60 * GiB, 40 * GiB),
    )


def test_thin_pools() -> None:
    rows = [
        {"lv_full_name": "vg/pool", "segtype": "thin-pool", "data_percent": "91.20", "metadata_percent": "12.05"},
        {"lv_full_name": "vg/root", "segtype": "linear", "data_percent": "", "metadata_percent": ""},
        {"lv_full_name": "vg/thin", "segtype": "thin", "data_percent": "50.00", "metadata_percent": ""},
    ]
    (pool,) = allocation.parse_pools(json.dumps({"report": [{"lv": rows}]}))
    assert pool.name == "vg/pool"
    assert (pool.data, pool.metadata) == pytest.approx((0.912, 0.1205))
    with pytest.raises(ProbeError):
        allocation.parse_pools("rubbish")


def test_neither() -> None:
    with pytest.raises(ProbeError) as caught:
        allocation.allocation(given({("read", "/proc/self/mountinfo"): "29 1 8:1 / / rw - ext4 /dev/sda1 rw\n"}))
    assert caught.value.reason is Reason.INAPPLICABLE


def test_a_pool_that_may_not_be_asked() -> None:
    host = given({
        ("machine",): {"system": "linux", "elevated": False},
        ("read", "/proc/self/mountinfo"): "29 1 8:1 / / rw - ext4 /dev/sda1 rw\n",
        ("listdir", "/sys/block"): ["dm-0"],
        ("read", "/sys/block/dm-0/dm/uuid"): "LVM-abc-tpool\n",
    })  # fmt: skip
    assert allocation.allocation(host).unseen is Reason.FORBIDDEN


def test_what_the_kernel_has_made_of_a_pool() -> None:
    said = "device-mapper: thin: 253:4: switching pool to"
    full = [Message(f"{said} out-of-data-space (queue IO) mode")]
    assert allocation.parse_modes(full) == {"253:4": "out-of-data-space"}
    assert allocation.parse_modes([*full, Message(f"{said} write mode")]) == {}
