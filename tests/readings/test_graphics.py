"""What keeps pictures from being drawn well."""

from __future__ import annotations

import pytest
from hosts import MACHINE, given

from techkit.readings import devices, graphics
from techkit.readings.kernel_log import Message


@pytest.mark.parametrize(
    ("text", "driver"),
    [
        ("i915 0000:00:02.0: [drm] GPU HANG: ecode 12:1:85dffffb, in Xorg [1234]", "i915"),
        ("[drm:amdgpu_job_timedout [amdgpu]] *ERROR* ring gfx_0.0.0 timeout, signaled seq=1, emitted seq=2", "amdgpu"),
        ("NVRM: Xid (PCI:0000:01:00): 79, pid=1, GPU has fallen off the bus.", "nvidia"),
        ("NVRM: Xid (PCI:0000:01:00): 31, pid=1, name=game, MMU Fault", ""),
        ("i915 0000:00:02.0: [drm] Finished loading DMC firmware", ""),
    ],
)
def test_a_card_that_hangs(text: str, driver: str) -> None:
    seen = graphics.parse([Message(text, 100.0)], 160.0)
    assert (seen.driver, seen.hangs, seen.age) == (driver, int(bool(driver)), 60.0 if driver else None)


def test_libraries_that_do_not_fit() -> None:
    text = "NVRM: API mismatch: the client has the version 535.129.03, but\nNVRM: this kernel module has the version 1."
    assert graphics.parse([Message(text)], 0).client == "535.129.03"


def test_the_basic_driver_of_windows_by_its_service() -> None:
    row = {"Name": "Базовый видеоадаптер (Майкрософт)", "PNPDeviceID": "PCI\\VEN_10DE&DEV_1C82\\4", "Present": True}
    row |= {"PNPClass": "Display", "ConfigManagerErrorCode": 0}
    for service, maker in (("BasicDisplay", "NVIDIA"), ("nvlddmkm", "")):
        answers = {
            ("machine",): MACHINE | {"system": "windows"},
            ("wmi", "root\\cimv2", "Win32_PnPEntity", devices.COLUMNS, devices.WANTED): [row | {"Service": service}],
        }
        assert graphics.graphics(given(answers)).maker == maker
