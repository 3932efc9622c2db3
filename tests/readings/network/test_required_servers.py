"""Which servers a machine depends on, and which of them are looked for at a wrong address."""

from __future__ import annotations

from typing import Any

from hosts import given

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.network import required_servers

ARCHIVE = "archive.example.org"
SITE = {"pages": [], "addresses": [{"address": "1.1.1.1", "port": 443}], "names": [], "tls": [], "time": []}


def answers() -> dict[tuple[Any, ...], Any]:
    return {
        ("site",): SITE,
        ("read", "/etc/hosts"): "127.0.0.1 localhost\n",
        ("read", "/etc/apt/sources.list"): f"deb http://{ARCHIVE}/debian stable main\ndeb http://10.0.0.9/x y z\n",
        ("listdir", "/etc/apt/sources.list.d"): ProbeError(Reason.MISSING, "none"),
        ("which", "freshclam"): None,
        ("connect", ARCHIVE, 80): {"state": "timeout", "milliseconds": None},
        ("resolve", ARCHIVE): {"addresses": ["10.66.6.6"], "error": "none", "milliseconds": 1},
        ("dns", "1.1.1.1", ARCHIVE, "A"): {"state": "answered", "code": "NOERROR", "addresses": ["203.0.113.80"]},
        ("connect", "203.0.113.80", 80): {"state": "open", "milliseconds": 1},
    }


def test_a_server_told_by_its_number_has_no_name() -> None:
    assert required_servers.servers(given(answers())) == ((ARCHIVE, 80),)


def test_a_wrong_address_is_one_that_is_silent_where_another_answers() -> None:
    assert required_servers.doubts(given(answers())) == (
        required_servers.Doubt(ARCHIVE, ("10.66.6.6",), ("203.0.113.80",)),
    )


def test_a_server_that_answers_is_believed() -> None:
    healthy = answers() | {("connect", ARCHIVE, 80): {"state": "open", "milliseconds": 1}}
    del healthy["dns", "1.1.1.1", ARCHIVE, "A"]
    assert required_servers.doubts(given(healthy)) == ()


def test_a_server_that_is_down_everywhere_is_no_lie() -> None:
    down = answers() | {("connect", "203.0.113.80", 80): {"state": "timeout", "milliseconds": None}}
    assert required_servers.doubts(given(down)) == ()
