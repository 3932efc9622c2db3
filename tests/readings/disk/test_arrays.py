"""Arrays of disks, from recordings of the kernel and the tools."""

from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import ROOT
from hosts import given

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.disk import arrays
from techkit.readings.disk.arrays import Array
from techkit.readings.disk.windows_disks import STORAGE

RECORDED = ROOT.parent / "shared" / "corpus" / "linux" / "mdstat"
MDSTAT = """Personalities : [raid1] [raid6]
md0 : active raid1 sdb1[1] sda1[0](F)
      976630464 blocks super 1.2 [2/1] [_U]
      bitmap: 4/8 pages [16KB], 65536KB chunk

md1 : active raid1 sdb2[2] sda2[0]
      195310144 blocks [2/1] [U_]
      [=>...................]  recovery =  8.5% (16775552/195310144) finish=17.0min speed=259783K/sec

md2 : active (auto-read-only) raid1 sdb3[1] sda3[0]
      1993728 blocks super 1.2 [2/2] [UU]
      [=>...................]  check =  5.7% (114176/1993728) finish=0.2min speed=114176K/sec

md3 : active raid0 sda4[0] sdb4[1]
      314159265 blocks 64k chunks

md4 : inactive sdc1[0](S)
      4883648 blocks super 1.2

md219 : inactive sdd[2](S) sde[1](S)
      7932 blocks super external:imsm

unused devices: <none>
"""
DETAIL = """/dev/md0:
           Version : 1.2
        Raid Level : raid1
      Raid Devices : 2
             State : clean, degraded
    Active Devices : 1
    Failed Devices : 1

    Number   Major   Minor   RaidDevice State
       -       0        0        0      removed
       1       8       17        1      active sync   /dev/sdb1

       0       8        1        -      faulty   /dev/sda1
"""


def test_the_kernels_table() -> None:
    assert arrays.parse_mdstat(MDSTAT) == (
        Array("md0", "raid1", "degraded", 2, 1, ("/dev/sda1",)),
        Array("md1", "raid1", "rebuilding", 2, 1, (), "8.5%"),
        Array("md2", "raid1", "whole", 2, 2),
        Array("md3", "raid0", "whole"),
        Array("md4", "", "broken"),
    )
    assert arrays.parse_mdstat("Personalities :\nunused devices: <none>\n") == ()


@pytest.mark.skipif(not RECORDED.is_dir(), reason="the recordings lie beside the project")
@pytest.mark.parametrize(
    ("file", "bad"),
    [
        ("insights-MDSTAT_TEST_2.txt", {"md2", "md0"}),
        ("procfs-composite.txt", {"md4", "md6", "md7", "md42"}),
        ("telegraf-full.txt", set()),
        ("telegraf-empty.txt", set()),
        ("telegraf-sync-start.txt", set()),
    ],
)
def test_recorded_tables(file: str, bad: set[str]) -> None:
    found = arrays.parse_mdstat((RECORDED / file).read_text(encoding="utf-8"))
    assert {one.name for one in found if one.state != "whole"} == bad


def test_the_tool_where_there_is_no_table() -> None:
    host = given({
        ("read", "/proc/mdstat"): ProbeError(Reason.MISSING),
        ("read", "/etc/mdadm/mdadm.conf"): "# words\nARRAY /dev/md0 metadata=1.2 UUID=5f3c:aa\n",
        ("run", "mdadm", "--detail", "/dev/md0"): {"code": 0, "out": DETAIL, "err": ""},
    })  # fmt: skip
    assert arrays.arrays(host).arrays == (Array("md0", "raid1", "degraded", 2, 1, ("/dev/sda1",)),)


