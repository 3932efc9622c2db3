"""The tables of cron as cron reads them."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import given

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.os import cron

FILE = {"kind": "file", "mode": 0o644, "uid": 0, "size": 9, "gid": 0, "modified": 1.0, "link": None}
MISSING = ProbeError(Reason.MISSING)


@pytest.mark.parametrize(
    "line",
    [
        "*/5 0-23/2 1,15 jan-mar mon root /bin/true",
        "@daily root /bin/true",
        "0 3 * * 7 root test -x /usr/sbin/x && /usr/sbin/x",
        "0~59 3 * * * root /bin/true",
        "-*/15 * * * * root /bin/true",
        "MAILTO=root",
        'PATH = "/bin:/usr/bin"',
        "# 99 3 * * * root x",
    ],
)
def test_what_cron_reads(line: str) -> None:
    assert all(command for _, _, command in cron.parse_table(line + "\n"))


@pytest.mark.parametrize(
    "line",
    [
        "60 3 * * * root /bin/true",
        "5 24 * * * root /bin/true",
        "5 4 0 * * root /bin/true",
        "5 4 * foo * root /bin/true",
        "*/0 4 * * * root /bin/true",
        "5 4 * * *",
        "5 4 * * * root",
        "@sometimes root /bin/true",
        "5,,6 4 * * * root /bin/true",
    ],
)
def test_what_cron_does_not_read(line: str) -> None:
    assert [command for _, _, command in cron.parse_table(line + "\n")] == [""]


def host(text: str, **change: Any) -> Any:
    return given(
        {
            ("which", "cron"): "/usr/sbin/cron",
            ("listdir", cron.FOLDER): ["x", "x.dpkg-old"],
            ("stat", cron.TABLE): MISSING,
            ("stat", "/etc/cron.d/x"): FILE | change,
            ("read", "/etc/cron.d/x"): text,
            ("stat", "/opt/gone"): MISSING,
            ("stat", "/bin/true"): FILE,
        }
    )


@pytest.mark.parametrize(
    ("text", "change", "why"),
    [
        ("5 4 * * * root /bin/true\n", {}, []),
        ("5 4 * * * root /bin/true", {}, ["end"]),
        ("5 4 * * * root /opt/gone --all\n", {}, ["program"]),
        ("5 4 * * * root [ -x /opt/gone ] && /opt/gone\n", {}, []),
        ("5 99 * * * root /bin/true\n", {}, ["line"]),
        ("5 4 * * * root /bin/true\n", {"mode": 0o664}, ["rights"]),
        ("5 4 * * * root /bin/true\n", {"uid": 1000}, ["rights"]),
        ("", {}, []),
    ],
)
def test_why_a_table_is_not_done(text: str, change: dict[str, Any], why: list[str]) -> None:
    assert [job.why for job in cron.undone(host(text, **change))] == why


@pytest.mark.parametrize(("code", "why"), [(2, ["account"]), (0, []), (1, [])])
def test_an_account_that_does_not_exist(code: int, why: list[str]) -> None:
    told = {
        ("which", "cron"): "/usr/sbin/cron",
        ("listdir", cron.FOLDER): ["x"],
        ("stat", cron.TABLE): MISSING,
        ("stat", "/etc/cron.d/x"): FILE,
        ("read", "/etc/cron.d/x"): "@daily root true\n5 4 * * * reporter true\n",
        ("read", "/etc/passwd"): "root:x:0:0::/root:/bin/sh\n",
        ("run", "getent", "passwd", "reporter"): {"code": code, "out": "", "err": ""},
    }
    assert [job.why for job in cron.undone(given(told))] == why
