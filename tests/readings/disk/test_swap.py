"""Swap space on Linux, the page file on Windows."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import ROOT
from hosts import given

from techkit.host import ProbeError
from techkit.model import KiB, Reason
from techkit.readings.disk import swap
from techkit.readings.disk.swap import Swap

RECORDED = ROOT.parent / "shared" / "corpus" / "linux" / "proc"
SWAPS = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n/dev/sda5    partition\t1048572\t\t1044476\t\t-2\n"
MEMINFO = "MemTotal: 2014412 kB\nMemAvailable: 160000 kB\nSwapTotal: 1048572 kB\nSwapFree: 4096 kB\n"


def test_linux() -> None:
    host = given({
        ("read", "/proc/meminfo"): MEMINFO,
        ("read", "/proc/swaps"): SWAPS,
        ("read", "/proc/pressure/memory"): "some avg10=1.00 avg60=7.50 total=1\nfull avg10=0 avg60=9 total=1\n",
    })  # fmt: skip
    assert swap.swap(host) == Swap(
        1048572 * KiB, 4096 * KiB, 2014412 * KiB, 160000 * KiB, ("/dev/sda5",), stalled=0.075
    )


def test_without_swap_the_question_does_not_apply() -> None:
    with pytest.raises(ProbeError) as caught:
        swap.swap(given({("read", "/proc/meminfo"): "MemTotal: 9 kB\nMemAvailable: 5 kB\nSwapTotal: 0 kB\n"}))
    assert caught.value.reason is Reason.INAPPLICABLE


@pytest.mark.skipif(not RECORDED.is_dir(), reason="the recordings lie beside the project")
def test_recorded_tables() -> None:
    for name in ("jc-linux-proc-swaps", "procfs-swaps"):
        assert swap.parse_swaps((RECORDED / name).read_text(encoding="utf-8"))


def windows(rows: list[dict[str, Any]]) -> Any:
    names = ("TotalVirtualMemorySize", "FreeVirtualMemory", "TotalVisibleMemorySize", "FreePhysicalMemory")
    system = dict(zip(names, (900, 10, 800, 300), strict=True))
    return given({
        ("machine",): {"system": "windows"},
        ("wmi", "root\\cimv2", "Win32_PageFileUsage", ("Name", "AllocatedBaseSize", "TempPageFile"), ""): rows,
        ("wmi", "root\\cimv2", "Win32_OperatingSystem", names, ""): [system],
    })  # fmt: skip


def test_windows() -> None:
    row = {"Name": "C:\\pagefile.sys", "AllocatedBaseSize": 1024, "TempPageFile": True}
    assert swap.swap(windows([row])) == Swap(
        900 * KiB, 10 * KiB, 800 * KiB, 300 * KiB, ("C:\\pagefile.sys",), temporary=True
    )
    with pytest.raises(ProbeError):
        swap.swap(windows([]))
