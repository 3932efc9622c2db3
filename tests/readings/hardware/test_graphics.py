"""What keeps pictures from being drawn well."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import MACHINE, given

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.hardware import devices, graphics
from techkit.readings.os.kernel_log import Message

NOW = 1_790_000_000


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
        asked = ("events", "System", (graphics.RECOVERED,), 7, ("Display",))
        assert graphics.graphics(given(answers | {asked: []})).maker == maker


def test_a_card_whose_driver_windows_puts_back_on_its_feet() -> None:
    row = {
        "Name": "NVIDIA GeForce RTX 3060", "PNPDeviceID": "PCI\\VEN_10DE&DEV_2503\\4", "Present": True,
        "Service": "nvlddmkm", "PNPClass": "Display", "ConfigManagerErrorCode": 0,
    }  # fmt: skip
    answers: dict[tuple[Any, ...], Any] = {
        ("machine",): MACHINE | {"system": "windows"},
        ("wmi", "root\\cimv2", "Win32_PnPEntity", devices.COLUMNS, devices.WANTED): [row],
    }
    asked = ("events", "System", (graphics.RECOVERED,), 7, ("Display",))
    records = [
        {"time": NOW - 60, "data": ["nvlddmkm", ""]},
        {"time": NOW - 90, "data": ["igfxn"]},
        {"time": NOW - 99, "data": ["nvlddmkm", ""]},
    ]
    seen = graphics.graphics(given(answers | {asked: records}))
    assert (seen.hangs, seen.recovered, seen.driver, seen.device) == (2, True, "nvlddmkm", row["Name"])
    assert seen.age == 60
    silent = ProbeError(Reason.TIMEOUT)
    assert graphics.graphics(given(answers | {asked: silent})) == graphics.Graphics(unseen=Reason.TIMEOUT, log="System")
    assert graphics.driver_of([]) == "?"
