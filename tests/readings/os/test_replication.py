"""What servers keep alike: rows in the form of their classes, and what samba-tool prints."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hosts import MACHINE, given

from techkit.host import ProbeError
from techkit.model import Gap, Reason
from techkit.readings.os import domains, replication, services
from techkit.readings.os.replication import Partner, Place

NOW = 1_790_000_000
WINDOWS = {("machine",): MACHINE | {"system": "windows", "edition": "server"}}
SYSTEM = ("wmi", r"root\cimv2", "Win32_ComputerSystem", ("PartOfDomain", "Domain", "DomainRole"), "")
SERVICES = ("wmi", r"root\cimv2", "Win32_Service", services.ROWS, "")
NEIGHBOURS = ("wmi", replication.DIRECTORY, "MSAD_ReplNeighbor", replication.NEIGHBOUR, "")
FOLDERS = ("wmi", replication.FILES, "DfsrReplicatedFolderInfo", replication.FOLDER, "")
VOLUMES = ("wmi", replication.FILES, "DfsrVolumeInfo", replication.VOLUME, "")


def neighbour(name: str, result: int = 0, failures: int = 0, last: Any = "2026-09-21T13:00:00+00:00") -> dict[str, Any]:
    values = (name, result, failures, last, False)
    return dict(zip(replication.NEIGHBOUR, values, strict=True))


def service(name: str, state: str = "Running") -> dict[str, Any]:
    return {"Name": name, "State": state, "StartMode": "Auto", "ExitCode": 0}


CONTROLLER = WINDOWS | {
    SYSTEM: [{"PartOfDomain": True, "Domain": "corp.example", "DomainRole": 5}],
    SERVICES: [service("DFSR"), service("NTDS")],
    NEIGHBOURS: [],
    FOLDERS: [{"ReplicatedFolderName": "SYSVOL Share", "State": 4, "LastErrorMessageId": 0, "LastErrorCode": 0}],
    VOLUMES: [{"VolumePath": "C:", "VolumeGuid": "1D5E", "State": 0, "LastErrorMessageId": 0, "LastErrorCode": 0}],
    ("registry", replication.NETLOGON): {"values": {"SysvolReady": 1}, "keys": []},
    ("registry", replication.NTDS): {"values": {}, "keys": []},
}


def test_the_one_controller_of_a_domain_has_nobody_to_ask() -> None:
    seen = replication.replication(given(CONTROLLER))
    assert (seen.partners, seen.places, seen.shared, seen.rolled_back, seen.unseen) == ((), (), True, False, ())


def test_of_the_parts_of_the_directory_the_one_that_fails_longest_counts() -> None:
    rows = [
        neighbour("DC-02", 1722, 3, "2026-09-21T11:00:00+00:00"),
        neighbour("DC-02", 1256, 9, "2026-09-20T13:06:40+00:00"),
        neighbour("DC-02"),
        neighbour("DC-03", 8461, 4),
        neighbour("DC-04", 8614, 1, None),
        neighbour("DC-04", 1722, 5),
        neighbour("DC-09", 1722, 5) | {"IsDeletedSourceDsa": True},
        neighbour(""),
    ]
    assert replication.partners(rows, 1_789_995_600.0) == (
        Partner("DC-02", 9, 1256, 1_789_995_600.0 - 1_789_909_600),
        Partner("DC-03", 0, 0, 0.0),
        Partner("DC-04", 1, 8614, None),
    )


def test_a_controller_that_was_put_back_and_does_not_share_its_folder() -> None:
    seen = replication.replication(
        given(
            CONTROLLER
            | {
                ("registry", replication.NETLOGON): {"values": {"SysvolReady": 0}, "keys": []},
                ("registry", replication.NTDS): {"values": {replication.ROLLED_BACK: 4}, "keys": []},
            }
        )
    )
    assert (seen.shared, seen.rolled_back) == (False, True)


def test_folders_of_a_volume_that_waits_are_not_told_again() -> None:
    volume = {"VolumePath": "D:", "VolumeGuid": "1D5E", "State": 2, "LastErrorMessageId": 2213, "LastErrorCode": 9005}
    folder = {"ReplicatedFolderName": "Projects", "State": 5, "LastErrorMessageId": 4004, "LastErrorCode": 9212}
    assert replication.places([folder], [volume]) == (Place("D:", 2213, 9005, "1D5E"),)
    assert replication.places([folder | {"State": 3}], []) == ()
    assert replication.places([folder], []) == (Place("Projects", 4004, 9212),)


def test_a_file_server_is_no_controller_and_its_folders_may_be_the_administrators_alone() -> None:
    refused = ProbeError(Reason.FORBIDDEN, "0x80041003")
    answers = CONTROLLER | {SYSTEM: [{"PartOfDomain": True, "DomainRole": 3}], FOLDERS: refused, VOLUMES: []}
    del answers["registry", replication.NETLOGON]
    seen = replication.replication(given(answers))
    assert seen.unseen == (Gap("DfsrReplicatedFolderInfo", Reason.FORBIDDEN, "0x80041003"),)


def test_a_class_that_a_controller_should_have_and_lacks_is_a_gap() -> None:
    seen = replication.replication(given(CONTROLLER | {NEIGHBOURS: ProbeError(Reason.INAPPLICABLE)}))
    assert seen.unseen == (Gap("MSAD_ReplNeighbor", Reason.MISSING),)


def test_an_ordinary_computer_keeps_nothing_alike() -> None:
    with pytest.raises(ProbeError) as caught:
        replication.replication(
            given(WINDOWS | {SYSTEM: [{"PartOfDomain": False, "DomainRole": 0}], SERVICES: [service("Dhcp")]})
        )
    assert caught.value.reason is Reason.INAPPLICABLE


SHOWN = {
    "repsFrom": [
        {"DSA": "Site\\DC2", "consecutive failures": 3, "last attempt message": "WERR_BAD_NET_RESP"},
        {"DSA": "Site\\DC2", "consecutive failures": 0, "last attempt message": "was successful"},
        {"DSA": "Site\\DC3", "consecutive failures": 0, "last attempt message": "was successful"},
        {"DSA": "Site\\GONE", "consecutive failures": 9, "is deleted": True},
    ],
    "repsTo": [],
}  # fmt: skip


def test_what_samba_says() -> None:
    told = replication.parse_showrepl(json.dumps(SHOWN))
    assert told is not None
    assert set(told) == {Partner("DC2", 3, "WERR_BAD_NET_RESP"), Partner("DC3")}


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"repsFrom": 1}', '{"repsFrom": [{"DSA": "a"}]}'])
def test_what_samba_did_not_say(text: str) -> None:
    assert replication.parse_showrepl(text) is None


def test_a_controller_of_samba_answers_its_administrator() -> None:
    settings = {("read", domains.SAMBA): "[global]\n\tserver role = active directory domain controller\n"}
    asked = ("run", "samba-tool", "drs", "showrepl", "--json")
    seen = replication.replication(given(settings | {asked: {"code": 0, "out": json.dumps(SHOWN), "err": ""}}))
    assert len(seen.partners) == 2
    for answers, reason in (
        (settings | {("machine",): MACHINE | {"elevated": False}}, Reason.FORBIDDEN),
        (settings | {asked: {"code": 1, "out": "", "err": "no"}}, Reason.UNREADABLE),
        ({("read", domains.SAMBA): "[global]\nserver role = member server\n"}, Reason.INAPPLICABLE),
        ({("read", domains.SAMBA): ProbeError(Reason.MISSING)}, Reason.INAPPLICABLE),
    ):
        with pytest.raises(ProbeError) as caught:
            replication.replication(given(answers))
        assert caught.value.reason is reason
