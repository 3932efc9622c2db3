"""Whether volumes are encrypted."""

from __future__ import annotations

import pytest
from hosts import given

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.disk import encryption
from techkit.readings.disk.encryption import Volume

MOUNTS = "29 1 253:1 / / rw - ext4 /dev/dm-1 rw\n30 1 8:1 / /srv rw - ext4 /dev/sda1 rw\n"


def test_linux() -> None:
    host = given({
        ("read", "/proc/self/mountinfo"): MOUNTS,
        ("read", "/sys/class/block/dm-1/dm/uuid"): "LVM-abc\n",
        ("listdir", "/sys/class/block/dm-1/slaves"): ["dm-0"],
        ("read", "/sys/class/block/dm-0/dm/uuid"): "CRYPT-LUKS2-abc\n",
    })  # fmt: skip
    assert encryption.encryption(host) == (Volume("/", "encrypted", protected=True),)


def test_without_encryption_the_question_does_not_apply() -> None:
    with pytest.raises(ProbeError) as caught:
        encryption.encryption(given({("read", "/proc/self/mountinfo"): "29 1 8:1 / / rw - ext4 /dev/sda1 rw\n"}))
    assert caught.value.reason is Reason.INAPPLICABLE


def test_bitlocker() -> None:
    properties = ("DriveLetter", "ProtectionStatus", "ConversionStatus")
    host = given({
        ("machine",): {"system": "windows"},
        ("wmi", encryption.NAMESPACE, "Win32_EncryptableVolume", properties, ""): [
            {"DriveLetter": "D:", "ProtectionStatus": 0, "ConversionStatus": 0},
            {"DriveLetter": "C:", "ProtectionStatus": 0, "ConversionStatus": 1},
            {"DriveLetter": "E:", "ProtectionStatus": 2, "ConversionStatus": 1},
            {"DriveLetter": None, "ProtectionStatus": 0, "ConversionStatus": 0},
        ],
    })  # fmt: skip
    assert encryption.encryption(host) == (
        Volume("C:", "encrypted", protected=False),
        Volume("D:", "plain", protected=False),
        Volume("E:", "encrypted", protected=None),
    )


def test_a_windows_that_names_no_volume_is_unknown() -> None:
    properties = ("DriveLetter", "ProtectionStatus", "ConversionStatus")
    answers = {
        ("machine",): {"system": "windows"},
        ("wmi", encryption.NAMESPACE, "Win32_EncryptableVolume", properties, ""): [],
    }
    with pytest.raises(ProbeError) as caught:
        encryption.encryption(given(answers))
    assert caught.value.reason is Reason.UNREADABLE
