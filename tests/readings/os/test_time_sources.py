"""Who knows the time, and whom of them to believe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hosts import given

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.os import time_sources
from techkit.readings.os.time_sources import Witness

if TYPE_CHECKING:
    from techkit.host import Host

NOW = 1_790_000_000
MISSING = ProbeError(Reason.MISSING)


def ask(host: Host, servers: tuple[str, ...]) -> list[tuple[str, str, float | None]]:
    return [(one.kind, one.state, one.offset) for one in host.side_by_side(time_sources.questions(host, servers))]


def test_witnesses() -> None:
    page = "http://a.example/"
    host = given(
        {
            ("site",): {"pages": [{"url": page}]},
            ("person",): {"name": "", "id": 0, "home": "", "environment": {"http_proxy": "http://10.0.0.9:3128"}},
            **{
                ("listdir", folder): MISSING
                for folder in ("/etc/profile.d", "/etc/environment.d", "/etc/apt/apt.conf.d")
            },
            ("sntp", "a"): {"state": "answered", "offset": 1.5, "stratum": 2, "leap": 0},
            ("sntp", "b"): {"state": "answered", "offset": 9.0, "stratum": 2, "leap": 3},
            ("sntp", "c"): ProbeError(Reason.TIMEOUT),
            ("http", page, ""): {"state": "timeout", "date": None},
            ("http", page, "10.0.0.9:3128"): {"state": "answered", "date": NOW + 7.0},
        }
    )
    assert ask(host, ("a", "b", "c", "not asked")) == [
        ("ntp", "answered", 1.5),
        ("ntp", "unsynchronised", None),
        ("ntp", "unresolved", None),
        ("web", "timeout", None),
        ("web", "answered", 7.0),
    ]


@pytest.mark.parametrize("stratum", [0, 16])
def test_a_server_that_does_not_know_the_time(stratum: int) -> None:
    host = given(
        {
            ("site",): {"pages": []},
            ("person",): {"name": "", "id": 0, "home": "", "environment": {}},
            ("sntp", "a"): {"state": "answered", "offset": 1.5, "stratum": stratum, "leap": 0},
        }
    )
    assert ask(host, ("a",)) == [("ntp", "unsynchronised", None)]


@pytest.mark.parametrize(
    ("offsets", "believed"),
    [
        ({"ntp a": 1.0, "web b": 2.0}, ["a", "b"]),
        ({"web b": -3600.0}, []),
        ({"web b": -3600.0, "web c": -3601.0}, ["b"]),
        ({"web b": -90000.0}, ["b"]),
        ({"web b": -3600.0, "web c": 0.0}, ["c"]),
        ({"ntp a": -3600.0, "web b": -7200.0}, ["a"]),
    ],
)
def test_an_old_date_may_come_from_a_cache(offsets: dict[str, float], believed: list[str]) -> None:
    told = [Witness(name.split()[1], name.split()[0], "answered", offset) for name, offset in offsets.items()]
    found = time_sources.believed(told, notable=60, stale=86400, agree=5)
    assert [one.name for one in found] == believed
