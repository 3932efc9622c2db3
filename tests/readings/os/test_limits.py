"""Limits of processes, accounts, services and the whole machine."""

from __future__ import annotations

from typing import Any

from hosts import MACHINE, given
from hypothesis import given as any_of
from hypothesis import strategies as st

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.os import limits
from techkit.readings.os.limits import Use

TEXT = (
    "Limit                     Soft Limit           Hard Limit           Units     \n"
    "Max cpu time              unlimited            unlimited            seconds   \n"
    "Max processes             31337                unlimited            processes \n"
    "Max open files            256                  4096                 files     \n"
)
MISSING = ProbeError(Reason.MISSING, "")


def row(pid: int, **more: Any) -> dict[str, Any]:
    return {"pid": pid, "ppid": 1, "name": "gatewayd", "argv": [], "state": "S", **more}


def test_rows_of_a_process() -> None:
    assert limits.parse_limits(TEXT) == {"Max processes": (31337, None), "Max open files": (256, 4096)}


def test_what_is_used_of_what_is_allowed() -> None:
    folder = "/sys/fs/cgroup/system.slice"
    host = given(
        {
            ("processes",): [row(70, files=250, uid=0), row(71, files=3, uid=0), row(80, uid=1000, threads=200)],
            ("read", "/proc/70/limits"): TEXT,
            ("read", "/proc/80/limits"): TEXT,
            ("read", "/proc/70/cgroup"): "0::/system.slice/gatewayd.service\n",
            ("read", "/proc/sys/fs/file-nr"): "1000\t0\t9223372036854775807\n",
            ("read", "/proc/sys/kernel/pid_max"): "32768\n",
            ("read", "/proc/sys/kernel/threads-max"): "15000\n",
            ("read", "/proc/loadavg"): "0.1 0.1 0.1 1/300 9\n",
            ("read", "/proc/stat"): "cpu 1\ncpu0 1\n",
            ("listdir", folder): ["a.service", "b.service", "cron.slice"],
            ("read", f"{folder}/a.service/memory.max"): "1000\n",
            ("read", f"{folder}/a.service/memory.current"): "900\n",
            ("read", f"{folder}/a.service/memory.stat"): "anon 300\nfile 500\nshmem 100\nslab_reclaimable 50\n",
            ("read", f"{folder}/a.service/pids.max"): "max\n",
            ("read", f"{folder}/b.service/memory.max"): "max\n",
            ("read", f"{folder}/b.service/pids.max"): "50\n",
            ("read", f"{folder}/b.service/pids.current"): "49\n",
            **{("read", f"{folder}/{unit}.service/memory.limit_in_bytes"): MISSING for unit in "ab"},
            **{("listdir", other): MISSING for other in limits.GROUPS[1:]},
        }
    )
    found = limits.uses(host)
    assert [(use.what, use.who, use.used, use.limit) for use in found] == [
        ("files", "gatewayd", 250, 256),
        ("threads", "1000", 200, 31337),
        ("system_files", "system", 1000, 9223372036854775807),
        ("system_threads", "system", 300, 15000),
        ("memory", "a.service", 450, 1000),
        ("tasks", "b.service", 49, 50),
    ]
    assert (found[0].unit, found[0].hard) == ("gatewayd.service", 4096)


def test_windows_counts_handles() -> None:
    host = given(
        {
            ("machine",): MACHINE | {"system": "windows"},
            ("processes",): [row(4, files=900_000), row(90, files=120_000), row(91, files=None)],
        }
    )
    assert [(use.what, use.used) for use in limits.uses(host)] == [("handles", 120_000)]


def test_a_share_of_nothing() -> None:
    assert Use("files", "x", 3, 0).share == 0


@any_of(st.text(max_size=200))
def test_no_text_breaks_the_parsers(text: str) -> None:
    limits.parse_limits(text)
    limits.parse_cached(text)
