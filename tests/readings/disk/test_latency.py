"""How long disks take."""

from __future__ import annotations

import pytest
from conftest import ROOT
from hosts import given

from techkit.host import ProbeError
from techkit.readings.disk import latency
from techkit.readings.disk.latency import Disk, Throttle
from techkit.readings.os.kernel_log import Message

RECORDED = ROOT.parent / "shared" / "corpus" / "linux" / "proc" / "jc-linux-proc-diskstats"
DISKSTATS = """   7       0 loop0 524 55 11604 183 1232 2684 1003666 2521 0 1072 3263 0 0 0 0 416 558
 259       0 nvme0n1 100 0 0 300 100 0 0 100 0 0 0 0 0 0 0 0 0
 259       1 nvme0n1p1 100 0 0 900 100 0 0 900 0 0 0 0 0 0 0 0 0
   8       0 sda 275281 31571 8240490 340966 254204 173655 16328624 89512 0 47440 440521 59014 39 6146648 6566
   8       1 sda1 275281 31571 8240490 340966 254204 173655 16328624 89512 0 47440 440521
 253       0 dm-0 9 0 0 9 9 0 0 9 0 0 0
   8      16 sdb 0 0 0 0 0 0 0 0 0 0 0
"""


def test_averages_since_the_start() -> None:
    nvme, sda = latency.parse_diskstats(DISKSTATS)
    assert nvme == Disk("/dev/nvme0", 200, 2.0)
    assert sda.disk == "/dev/sda"
    assert sda.milliseconds == pytest.approx(0.813, abs=0.001)


@pytest.mark.skipif(not RECORDED.is_file(), reason="the recordings lie beside the project")
def test_a_recorded_table() -> None:
    found = latency.parse_diskstats(RECORDED.read_text(encoding="utf-8"))
    assert found
    assert all(one.milliseconds < 100 for one in found)


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("8:0 rbps=1048576 wbps=max riops=max wiops=max\n", (("8:0", 1048576, None),)),
        ("8:0 rbps=max wbps=max riops=40 wiops=50\n", (("8:0", None, 40),)),
        ("7:0 262144\n8:0 1000\n", (("7:0", 262144, None), ("8:0", 1000, None))),
        ("8:0 rbps=max wbps=max riops=max wiops=max\n", ()),
        ("", ()),
    ],
)
def test_limits(text: str, limits: tuple[tuple[str, int | None, int | None], ...]) -> None:
    assert latency.parse_limits(text) == limits


def test_hung_programs() -> None:
    lines = [
        Message("INFO: task jbd2/sda1-8:345 blocked for more than 120 seconds."),
        Message("INFO: task mysqld:99 blocked for more than 241 seconds."),
        Message("INFO: task mysqld:99 blocked for more than 120 seconds."),
        Message("usb 1-1: reset high-speed USB device"),
    ]
    assert latency.parse_hung(lines) == (("jbd2/sda1-8", "mysqld"), 241)


def test_what_is_known_without_waiting() -> None:
    host = given({
        ("read", "/proc/diskstats"): DISKSTATS,
        ("read", "/proc/self/cgroup"): "0::/user.slice/session-1.scope\n",
        ("read", "/sys/fs/cgroup/user.slice/io.max"): "8:0 rbps=262144 wbps=max riops=max wiops=max\n",
        ("stat", "/sys/dev/block/8:0"): {"link": "../../devices/pci0/ata1/block/sda"},
    })  # fmt: skip
    seen = latency.latency(host)
    assert seen.throttles == (Throttle("/dev/sda", "user.slice", 262144),)
    assert len(seen.disks) == 2


def test_what_is_watched() -> None:
    row = {"reads": 10, "writes": 30, "read_bytes": 0, "write_bytes": 0, "reading": 1000, "writing": 3000, "busy": 4000}
    disks = {"sda": row, "sda1": row, "loop0": row}
    linux = given({("sample", "disks", 5): {"seconds": 5.0, "disks": disks}})
    assert latency.sampled(linux, 5) == (Disk("/dev/sda", 40, 100.0, 0.8),)
    counted = {name: number for name, number in row.items() if name != "busy"}
    windows = given({
        ("machine",): {"system": "windows"},
        ("sample", "disks", 5): {"seconds": 5.0, "disks": {"PhysicalDrive0": counted}},
    })  # fmt: skip
    assert latency.sampled(windows, 5) == (Disk("PhysicalDrive0", 40, 100.0),)
    uncounted = given({("machine",): {"system": "windows"}, ("sample", "disks", 5): {"seconds": 5.0, "disks": {}}})
    with pytest.raises(ProbeError, match="disks"):
        latency.sampled(uncounted, 5)
