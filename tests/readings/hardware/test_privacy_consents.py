"""What Windows lets programs use."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import MACHINE, given

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.hardware import devices, privacy_consents
from techkit.readings.hardware.privacy_consents import Consent

SID = "S-1-5-21-1-2-3-1001"


def windows(rows: list[dict[str, Any]], of: str, kind: str, **values: Any) -> Any:
    """A Windows machine with these devices and switches."""
    own = rf"HKU\{SID}\{privacy_consents.STORE}\{kind}"
    keys = {"everyone": rf"HKLM\{privacy_consents.STORE}\{kind}", "person": own, "desktop": rf"{own}\NonPackaged"}
    answers: dict[tuple[Any, ...], Any] = {
        ("machine",): MACHINE | {"system": "windows"},
        ("person",): {"name": "anna", "id": SID},
        ("wmi", "root\\cimv2", "Win32_PnPEntity", devices.COLUMNS, devices.WANTED): [
            row | {"PNPClass": of, "ConfigManagerErrorCode": 0} for row in rows
        ],
        ("registry", privacy_consents.POLICIES): {"values": {"LetAppsAccessCamera": 2}, "keys": []},
    }
    for name, key in keys.items():
        found = {"values": {"Value": values[name]}, "keys": []} if name in values else ProbeError(Reason.MISSING)
        answers["registry", key] = found
    return given(answers)


def test_the_switches_for_a_camera() -> None:
    rows = [{"Name": "Integrated Camera", "PNPDeviceID": "USB\\VID_1", "Present": True}]
    host = windows(rows, "Camera", "webcam", everyone="Allow", person="Deny")
    assert privacy_consents.consent(host, "webcam") == Consent(
        ("Integrated Camera",), SID, "Allow", "Deny", "", forced=True
    )


def test_what_plays_is_no_microphone() -> None:
    speaker = {"Name": "Speakers", "PNPDeviceID": "SWD\\MMDEVAPI\\{0.0.0.00000000}.{1}", "Present": True}
    microphone = {"Name": "Microphone", "PNPDeviceID": "SWD\\MMDEVAPI\\{0.0.1.00000000}.{2}", "Present": True}
    seen = privacy_consents.consent(
        windows([speaker, microphone], "AudioEndpoint", "microphone", desktop="Deny"), "microphone"
    )
    assert (seen.devices, seen.desktop, seen.forced) == (("Microphone",), "Deny", False)
    with pytest.raises(ProbeError) as caught:
        privacy_consents.consent(windows([speaker], "AudioEndpoint", "microphone"), "microphone")
    assert caught.value.reason is Reason.INAPPLICABLE


@pytest.mark.parametrize(
    ("switches", "denied_by"),
    [
        ({}, ""),
        ({"everyone": "Allow", "person": "Prompt"}, ""),
        ({"desktop": "Deny"}, "desktop"),
        ({"person": "Deny", "desktop": "Deny"}, "person"),
        ({"everyone": "Deny", "person": "Deny"}, "everyone"),
        ({"everyone": "Deny", "forced": True}, "policy"),
    ],
)
def test_the_widest_switch_that_denies(switches: dict[str, Any], denied_by: str) -> None:
    assert Consent(("Camera",), **switches).denied_by == denied_by
