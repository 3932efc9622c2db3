"""What memory, processor and buses tell of their own errors."""

from __future__ import annotations

import pytest
from hosts import MACHINE, given

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.hardware import machine_checks
from techkit.readings.hardware.machine_checks import Trouble
from techkit.readings.os.kernel_log import Message

LOGGED = "mce: [Hardware Error]: Machine check events logged"
COUNTED = "EDAC MC1: 262 CE memory read error on CPU_SrcID#0_Chan#1_DIMM#0 (channel:1 slot:0 page:0x2031c14)"


@pytest.mark.parametrize(
    ("text", "kind", "part", "place"),
    [
        (LOGGED, "unsaid", "", ""),
        (COUNTED, "corrected", "memory", "CPU_SrcID#0_Chan#1_DIMM#0"),
        ("EDAC MC0: 1 UE memory read error on any memory (page:0x1)", "uncorrected", "memory", ""),
        # valid, corrected; a scrubbing error of the memory controller
        ("EDAC sbridge MC1: CPU 1: Machine Check Event: 0 Bank 11: 8c00004f000800c2", "corrected", "memory", ""),
        ("mce: [Hardware Error]: CPU 2: Machine Check: 0 Bank 0: 9000000000010005", "corrected", "processor", "CPU 2"),
        (
            "mce: [Hardware Error]: CPU 2: Machine Check: 5 Bank 0: b200000000030005",
            "uncorrected",
            "processor",
            "CPU 2",
        ),
        # reporting was not enabled: nothing certain
        ("mce: [Hardware Error]: CPU 0: Machine Check: 0 Bank 4: a600000000020408", "unsaid", "processor", "CPU 0"),
        ("Memory failure: 0x7f1000: recovery action for dirty LRU page: Recovered", "uncorrected", "memory", ""),
        ("{1}[Hardware Error]: event severity: corrected", "corrected", "", ""),
        ("{1}[Hardware Error]: event severity: fatal", "uncorrected", "", ""),
    ],
)
def test_a_message_is_understood(text: str, kind: str, part: str, place: str) -> None:
    (found,) = machine_checks.parse([Message(text, 5000.0)], 0.0)
    assert (found.kind, found.part, found.place, found.early) == (kind, part, place, False)


@pytest.mark.parametrize(
    "text",
    [
        "mce: CPU supports 7 MCE banks",
        "mce: Using 22 MCE banks",
        "EDAC MC0: Giving out device to module skx_edac controller Skylake",
        "EDAC MC: Ver: 3.0.0",
        "ata2.00: exception Emask 0x0 SAct 0x0 SErr 0x0 action 0x0",
        "MCE: In-kernel MCE decoding enabled.",
        "RAS: Correctable Errors collector initialized.",
        "GHES: Generic hardware error reporting is enabled",
    ],
)
def test_what_belongs_to_every_start_is_silent(text: str) -> None:
    assert list(machine_checks.parse([Message(text, 1.0)], 0.0)) == []


def test_right_after_the_start_is_before_it() -> None:
    found = list(machine_checks.parse([Message(LOGGED, 1029.0), Message(LOGGED, 1031.0), Message(LOGGED)], 1000.0))
    assert [one.early for one in found] == [True, False, False]


def test_the_same_error_is_told_once_and_by_its_exact_words() -> None:
    exact = Trouble("corrected", "memory", "A1", 2, "x")
    assert machine_checks.merged([Trouble("unsaid"), exact, exact]) == (Trouble("corrected", "memory", "A1", 4, "x"),)
    assert machine_checks.merged([Trouble("corrected", "memory"), exact]) == (exact,)
    assert machine_checks.merged([Trouble("unsaid"), Trouble("unsaid")]) == (Trouble("unsaid", count=2),)


def test_counters_of_the_memory_controllers() -> None:
    folder = machine_checks.EDAC
    host = given(
        {
            ("listdir", folder): ["mc0", "power", "uevent"],
            ("read", f"{folder}/mc0/ce_count"): "3\n",
            ("read", f"{folder}/mc0/ue_count"): "0\n",
        }
    )
    assert [(one.kind, one.place, one.count) for one in machine_checks.counters(host)] == [("corrected", "mc0", 3)]
    gone = given({("listdir", folder): ProbeError(Reason.MISSING)})
    assert list(machine_checks.counters(gone)) == []


def test_windows_tells_by_events() -> None:
    ids = [*machine_checks.FATAL_EVENTS, *machine_checks.CORRECTED_EVENTS]
    where = {"VendorID": "0x8086", "DeviceID": "0xA340"}
    bus = {"id": 17, "provider": machine_checks.WHEA, "level": 3, "time": 1, "data": where}
    events = [
        {"id": 18, "provider": machine_checks.WHEA, "level": 2, "time": 1, "data": {"ApicId": "4", "MCABank": "0"}},
        bus,
        bus,
        {"id": 47, "provider": machine_checks.WHEA, "level": 3, "time": 1, "data": []},
    ]  # fmt: skip
    test = {"id": 1202, "provider": machine_checks.MEMORY_TEST, "level": 2, "time": 1, "data": {}}
    answers = {
        ("machine",): MACHINE | {"system": "windows"},
        ("events", "System", tuple(ids), 30, (machine_checks.WHEA,)): events,
        ("events", "System", (1101, 1102, 1201, 1202), 30, (machine_checks.MEMORY_TEST,)): [test, test | {"id": 1201}],
    }
    assert [(t.kind, t.part, t.place, t.count) for t in machine_checks.troubles(given(answers))] == [
        ("uncorrected", "processor", "CPU 4", 1),
        ("corrected", "bus", "0x8086:0xA340", 2),
        ("corrected", "memory", "", 1),
        ("test_failed", "memory", "", 1),
    ]