def test_pools() -> None:
    host = given({
        ("read", "/proc/mdstat"): ProbeError(Reason.MISSING),
        ("listdir", arrays.ZFS): ["arcstats", "tank", "zroot"],
        ("read", f"{arrays.ZFS}/tank/state"): "DEGRADED\n",
        ("read", f"{arrays.ZFS}/zroot/state"): "ONLINE\n",
        ("listdir", arrays.BTRFS): ["features", "0f-1"],
        ("listdir", f"{arrays.BTRFS}/0f-1/devinfo"): ["1", "2"],
        ("read", f"{arrays.BTRFS}/0f-1/devinfo/2/missing"): "1\n",
        ("read", f"{arrays.BTRFS}/0f-1/label"): "pool\n",
        ("listdir", "/sys/block"): ["dm-0", "dm-1"],
        ("read", "/sys/block/dm-0/dm/uuid"): "LVM-abc\n",
        ("read", "/sys/block/dm-1/dm/uuid"): "CRYPT-LUKS2-abc\n",
        ("listdir", "/sys/block/dm-0/slaves"): ["sda3"],
    })  # fmt: skip
    assert arrays.arrays(host) == arrays.Seen(
        (Array("tank", "ZFS", "degraded"), Array("zroot", "ZFS", "whole"), Array("pool", "Btrfs", "degraded", 2, 1))
    )


def test_no_array() -> None:
    with pytest.raises(ProbeError) as caught:
        arrays.arrays(given({("read", "/proc/mdstat"): "Personalities :\nunused devices: <none>\n"}))
    assert caught.value.reason is Reason.INAPPLICABLE


def test_logical_volumes() -> None:
    def row(name: str, kind: str, health: str) -> dict[str, str]:
        return {"lv_full_name": name, "segtype": kind, "vg_missing_pv_count": "0", "lv_health_status": health}

    rows = [
        row("vg/root", "linear", ""),
        row("vg/a", "raid1", ""),
        row("vg/b", "raid1", "partial"),
        row("vg/c", "linear", "partial"),
    ]
    assert arrays.parse_lvs(json.dumps({"report": [{"lv": rows}]})) == (
        Array("vg/a", "raid1", "whole"),
        Array("vg/b", "raid1", "degraded"),
        Array("vg/c", "linear", "broken"),
    )
    with pytest.raises(ProbeError):
        arrays.parse_lvs("rubbish")


def test_storage_spaces() -> None:
    def pool(name: str, health: int, *, first: bool) -> dict[str, Any]:
        return {"FriendlyName": name, "HealthStatus": health, "IsPrimordial": first}

    disks = ("wmi", STORAGE, "MSFT_VirtualDisk", arrays.VIRTUAL_DISK, "")
    pools = ("wmi", STORAGE, "MSFT_StoragePool", arrays.POOL, "")
    windows: dict[tuple[Any, ...], Any] = {
        ("machine",): {"system": "windows"},
        pools: [pool("Primordial", 1, first=True)],
    }
    degraded = given({**windows, disks: [{"FriendlyName": "Data", "HealthStatus": 1}]})
    assert arrays.arrays(degraded).arrays == (Array("Data", "Storage Spaces", "degraded"),)
    with pytest.raises(ProbeError) as caught:
        arrays.arrays(given({**windows, disks: []}))
    assert caught.value.reason is Reason.INAPPLICABLE
    shut = given({**windows, disks: [], pools: [{"FriendlyName": "Pool", "HealthStatus": 0, "ReadOnlyReason": 3}]})
    assert arrays.arrays(shut).arrays == (Array("Pool", "Storage Spaces", "broken"),)


@pytest.mark.parametrize(
    ("row", "state"),
    [
        ({"HealthStatus": 0, "OperationalStatus": [2]}, "whole"),
        ({"HealthStatus": 1, "OperationalStatus": [3]}, "degraded"),
        ({"HealthStatus": 1, "OperationalStatus": [11]}, "rebuilding"),
        ({"HealthStatus": 5, "OperationalStatus": [0xD002], "DetachedReason": 3}, "broken"),
        ({"HealthStatus": 5, "OperationalStatus": [0xD002], "DetachedReason": 2}, ""),
        ({"HealthStatus": 2, "OperationalStatus": 0xD003}, "broken"),
        ({"HealthStatus": 5, "OperationalStatus": None}, ""),
    ],
)
def test_a_virtual_disk_of_windows(row: dict[str, Any], state: str) -> None:
    assert arrays.virtual_state(row) == state
