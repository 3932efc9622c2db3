"""Processes, as the doorway tells them and as a person calls them."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest
from hosts import given
from hypothesis import given as any_of
from hypothesis import strategies as st

from techkit.host import processes as doorway
from techkit.readings.os import processes
from techkit.readings.os.processes import Process

ROW = {
    "pid": 77, "ppid": 1, "name": "python3", "exe": "/usr/bin/python3.11", "deleted": True, "uid": 0, "state": "S",
    "argv": ["/usr/bin/python3", "-u", "/usr/local/bin/brokerd", "--quiet"], "cpu": 1.5, "rss": 4096, "own": False,
    "started": 1_790_000_000.5, "threads": 3, "files": 9, "told_by_a_later_version": 1,
}  # fmt: skip


def test_a_script_is_called_by_its_own_name() -> None:
    (found,) = processes.processes(given({("processes",): [ROW]}))
    assert found.title == "brokerd"
    assert not found.kernel


@pytest.mark.parametrize(
    ("name", "argv", "title"),
    [
        ("cron", ("/usr/sbin/cron", "-f"), "cron"),
        ("NetworkManager", ("/usr/sbin/NetworkManager",), "NetworkManager"),
        ("systemd-network", ("/usr/lib/systemd/systemd-networkd",), "systemd-networkd"),
        ("brokerd", ("python3", "/usr/local/bin/brokerd"), "brokerd"),
        ("bash", ("-bash",), "bash"),
        ("sh", ("sh", "-c", "while :; do :; done"), "sh"),
        ("python.exe", (r"C:\Python\python.exe", r"C:\tools\watch.py"), "watch.py"),
        ("kworker/0:1", (), "kworker/0:1"),
        ("brokerd", (), "brokerd"),
    ],
)
def test_titles(name: str, argv: tuple[str, ...], title: str) -> None:
    assert processes.title(name, argv) == title


def test_kernel_threads() -> None:
    assert Process(2, 0, "kthreadd", state="S").kernel
    assert Process(40, 2, "kworker/0:1", state="I").kernel
    assert not Process(40, 2, "svchost.exe").kernel


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("0::/system.slice/cron.service\n", "cron.service"),
        ("0::/user.slice/user-1000.slice/user@1000.service/app.slice/app-vim.scope\n", "app-vim.scope"),
        ("5:memory:/x.service\n1:name=systemd:/system.slice/ssh.service/payload\n", "ssh.service"),
        ("0::/\n", ""),
        ("rubbish", ""),
    ],
)
def test_the_unit_of_a_process(text: str, unit: str) -> None:
    assert processes.unit(given({("read", "/proc/7/cgroup"): text}), 7) == unit


def test_this_machine_s_own_processes() -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        rows = {row["pid"]: row for row in doorway.rows()}
    finally:
        child.kill()
        child.wait()
    own = rows[os.getpid()]
    assert own["own"]
    assert own["files"] > 2 or sys.platform == "win32"  # Wine counts none
    assert own["exe"] == os.path.realpath(sys.executable)
    assert abs(own["started"] - time.time()) < 3600
    assert rows[child.pid]["ppid"] == os.getpid()
    assert processes.parse(rows.values())


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Wine counts no time of other processes")
def test_a_sample_of_the_processor_finds_who_is_busy() -> None:
    child = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        found = doorway.sample("cpu", 0.3)
    finally:
        child.kill()
        child.wait()
    assert found["seconds"] >= 0.3
    assert found["busy"] > 0
    assert child.pid in {row["pid"] for row in found["processes"]}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_a_sample_of_the_disks() -> None:
    found = doorway.sample("disks", 0.01)
    assert all(row["reads"] >= 0 and "busy" in row for row in found["disks"].values())


def test_what_lies_between_two_looks() -> None:
    before = {"busy": 10.0, "waiting": 1.0, "each": {(7, "x"): ("a", 3.0), (8, "x"): ("b", 1.0)}}
    after = {"busy": 12.0, "waiting": 1.5, "each": {(7, "x"): ("a", 4.0), (8, "y"): ("c", 0.25), (9, "x"): ("d", 0.0)}}
    found = doorway.cpu_between(before, after)
    assert (found["busy"], found["waiting"]) == (2.0, 0.5)
    assert found["processes"] == [{"pid": 7, "name": "a", "cpu": 1.0}, {"pid": 8, "name": "c", "cpu": 0.25}]
    assert doorway.disks_between({"sda": {"reads": 1}}, {"sda": {"reads": 3}, "sdb": {"reads": 9}}) == {
        "disks": {"sda": {"reads": 2}}
    }


@any_of(st.text(max_size=60), st.lists(st.text(max_size=60)), st.text(max_size=200))
def test_no_name_breaks_anything(name: str, argv: list[str], text: str) -> None:
    processes.title(name, tuple(argv))
    processes.parse_unit(text)


@pytest.mark.parametrize(
    ("argv", "kept"),
    [
        (["mysql", "--password=hunter2", "-h", "db"], ["mysql", "--password=***", "-h", "db"]),
        (["agent", "--api-key", "abc", "--port", "80"], ["agent", "--api-key", "***", "--port", "80"]),
        (["curl", "https://alice:hunter2@example.com/x"], ["curl", "https://alice:***@example.com/x"]),
        (["env", "GITHUB_TOKEN=abc"], ["env", "GITHUB_TOKEN=***"]),
        (["ssh", "--token", "--verbose"], ["ssh", "--token", "--verbose"]),
        (["passwd", "alice"], ["passwd", "alice"]),
    ],
)
def test_secrets_on_a_command_line_never_reach_a_tape(argv: list[str], kept: list[str]) -> None:
    assert doorway.without_secrets(argv) == kept
