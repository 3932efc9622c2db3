"""Tokens that are plugged in, and the service for them."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import MACHINE, given

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.hardware import devices, security_tokens
from techkit.readings.hardware.security_tokens import Tokens
from techkit.readings.os import services

GONE = ProbeError(Reason.MISSING)


def linux(vendor: str, interface: str, **service: Any) -> dict[tuple[Any, ...], Any]:
    """Answers of a machine with one USB device."""
    return {
        ("listdir", security_tokens.USB): ["1-0:1.0", "1-2", "1-2:1.0", "usb1"],
        ("read", f"{security_tokens.USB}/1-0:1.0/bInterfaceClass"): "09\n",
        ("read", f"{security_tokens.USB}/1-2:1.0/bInterfaceClass"): f"{interface}\n",
        ("read", f"{security_tokens.USB}/1-2/idVendor"): f"{vendor}\n",
        ("read", f"{security_tokens.USB}/1-2/product"): "Rutoken ECP\n",
        ("stat", security_tokens.SOCKET): {"kind": "other"} if service.get("listens") else GONE,
        ("which", "pcscd"): service.get("program"),
        ("stat", "/run/systemd/system"): GONE,
    }


@pytest.mark.parametrize(
    ("service", "unit", "state"),
    [
        ({"listens": True}, "pcscd.socket", "running"),
        ({"program": "/usr/sbin/pcscd"}, "pcscd", "stopped"),
        ({}, "pcscd", "absent"),
    ],
)
def test_a_token_and_its_service(service: dict[str, Any], unit: str, state: str) -> None:
    assert security_tokens.tokens(given(linux("0a89", "0b", **service))) == Tokens(("Rutoken ECP",), (), unit, state)


def test_a_reader_is_no_token() -> None:
    assert security_tokens.tokens(given(linux("058f", "0b"))).readers == ("Rutoken ECP",)


@pytest.mark.parametrize(("vendor", "interface"), [("0a89", "08"), ("1050", "0b")])
def test_nothing_for_signatures_is_plugged_in(vendor: str, interface: str) -> None:
    with pytest.raises(ProbeError) as caught:
        security_tokens.tokens(given(linux(vendor, interface, listens=True)))
    assert caught.value.reason is Reason.INAPPLICABLE


def test_windows_tells_readers() -> None:
    rows = [
        {"Name": "Aktiv Rutoken ECP 0", "PNPDeviceID": "USB\\VID_0A89&PID_0030\\5", "Present": True},
        {"Name": "Windows Hello", "PNPDeviceID": "ROOT\\SMARTCARDREADER\\0000", "Present": True},
    ]
    service = {
        "Name": "SCardSvr", "DisplayName": "Smart Card", "State": "Stopped", "StartMode": "Disabled",
        "DelayedAutoStart": False, "ExitCode": 1077, "ServiceSpecificExitCode": 0,
    }  # fmt: skip
    answers = {
        ("machine",): MACHINE | {"system": "windows"},
        ("wmi", "root\\cimv2", "Win32_PnPEntity", devices.COLUMNS, devices.WANTED): [
            row | {"PNPClass": "SmartCardReader", "ConfigManagerErrorCode": 0} for row in rows
        ],
        ("wmi", "root\\cimv2", "Win32_Service", tuple(services.ROWS), ""): [service],
    }
    assert security_tokens.tokens(given(answers)) == Tokens(("Aktiv Rutoken ECP 0",), (), "SCardSvr", "disabled")
