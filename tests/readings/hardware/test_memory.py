"""How much memory is left, and who holds most."""

from __future__ import annotations

import pytest
from hosts import MACHINE, given

from techkit.host import ProbeError
from techkit.model import GiB, KiB
from techkit.readings.hardware import memory

MEMINFO = "MemTotal:  1000 kB\nMemFree: 10 kB\nMemAvailable:  100 kB\nSwapTotal: 50 kB\nSwapFree: 0 kB\n"
ROWS = [
    {"pid": 2, "ppid": 0, "name": "kthreadd", "argv": [], "state": "S", "rss": 9 * GiB},
    {"pid": 70, "ppid": 1, "name": "cached", "argv": [], "state": "S", "rss": 620 * KiB, "started": 5.0},
    {"pid": 71, "ppid": 1, "name": "cron", "argv": [], "state": "S", "rss": 4 * KiB},
]


def test_linux_and_the_largest_program() -> None:
    host = given(
        {
            ("read", "/proc/meminfo"): MEMINFO,
            ("processes",): ROWS,
            ("read", "/proc/70/cgroup"): "0::/system.slice/cached.service\n",
        }
    )
    found = memory.with_largest(host, memory.memory(host))
    assert (found.total, found.available, found.swap_total) == (1000 * KiB, 100 * KiB, 50 * KiB)
    assert (found.program, found.held, found.pid, found.unit) == ("cached", 620 * KiB, 70, "cached.service")


def test_windows() -> None:
    rows = [{"pid": 90, "ppid": 1, "name": "chrome.exe", "argv": [], "state": "", "rss": 3 * GiB}]
    host = given(
        {
            ("machine",): MACHINE | {"system": "windows"},
            ("psutil", "virtual_memory"): {"total": 4 * GiB, "available": GiB // 10},
            ("processes",): rows,
        }
    )
    assert memory.with_largest(host, memory.memory(host)).program == "chrome.exe"


def test_without_the_numbers_that_count_nothing_is_said() -> None:
    with pytest.raises(ProbeError):
        memory.parse_meminfo("MemTotal: 5 kB\n")
