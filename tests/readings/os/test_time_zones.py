"""The time zone, on Linux and Windows."""

from __future__ import annotations

from hosts import MACHINE, given
from hypothesis import given as any_of
from hypothesis import strategies as st

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.os import time_zones
from techkit.readings.os.time_zones import Zone

MISSING = ProbeError(Reason.MISSING)


def test_time_zones() -> None:
    berlin = f"{time_zones.FOLDER}/Europe/Berlin"
    link = {"link": f"..{berlin}", "kind": "file", "size": 9}
    good = {
        ("read", "/etc/timezone"): "Europe/Berlin\n",
        ("head", berlin, 4096): "TZif2…",
        ("stat", time_zones.LOCALTIME): link,
        ("head", time_zones.LOCALTIME, 4096): "TZif2…",
    }
    assert time_zones.zone(given(good)) == Zone("Europe/Berlin", fallback="Europe/Berlin")
    other = {("read", "/etc/timezone"): "Asia/Omsk", ("head", f"{time_zones.FOLDER}/Asia/Omsk", 4096): "TZif2 other"}
    assert time_zones.zone(given({**good, **other})).other == "Asia/Omsk"
    assert time_zones.zone(given({**good, ("head", time_zones.LOCALTIME, 4096): "Berlin"})).state == "invalid"
    dangling = {
        ("read", "/etc/timezone"): MISSING,
        ("stat", time_zones.LOCALTIME): MISSING,
        ("run", "readlink", time_zones.LOCALTIME): {
            "code": 0,
            "out": f"{time_zones.FOLDER}/Europe/Atlantis\n",
            "err": "",
        },
        ("listdir", time_zones.FOLDER): ["Europe"],
    }
    assert time_zones.zone(given(dangling)) == Zone("Europe/Atlantis", "dangling")
    assert time_zones.zone(given({**dangling, ("listdir", time_zones.FOLDER): MISSING})).state == "absent"
    unset = {**dangling, ("run", "readlink", time_zones.LOCALTIME): {"code": 1, "out": "", "err": ""}}
    assert time_zones.zone(given(unset)) == Zone("Etc/UTC")


def test_the_time_zone_of_windows() -> None:
    answers = {
        ("machine",): {**MACHINE, "system": "windows"},
        ("registry", time_zones.WINDOWS): {"values": {"TimeZoneKeyName": "W. Europe Standard Time\0rest"}, "keys": []},
        ("registry", f"{time_zones.KNOWN}\\W. Europe Standard Time"): {"values": {"TZI": "00"}, "keys": []},
    }
    assert time_zones.zone(given(answers)).state == "good"
    gone = {**answers, ("registry", f"{time_zones.KNOWN}\\W. Europe Standard Time"): MISSING}
    assert time_zones.zone(given(gone)).state == "dangling"


@any_of(st.text(max_size=200))
def test_no_text_breaks_the_parser(text: str) -> None:
    time_zones.name(text)
