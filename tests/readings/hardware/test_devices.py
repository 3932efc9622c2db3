"""Devices that do not work, as Linux and Windows tell them."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import MACHINE, given

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.hardware import devices
from techkit.readings.hardware.devices import Device
from techkit.readings.os.kernel_log import Message

IWL = "iwlwifi 0000:3b:00.0: "


def test_firmware_is_missing_only_when_the_driver_gives_up() -> None:
    asked = [Message(f"{IWL}Direct firmware load for iwlwifi-8000C-{n}.ucode failed with error -2") for n in (23, 22)]
    assert list(devices.without_firmware(asked)) == []
    loaded = [*asked, Message(f"{IWL}loaded firmware version 22.361476.0 op_mode iwlmvm")]
    assert list(devices.without_firmware(loaded)) == []
    given_up = [*asked, Message(f"{IWL}no suitable firmware found!")]
    assert list(devices.without_firmware(given_up)) == [
        Device("iwlwifi", "no_firmware", place="0000:3b:00.0", driver="iwlwifi", file="iwlwifi-8000C-22.ucode")
    ]


def test_one_driver_s_failure_is_not_another_s() -> None:
    said = [
        Message("r8169 0000:02:00.0: Direct firmware load for rtl_nic/rtl8168h-2.fw failed with error -2"),
        Message("r8169 0000:02:00.0: Unable to load firmware rtl_nic/rtl8168h-2.fw (-2)"),
        Message("amdgpu 0000:03:00.0: Direct firmware load for amdgpu/isp.bin failed with error -2"),
        Message(f"{IWL}no suitable firmware found!"),
    ]
    assert [(one.driver, one.file) for one in devices.without_firmware(said)] == []


def test_usb_sockets_whose_device_says_nothing() -> None:
    said = [
        Message("usb usb1-port3: unable to enumerate USB device", 100.0),
        Message("usb usb1-port3: unable to enumerate USB device", 160.0),
        Message("usb 1-4-port2: unable to enumerate USB device"),
        Message("usb 1-3: device descriptor read/64, error -71", 90.0),
    ]
    assert [(one.place, one.age) for one in devices.unrecognised(said, 200.0)] == [
        ("usb1 port 3", 40.0),
        ("1-4 port 2", None),
    ]


def test_pci_devices_without_a_driver() -> None:
    answers: dict[tuple[Any, ...], Any] = {("listdir", devices.BUS): ["0000:00:00.0", "0000:02:00.0", "0000:03:00.0"]}
    for address, kind, driver in (
        ("0000:00:00.0", "0x060000\n", False),
        ("0000:02:00.0", "0x028000\n", False),
        ("0000:03:00.0", "0x020000\n", True),
    ):
        folder = f"{devices.BUS}/{address}"
        answers["read", f"{folder}/class"] = kind
        answers["read", f"{folder}/vendor"], answers["read", f"{folder}/device"] = "0x8086\n", "0x2723\n"
        answers["stat", f"{folder}/driver"] = {"kind": "folder"} if driver else ProbeError(Reason.MISSING)
    assert list(devices.undriven(given(answers))) == [Device("8086:2723", "no_driver", "wifi", "0000:02:00.0")]


@pytest.mark.parametrize(
    ("code", "trouble"),
    [(28, "no_driver"), (22, "off"), (14, "restart"), (39, "driver"), (10, "failed"), (43, "failed"), (99, "failed")],
)
def test_what_a_problem_code_of_windows_means(code: int, trouble: str) -> None:
    row = {
        "Name": "Camera", "PNPClass": "Camera", "PNPDeviceID": "USB\\VID_1&PID_2\\3", "Service": None,
        "ConfigManagerErrorCode": code, "Present": True,
    }  # fmt: skip
    host = given(
        {
            ("machine",): MACHINE | {"system": "windows"},
            ("wmi", "root\\cimv2", "Win32_PnPEntity", devices.COLUMNS, devices.WANTED): [
                row,
                row | {"ConfigManagerErrorCode": 0},
            ],
        }
    )
    assert devices.devices(host).devices == (Device("Camera", trouble, "Camera", "USB\\VID_1&PID_2", code),)


@pytest.mark.parametrize(("code", "present"), [(45, True), (24, True), (28, False), (None, True)])
def test_a_device_that_is_not_there_is_no_trouble(code: int | None, present: bool) -> None:
    row = {
        "Name": "x", "PNPClass": None, "PNPDeviceID": "USB\\1\\2", "Service": None, "ConfigManagerErrorCode": code,
        "Present": present,
    }  # fmt: skip
    assert devices.parse(row) is None


@pytest.mark.parametrize(
    ("place", "virtual"),
    [
        (r"ROOT\NET\0000", True),
        (r"SWD\MSRRAS\MS_PPTPMINIPORT", True),  # what VPN clients leave behind at times
        (r"{5D624F94-8850-40C3-A3FA-A4FD2080BAF3}\VWIFIMP_WFD\5&28757B00&0&02", True),
        (r"PCI\VEN_8086&DEV_2723\3&11583659&0&A3", False),
        (r"USB\VID_0BDA&PID_8153\001000001", False),
    ],
)
def test_adapters_that_are_only_software(place: str, *, virtual: bool) -> None:
    row = {
        "Name": "Adapter", "PNPClass": "Net", "PNPDeviceID": place, "Service": "", "ConfigManagerErrorCode": 10,
        "Present": True,
    }  # fmt: skip
    found = devices.parse(row)
    assert found is not None
    assert found.virtual is virtual


@pytest.mark.parametrize("reason", [Reason.UNREADABLE, Reason.TIMEOUT, Reason.INAPPLICABLE, Reason.MISSING])
def test_the_device_manager_answers_where_wmi_does_not(reason: Reason) -> None:
    row = {
        "Name": "Ethernet Controller", "PNPClass": None, "PNPDeviceID": r"PCI\VEN_8086&DEV_15BC\3&1", "Service": None,
        "ConfigManagerErrorCode": 28, "Present": True, "CompatibleID": ["PCI\\VEN_8086&CC_0200", "PCI\\CC_0200"],
    }  # fmt: skip
    camera = row | {"Name": "HD Webcam", "PNPClass": "Camera", "ConfigManagerErrorCode": 0}
    answers = {
        ("machine",): MACHINE | {"system": "windows"},
        ("wmi", "root\\cimv2", "Win32_PnPEntity", devices.COLUMNS, devices.WANTED): ProbeError(reason),
        ("device_manager", devices.CLASSES): [row, camera],
    }
    (found,) = devices.devices(given(answers)).devices
    assert (found.name, found.trouble, found.place) == ("Ethernet Controller", "no_driver", r"PCI\VEN_8086&DEV_15BC")
    assert (found.kind, found.inside) == ("network", True)
    assert [row["Name"] for row in devices.entities(given(answers), "Camera")] == ["HD Webcam"]


def test_the_log_says_why_a_device_did_not_start() -> None:
    row = {
        "Name": "Camera", "PNPClass": "Camera", "PNPDeviceID": "USB\\VID_1&PID_2\\3a", "Service": None,
        "ConfigManagerErrorCode": 10, "Present": True,
    }  # fmt: skip
    said = {"DeviceInstanceId": "USB\\VID_1&PID_2\\3A", "Problem": "0xa", "Status": "0xc00000b5"}
    records = [
        {"data": said | {"Problem": "0x1f", "Status": "0xc0000001"}},
        {"data": said},
        {"data": said | {"Status": "0xc0000001"}},
        {"data": {}},
    ]
    asked = ("events", f"{devices.PNP}/Configuration", (devices.NOT_STARTED,), 30, (devices.PNP,))
    answers = {
        ("machine",): MACHINE | {"system": "windows"},
        ("wmi", "root\\cimv2", "Win32_PnPEntity", devices.COLUMNS, devices.WANTED): [row],
    }
    assert [one.status for one in devices.devices(given(answers | {asked: records})).devices] == ["0xc00000b5"]
    silent: Any = ProbeError(Reason.MISSING)
    assert [one.status for one in devices.devices(given(answers | {asked: silent})).devices] == [""]


def test_a_refusal_of_wmi_stays_one() -> None:
    refused = {
        ("wmi", "root\\cimv2", "Win32_PnPEntity", devices.COLUMNS, devices.WANTED): ProbeError(Reason.FORBIDDEN),
        ("device_manager", devices.CLASSES): [],
    }
    with pytest.raises(ProbeError) as caught:
        devices.entities(given(refused))
    assert caught.value.reason is Reason.FORBIDDEN
