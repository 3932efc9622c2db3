"""The network drives of the person at a Windows PC."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import MACHINE, given

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.disk import mapped_drives

SID = "S-1-5-21-1-2-3-1001"
PERSON = {("person",): {"name": "anna", "id": SID}}
NETWORK = rf"HKU\{SID}\Network"


@pytest.mark.parametrize(
    ("path", "target"),
    [
        (r"\\nas\home", ("nas", 445)),
        (r"\\files.example.org\team\docs", ("files.example.org", 445)),
        (r"\\10.0.0.5\c$", ("10.0.0.5", 445)),
        (r"\\dav.example.org@SSL\DavWWWRoot", ("dav.example.org", 443)),
        (r"\\dav.example.org@SSL@8443\x", ("dav.example.org", 8443)),
        (r"\\dav.example.org@8080\x", ("dav.example.org", 8080)),
        ("https://dav.example.org/x", ("dav.example.org", 443)),
        ("http://dav.example.org:8081/x", ("dav.example.org", 8081)),
        (r"\\", None),
        ("", None),
        ("C:\\x", None),
    ],
)
def test_where_a_drive_lies(path: str, target: tuple[str, int] | None) -> None:
    assert mapped_drives.parse_target(path) == target


def test_each_server_is_asked() -> None:
    values: dict[tuple[Any, ...], Any] = {
        **PERSON,
        ("registry", NETWORK): {"values": {}, "keys": ["z", "Y", "X", "V"]},
        ("registry", rf"{NETWORK}\V"): {"values": {"RemotePath": r"\\VBoxSvr\x", "ProviderType": 0x250000}, "keys": []},
        ("registry", rf"{NETWORK}\z"): {
            "values": {"RemotePath": r"\\nas\home", "UserName": "CORP\\anna", "ProviderType": 0x20000},
            "keys": [],
        },
        ("registry", rf"{NETWORK}\Y"): {"values": {"RemotePath": r"\\old\share", "UserName": 0}, "keys": []},
        ("registry", rf"{NETWORK}\X"): {"values": {}, "keys": []},
        ("connect", "nas", 445): {"state": "open", "milliseconds": 2},
        ("connect", "old", 445): ProbeError(Reason.TIMEOUT, "old"),
    }
    host = given(values)
    found = mapped_drives.drives(host)
    assert [(drive.volume, drive.state, drive.unseen) for drive in found] == [
        ("Z:", "open", None),
        ("Y:", "", Reason.TIMEOUT),
    ]
    assert "CORP\\anna" in {one.value for one in host.privates}


@pytest.mark.parametrize(
    ("domain", "addresses", "away"),
    [("corp.example", [], True), ("corp.example", ["10.0.0.10"], False), ("", [], False)],
)
def test_whose_domain_nobody_finds_is_away(domain: str, addresses: list[str], away: bool) -> None:
    values: dict[tuple[Any, ...], Any] = {
        **PERSON,
        ("machine",): MACHINE | {"domain": domain},
        ("registry", NETWORK): {"values": {}, "keys": ["Z"]},
        ("registry", rf"{NETWORK}\Z"): {"values": {"RemotePath": r"\\fs01\data"}, "keys": []},
        ("connect", "fs01", 445): {"state": "unresolved", "milliseconds": None},
        ("resolve", "corp.example"): {"addresses": addresses, "error": "none" if addresses else "unknown"},
    }
    assert [drive.away for drive in mapped_drives.drives(given(values))] == [away]


def test_a_person_without_drives() -> None:
    gone = ProbeError(Reason.MISSING, NETWORK)
    host = given({**PERSON, ("registry", NETWORK): gone, ("registry", rf"HKU\{SID}"): {"values": {}, "keys": []}})
    assert mapped_drives.drives(host) == ()


@pytest.mark.parametrize("reason", [Reason.MISSING, Reason.FORBIDDEN])
def test_a_person_whose_settings_are_out_of_reach(reason: Reason) -> None:
    gone = ProbeError(reason, NETWORK)
    host = given({**PERSON, ("registry", NETWORK): gone, ("registry", rf"HKU\{SID}"): ProbeError(Reason.MISSING, SID)})
    assert [drive.unseen for drive in mapped_drives.drives(host)] == [reason]
