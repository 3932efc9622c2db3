"""Secure Boot's certificates by the registry of Windows and by the variables of firmware."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import MACHINE, bare

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.os import boot_certificates
from techkit.readings.os.boot_certificates import BootCertificates

WINDOWS = {("machine",): MACHINE | {"system": "windows"}}
STATE = ("registry", rf"{boot_certificates.SECURE_BOOT}\State")
SERVICING = ("registry", rf"{boot_certificates.SECURE_BOOT}\Servicing")


def values(**some: Any) -> dict[str, Any]:
    return {"values": some, "keys": []}


ON = WINDOWS | {STATE: values(UEFISecureBootEnabled=1)}


@pytest.mark.parametrize(
    ("noted", "seen"),
    [
        ({"UEFICA2023Status": "Updated"}, BootCertificates(known=True, status="Updated")),
        ({"UEFICA2023Status": "NotStarted", "UEFICA2023Error": 0}, BootCertificates(known=False, status="NotStarted")),
        (
            {"UEFICA2023Status": "InProgress", "UEFICA2023Error": 0x80070013, "UEFICA2023ErrorEvent": 1795},
            BootCertificates(known=False, status="InProgress", error=0x80070013, event=1795),
        ),
    ],
)
def test_what_windows_notes(noted: dict[str, Any], seen: BootCertificates) -> None:
    assert boot_certificates.boot_certificates(bare(ON | {SERVICING: values(**noted)})) == seen


ENABLED = ("read", boot_certificates.ENABLED)
TRUSTED = ("read", boot_certificates.TRUSTED)


@pytest.mark.parametrize("known", [True, False])
def test_what_firmware_trusts(known: bool) -> None:
    held = f"\x27\x00\x00\x00…{boot_certificates.OLD}…" + ("Microsoft UEFI CA 2023…" if known else "")
    host = bare({ENABLED: "\x06\x00\x00\x00\x01", TRUSTED: held})
    assert boot_certificates.boot_certificates(host) == BootCertificates(known=known)


@pytest.mark.parametrize(
    "answers",
    [
        WINDOWS,
        WINDOWS | {STATE: values(UEFISecureBootEnabled=0)},
        ON,
        {ENABLED: ProbeError(Reason.MISSING)},
        {ENABLED: "\x06\x00\x00\x00\x00"},
        {ENABLED: "\x06\x00\x00\x00\x01", TRUSTED: "somebody's own"},
    ],
)
def test_where_the_question_makes_no_sense(answers: dict[tuple[Any, ...], Any]) -> None:
    with pytest.raises(ProbeError) as caught:
        boot_certificates.boot_certificates(bare(answers))
    assert caught.value.reason is Reason.INAPPLICABLE
