"""Who is busy: the sample, the life so far, and what comes of the work."""

from __future__ import annotations

from typing import Any

from hosts import MACHINE, given
from hypothesis import given as any_of
from hypothesis import strategies as st

from techkit.readings.hardware import busy_processes

NOW = 1_790_000_000
SAMPLE = ("sample", "cpu", busy_processes.SECONDS)


def row(pid: int, name: str, *, age: float, cpu: float, **more: Any) -> dict[str, Any]:
    return {"pid": pid, "ppid": 1, "name": name, "argv": [], "state": "R", "started": NOW - age, "cpu": cpu, **more}


def links(pid: int, targets: dict[str, str]) -> dict[tuple[Any, ...], Any]:
    folder = f"/proc/{pid}/fd"
    return {("listdir", folder): sorted(targets)} | {
        ("stat", f"{folder}/{name}"): {"link": target} for name, target in targets.items()
    }


def test_on_a_crowded_machine_waiting_for_its_turn_counts() -> None:
    host = given(
        {
            SAMPLE: {"seconds": 0.4, "processes": [{"pid": 70, "name": "indexd", "cpu": 0.05}]},
            ("processes",): [
                row(1, "systemd", age=1e5, cpu=9, state="S"),
                row(70, "indexd", age=10, cpu=4.0),
                row(71, "ours", age=10, cpu=9.9, own=True),
                row(72, "asleep", age=10, cpu=9.9, state="S"),
            ],
            ("read", "/proc/70/schedstat"): "4000000000 5900000000 400\n",
            ("read", "/proc/70/cgroup"): "0::/\n",
            ("read", "/proc/70/io"): "rchar: 5\nwrite_bytes: 0\n",
            **links(70, {"0": "/dev/null", "1": "socket:[1]", "2": "socket:[1]", "3": "/etc/index"}),
        }
    )
    (found,) = busy_processes.busy(host)
    assert found.share == 0.99
    assert found.idle
    assert found.daemon


def test_a_server_at_work_is_not_idle_nor_is_a_job_at_a_terminal() -> None:
    host = given(
        {
            SAMPLE: {"seconds": 0.4, "processes": [{"pid": pid, "cpu": 0.4} for pid in (70, 80)]},
            ("processes",): [row(70, "served", age=100, cpu=99), row(80, "job", age=100, cpu=98, ppid=79)],
            **{("read", f"/proc/{pid}/{name}"): "" for pid in (70, 80) for name in ("schedstat", "cgroup")},
            **{("read", f"/proc/{pid}/io"): "write_bytes: 9\n" for pid in (70, 80)},
            **links(70, {"0": "/dev/null", "1": "socket:[1]", "2": "socket:[1]", "3": "socket:[2]"}),
            **links(80, {"0": "/dev/pts/0", "1": "/dev/pts/0", "2": "/dev/pts/0"}),
        }
    )
    served, job = busy_processes.busy(host)
    assert (served.connections, served.idle) == (1, False)
    assert (job.terminal, job.idle, job.daemon) == (True, False, False)


def test_windows_tells_nothing_of_what_comes_of_it() -> None:
    host = given(
        {
            ("machine",): MACHINE | {"system": "windows"},
            SAMPLE: {"seconds": 0.4, "processes": [{"pid": 70, "name": "WmiPrvSE.exe", "cpu": 0.4}]},
            ("processes",): [row(70, "WmiPrvSE.exe", age=4000, cpu=3900, state="")],
        }
    )
    (found,) = busy_processes.busy(host)
    assert (found.written, found.idle, found.now) == (None, False, 1.0)


@any_of(st.text(max_size=200))
def test_no_text_breaks_the_parser(text: str) -> None:
    busy_processes.parse_io(text)
