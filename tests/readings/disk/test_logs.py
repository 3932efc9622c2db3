"""Big logs, their rules, and what deleted files still take."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hosts import bare, given

from techkit.host import Host, ProbeError, errand
from techkit.host.local import local
from techkit.model import GiB, MiB, Reason
from techkit.readings.disk import big_files, deleted_files, logrotate, logs

ROOT = "29 1 254:1 / / rw,relatime - ext4 /dev/vda1 rw\n40 29 8:1 / /srv rw - ext4 /dev/sda1 rw\n"
DPKG = """/var/log/dpkg.log {
	monthly
	rotate 12
	compress
	notifempty
	create 644 root root
}
"""
CHRONY = """/var/log/chrony/*.log {
    missingok
    nocreate
    sharedscripts
    postrotate
        /usr/bin/chronyc cyclelogs > /dev/null 2>&1 || true
    endscript
}
"""


@pytest.mark.parametrize(
    ("text", "patterns", "good"),
    [
        (DPKG, ("/var/log/dpkg.log",), True),
        (CHRONY, ("/var/log/chrony/*.log",), True),
        ('# words\nweekly\n"/var/log/my app/*.log" /var/log/b {\n}\n', ("/var/log/my app/*.log", "/var/log/b"), True),
        ("/var/log/a\n/var/log/b\n{\n  daily\n}\n", ("/var/log/a", "/var/log/b"), True),
        ("/var/log/a { daily }\n", ("/var/log/a",), True),
        ("include /etc/logrotate.d\ntabooext + .cfsaved\n", (), True),
        ("x\n", (), False),
        ("/var/log/a {\n  daily\n", (), False),
        ("/var/log/a {\n  dayly\n}\n", ("/var/log/a",), False),
        ("", (), True),
    ],
)  # fmt: skip
def test_the_rules_of_one_file(text: str, patterns: tuple[str, ...], good: bool) -> None:
    assert logrotate.parse(text) == (patterns, good)


@pytest.mark.parametrize(
    ("path", "rule", "file"),
    [
        ("/var/log/dpkg.log", "covered", ""),
        ("/var/log/dpkg.log.1", "covered", ""),
        ("/var/log/chrony/tracking.log-20260101.gz", "covered", ""),
        ("/var/log/app/app.log", "broken", "/etc/logrotate.d/app"),
        ("/var/log/app.log", "broken", "/etc/logrotate.d/app"),
        ("/var/log/other.log", "missing", ""),
    ],
)
def test_the_rule_of_a_log(path: str, rule: str, file: str) -> None:
    known = logrotate.Rules(("/var/log/dpkg.log", "/var/log/chrony/*.log"), ("/etc/logrotate.d/app",))
    assert (logrotate.rule_of(path, known), logrotate.file_of(path, known)) == (rule, file)


def test_a_rule_of_its_own() -> None:
    assert logrotate.new_file("/var/log/app/app.log") == "/etc/logrotate.d/techkit-var_log_app_app_log"


@pytest.mark.parametrize(
    ("path", "log"),
    [
        ("/var/log/lastlog", True),
        ("/opt/tomcat/logs/catalina.out", True),
        ("/home/anna/.xsession-errors.log.old", True),
        ("/srv/app/app.log.3.gz", True),
        ("/srv/app/server-log-2026.01.02", True),
        ("C:\\inetpub\\logs\\u_ex26.log", True),
        ("/var/log/journal/0f/system.journal", False),
        ("/srv/db/redo.dat", False),
        ("/home/anna/catalogue.pdf", False),
    ],
)
def test_what_is_certainly_a_log(path: str, log: bool) -> None:
    assert big_files.is_log(path) == log


def tree(*files: tuple[str, int], size: int = 0) -> dict[str, Any]:
    rows = [{"path": path, "size": big, "modified": 1_789_999_000} for path, big in files]
    return {"files": rows, "folders": [], "size": size, "entries": 9, "closed": 0, "complete": True}


def test_rules_that_are_shut_to_us_may_cover_a_log() -> None:
    shut = {("listdir", "/etc/logrotate.d"): ["app"], ("read", "/etc/logrotate.d/app"): ProbeError(Reason.FORBIDDEN)}
    known = logrotate.rules(bare(shut | {("which", "logrotate"): "/usr/sbin/logrotate"}))
    assert logrotate.rule_of("/var/log/app/app.log", known) == "hidden"


def test_a_full_volume_is_looked_through() -> None:
    host = bare({
        ("read", "/proc/self/mountinfo"): ROOT,
        ("statvfs", "/"): {"total": 40 * GiB, "available": 30 * GiB},
        ("statvfs", "/srv"): {"total": GiB, "available": MiB},
        ("largest", "/var/log", 20): tree(("/var/log/app/app.log", 200 * MiB), ("/var/log/dpkg.log", MiB)),
        ("largest", "/srv", 20): tree(("/srv/old.bin", 300 * MiB), ("/srv/x/out.log", 600 * MiB)),
        ("largest", "/var/log/journal", 20): tree(size=50 * MiB),
        ("listdir", "/etc/logrotate.d"): ["app"],
        ("read", "/etc/logrotate.d/app"): "x\n",
        ("which", "logrotate"): "/usr/sbin/logrotate",
    })  # fmt: skip
    found = logs.logs(host)
    assert [(log.file, log.volume, log.rule, log.journal) for log in found] == [
        ("/srv/x/out.log", "/srv", "missing", False),
        ("/var/log/app/app.log", "/", "broken", False),
        ("/var/log/journal", "/", "", True),
    ]


def test_windows_folders() -> None:
    host = given({
        ("machine",): {"system": "windows"},
        ("wmi", "root\\cimv2", "Win32_LogicalDisk", ("DeviceID", "FileSystem"), "DriveType=3"): [
            {"DeviceID": "C:", "FileSystem": "NTFS"}
        ],
        ("statvfs", "C:"): {"total": 250 * GiB, "available": 100 * GiB},
        ("registry", logs.VERSION): {"values": {"SystemRoot": "C:\\WINDOWS"}, "keys": []},
        ("largest", "C:\\WINDOWS\\Logs\\CBS", 20): tree(("C:\\WINDOWS\\Logs\\CBS\\CBS.log", GiB), size=9 * GiB),
    })  # fmt: skip
    assert logs.logs(host) == (logs.Log("C:\\WINDOWS\\Logs\\CBS", 9 * GiB, "C:", 250 * GiB, 100 * GiB),)


def test_the_biggest_are_found_and_no_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "big").write_bytes(b"x" * 300_000)
    (tmp_path / "small").write_bytes(b"x" * 10)
    if sys.platform != "win32":
        (tmp_path / "a" / "again").symlink_to(tmp_path)
    said = errand.largest(str(tmp_path), 1)
    assert [file["path"] for file in said["files"]] == [str(tmp_path / "a" / "b" / "big")]
    assert said["files"][0]["size"] >= 300_000
    assert said["complete"]
    assert said["entries"] == (4 if sys.platform == "win32" else 5)
    assert not errand.largest(str(tmp_path), 1, entries=1)["complete"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows lets nobody remove an open file")
def test_this_machine_tells_what_is_deleted_and_open() -> None:
    with tempfile.NamedTemporaryFile(delete=False) as file:
        file.write(b"x" * 100_000)
        file.flush()
        Path(file.name).unlink()
        said = Host(local({})).deleted_files()
    mine = [row for row in said["files"] if row["pid"] == os.getpid() and row["path"] == file.name]
    assert len(mine) == 1
    assert mine[0]["size"] >= 100_000


def test_who_holds_what() -> None:
    row = {"path": "/srv/t.log", "size": 95 * MiB, "device": "8:1", "inode": 7}
    host = given({
        ("read", "/proc/self/mountinfo"): ROOT,
        ("statvfs", "/"): {"total": 80 * GiB, "available": 60 * GiB},
        ("statvfs", "/srv"): {"total": 128 * MiB, "available": 0},
        ("deleted_files",): {
            "files": [row | {"pid": 41}, row | {"pid": 42}, row | {"pid": 9, "device": "0:9"}],
            "hidden": 3,
        },
        ("processes",): [{"pid": 41, "name": "appd", "exe": "/usr/bin/appd", "started": 5.0}],
        ("read", "/proc/41/cgroup"): "0::/system.slice/appd.service\n",
    })  # fmt: skip
    held = deleted_files.Held("appd", 41, 5.0, 95 * MiB, "/srv/t.log", 1, "appd.service")
    assert deleted_files.volumes_short(host) == (
        deleted_files.Volume("/srv", 128 * MiB, 0, (held,), Reason.FORBIDDEN, "3 processes"),
    )


def test_where_there_is_room_nobody_is_asked() -> None:
    host = given({
        ("read", "/proc/self/mountinfo"): ROOT,
        ("statvfs", "/"): {"total": 80 * GiB, "available": 60 * GiB},
        ("statvfs", "/srv"): {"total": 80 * GiB, "available": 60 * GiB},
    })  # fmt: skip
    assert deleted_files.volumes_short(host) == ()
