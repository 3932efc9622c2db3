"""What Windows says of its disks; classes and numbers as Microsoft documents its Storage namespace."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import MACHINE, given

from techkit import registry
from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings import windows_disks

STORAGE = windows_disks.STORAGE
DISKS = ("wmi", STORAGE, "MSFT_PhysicalDisk", windows_disks.DISK, "")
COUNTERS = ("wmi", STORAGE, "MSFT_StorageReliabilityCounter", windows_disks.COUNTER, "")
PREDICTED = ("wmi", "root\\wmi", "MSStorageDriver_FailurePredictStatus", ("InstanceName", "PredictFailure"), "")
DRIVES = ("wmi", "root\\cimv2", "Win32_DiskDrive", ("Index", "PNPDeviceID"), "")
ALL = ("wmi", STORAGE, "MSFT_Disk", windows_disks.ALL, "")
VOLUMES = (
    "wmi", STORAGE, "MSFT_Volume", ("DriveLetter", "FileSystem", "HealthStatus", "OperationalStatus"), "DriveType=3",
)  # fmt: skip
PARTS = ("wmi", STORAGE, "MSFT_Partition", ("DiskNumber", "DriveLetter", "IsReadOnly", "IsHidden"), "")
WINDOWS = MACHINE | {"system": "windows"}
WELL = {
    "DeviceId": "0",
    "FriendlyName": "SSD",
    "SerialNumber": " S1 ",
    "HealthStatus": 0,
    "OperationalStatus": [2],
    "BusType": 17,
}


def machine(answers: dict[tuple[Any, ...], Any], *, elevated: bool = False) -> Any:
    return given({("machine",): WINDOWS | {"elevated": elevated}, **answers})


def words(*disks: dict[str, Any], elevated: bool = False, **more: Any) -> list[str]:
    check = registry.load("disk.health")
    host = machine({DISKS: [WELL | disk for disk in disks], **more.get("answers", {})}, elevated=elevated)
    return [getattr(said, "code", "unseen") for said in check.judge(check.probe(host), check.limits)]


@pytest.mark.parametrize(
    ("disk", "said"),
    [
        ({}, []),
        ({"OperationalStatus": 2}, []),
        ({"HealthStatus": 2}, ["failing"]),
        ({"HealthStatus": 1}, ["suspicious"]),
        ({"HealthStatus": 1, "OperationalStatus": [5]}, ["failing"]),
        ({"OperationalStatus": [2, 0xD002]}, ["failing"]),
        ({"HealthStatus": 5}, ["unseen"]),
        ({"HealthStatus": None}, ["unseen"]),
        ({"OperationalStatus": None}, []),
    ],
)
def test_what_a_disk_says(disk: dict[str, Any], said: list[str]) -> None:
    assert words(disk) == said


def test_an_administrator_sees_more() -> None:
    counter = {"DeviceId": "0", "Wear": 93, "ReadErrorsUncorrected": 0, "PowerOnHours": 100, "Temperature": 40}
    assert words({}, elevated=True, answers={COUNTERS: [counter]}) == ["worn"]
    failed = counter | {"Wear": 1, "WriteErrorsUncorrected": 2}
    assert words({}, elevated=True, answers={COUNTERS: [failed]}) == words(
        {}, elevated=True, answers={COUNTERS: [failed | {"ReadErrorsUncorrected": 2, "WriteErrorsUncorrected": None}]}
    )
    nothing = {"DeviceId": "0", "Wear": None, "ReadErrorsUncorrected": None, "PowerOnHours": None, "Temperature": 0}
    assert words({}, elevated=True, answers={COUNTERS: [nothing]}) == []


def test_the_driver_predicts() -> None:
    told = {
        PREDICTED: [{"InstanceName": "SCSI\\Disk&Ven_X\\4&1_0", "PredictFailure": True}],
        DRIVES: [{"Index": 0, "PNPDeviceID": "SCSI\\DISK&VEN_X\\4&1"}, {"Index": 1, "PNPDeviceID": "OTHER"}],
    }
    assert words({}, {"DeviceId": "1"}, elevated=True, answers=told) == ["failing"]


def test_serial_numbers_are_private() -> None:
    host = machine({DISKS: [WELL]})
    windows_disks.disks(host)
    assert [one.value for one in host.privates if one.kind == "serial"] == ["S1"]


@pytest.mark.parametrize(("rows", "reason"), [([], Reason.UNREADABLE), ([WELL | {"BusType": 14}], Reason.INAPPLICABLE)])
def test_no_disk_is_no_healthy_disk(rows: list[dict[str, Any]], reason: Reason) -> None:
    with pytest.raises(ProbeError) as raised:
        windows_disks.disks(machine({DISKS: rows}))
    assert raised.value.reason is reason


SYSTEM = {
    "Number": 0,
    "FriendlyName": "SSD",
    "IsReadOnly": False,
    "IsOffline": False,
    "IsBoot": True,
    "IsSystem": True,
    "BusType": 17,
}
C = {"DiskNumber": 0, "DriveLetter": 67, "IsReadOnly": False, "IsHidden": False}
HIDDEN = {"DiskNumber": 0, "DriveLetter": 0, "IsReadOnly": True, "IsHidden": True}


@pytest.mark.parametrize(
    ("disk", "part", "found"),
    [
        ({}, {}, []),
        ({"IsReadOnly": True}, {}, ["C:"]),
        ({"IsReadOnly": True}, {"DriveLetter": 0}, [""]),
        ({}, {"IsReadOnly": True}, ["C:"]),
        ({"IsReadOnly": True, "IsBoot": False, "IsSystem": False}, {}, ["C:"]),
        ({"IsReadOnly": True, "IsBoot": False, "IsSystem": False, "BusType": 7}, {}, []),
        ({"IsReadOnly": True, "IsOffline": True}, {}, []),
    ],
)
def test_what_windows_does_not_write_to(disk: dict[str, Any], part: dict[str, Any], found: list[str]) -> None:
    host = machine({ALL: [SYSTEM | disk], PARTS: [HIDDEN, C | part]})
    assert [one.volume for one in windows_disks.locked(host)] == found


def test_disks_that_are_not_in_use() -> None:
    away = SYSTEM | {"Number": 1, "FriendlyName": "HDD ", "IsOffline": True, "IsBoot": False, "IsSystem": False}
    host = machine({ALL: [SYSTEM, away | {"BusType": 11, "OfflineReason": 4}, away | {"BusType": 9}]})
    assert windows_disks.offline(host) == (windows_disks.Offline("PhysicalDrive1", "HDD", "collision"),)


@pytest.mark.parametrize(
    ("health", "status", "found"),
    [
        (0, [2], []),
        (5, [0], []),
        (None, None, []),
        (0, [0xD00D], [("C:", "NTFS", False)]),
        (1, [2, 0xD00E], [("C:", "NTFS", False)]),
        (2, [0xD00F], [("C:", "NTFS", True)]),
        (2, [2], [("C:", "NTFS", False)]),
        (3, None, [("C:", "NTFS", True)]),
    ],
)
def test_what_windows_says_of_its_volumes(health: int | None, status: Any, found: list[tuple[str, str, bool]]) -> None:
    row = {"DriveLetter": 67, "FileSystem": "NTFS", "HealthStatus": health, "OperationalStatus": status}
    host = machine({VOLUMES: [row, row | {"DriveLetter": 0}]})
    assert list(windows_disks.harmed(host)) == found


@pytest.mark.parametrize(("value", "letter"), [(68, "D:"), (0, ""), ("E", "E:"), ("\0", ""), (None, ""), (-1, "")])
def test_drive_letters(value: Any, letter: str) -> None:
    assert windows_disks.letter({"DriveLetter": value}) == letter
