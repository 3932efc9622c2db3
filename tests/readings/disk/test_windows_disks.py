"""What Windows says of its disks; classes and numbers as Microsoft documents its Storage namespace."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import MACHINE, given

from techkit import registry
from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.disk import windows_disks

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
        ({"HealthStatus": 1, "OperationalStatus": [13]}, ["lost"]),
        ({"HealthStatus": 2, "OperationalStatus": [13, 5]}, ["failing"]),
        ({"HealthStatus": 1, "OperationalStatus": [0xD008]}, []),
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
        windows_disks.disks(machine({DISKS: rows, ("drives",): []}))
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


BROKEN = ProbeError(Reason.UNREADABLE, "0x80041013")


def page(*, warning: int = 0, used: int = 3, kelvins: int = 311, errors: int = 0) -> str:
    """An NVMe disk's page on its health."""
    head = bytes([warning, *kelvins.to_bytes(2, "little"), 100, 10, used]).ljust(128, b"\0")
    return ((head + (4100).to_bytes(16, "little")).ljust(160, b"\0") + errors.to_bytes(16, "little")).hex()


def attributes(**counts: int) -> str:
    """ATA's attributes by their numbers."""
    entries = (bytes([int(name[1:]), 0, 0, 99, 99, *count.to_bytes(6, "little"), 0]) for name, count in counts.items())
    return (bytes([16, 0]) + b"".join(entries)).ljust(362, b"\0").hex()


def own(**told: Any) -> dict[str, Any]:
    """What a disk's driver tells."""
    about = {"number": 0, "model": "SSD", "serial": "S1", "bus": 17, "removable": False}
    return about | {"health": "", "predicts": None, "attributes": "", "offline": False, "read_only": False} | told


def without_wmi(*rows: dict[str, Any]) -> list[str]:
    check = registry.load("disk.health")
    host = machine({DISKS: BROKEN, ("drives",): list(rows)})
    return [getattr(said, "code", "unseen") for said in check.judge(check.probe(host), check.limits)]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"health": page()}, []),
        ({"health": page(warning=0x04)}, ["failing"]),
        ({"health": page(warning=0x02)}, ["hot"]),
        ({"health": page(kelvins=353)}, ["hot"]),
        ({"health": page(used=80)}, ["worn"]),
        ({"health": page(errors=3)}, ["suspicious"]),
        ({"health": "00" * 232}, ["unseen"]),  # a driver that knows the page and not what stands on it
        ({"health": "ff" * 232}, ["unseen"]),
        ({"health": page(kelvins=0)}, []),
        ({"bus": 11, "predicts": False, "attributes": attributes(_5=0, _9=31200, _197=0)}, []),
        ({"bus": 11, "predicts": True, "attributes": ""}, ["failing"]),
        ({"bus": 11, "predicts": False, "attributes": attributes(_197=8)}, ["suspicious"]),
        ({"bus": 11, "predicts": False, "attributes": attributes(_5=3)}, ["noted"]),
        ({"bus": 11, "predicts": False, "attributes": attributes(_5=0x1234_0000_0000)}, []),  # a maker's other half
        ({"bus": 10}, ["unseen"]),
    ],
)
def test_without_wmi_a_disk_s_driver_tells(row: dict[str, Any], said: list[str]) -> None:
    assert without_wmi(own(**row)) == said


def test_without_wmi_sticks_and_virtual_disks_that_say_nothing_are_left_out() -> None:
    well = own(health=page())
    assert without_wmi(well, own(number=1, bus=7), own(number=2, bus=14), own(number=3, removable=True)) == []
    with pytest.raises(ProbeError) as caught:
        without_wmi(own(number=1, bus=7))
    assert caught.value.reason is Reason.UNREADABLE
    assert without_wmi(well, {"number": 1, "unseen": "timeout", "detail": "PhysicalDrive1"}) == ["unseen"]


@pytest.mark.parametrize(
    ("disk", "row", "said"),
    [
        ({}, {"bus": 11, "predicts": False, "attributes": attributes(_197=8)}, ["suspicious"]),
        ({}, {"health": page(used=91)}, ["worn"]),
        ({"HealthStatus": 2}, {"health": page()}, ["failing"]),
        ({"HealthStatus": 5}, {"health": page()}, []),
        ({"HealthStatus": 5}, {}, ["unseen"]),
        ({"HealthStatus": 1}, {"health": page()}, ["suspicious"]),
        ({}, {"number": 1, "health": page(used=91)}, []),
    ],
)
def test_the_driver_adds_to_what_windows_says_for_everybody(
    disk: dict[str, Any], row: dict[str, Any], said: list[str]
) -> None:
    assert words(disk, answers={("drives",): [own(**row)]}) == said


def test_without_wmi_a_disk_s_driver_says_whether_it_is_in_use_and_written_to() -> None:
    slot = own(number=3, bus=7, removable=True, read_only=None)
    disks = [own(read_only=True), own(number=1, bus=11, offline=True), own(number=2, bus=7, read_only=True), slot]
    host = machine({ALL: BROKEN, PARTS: BROKEN, ("drives",): disks})
    assert windows_disks.locked(host) == (windows_disks.Locked("PhysicalDrive0", "SSD"),)
    assert windows_disks.offline(host) == (windows_disks.Offline("PhysicalDrive1", "SSD"),)
    for unsure in (own(read_only=None), {"number": 0, "unseen": "timeout", "detail": ""}):
        with pytest.raises(ProbeError) as caught:
            windows_disks.locked(machine({ALL: BROKEN, ("drives",): [unsure]}))
        assert caught.value.reason is Reason.UNREADABLE
