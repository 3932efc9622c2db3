"""How Windows ended before each start that was not clean."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from conftest import ROOT
from hosts import MACHINE, given

from techkit.readings.os import unclean_shutdowns
from techkit.readings.os.unclean_shutdowns import End
from techkit.readings.software import crashes
from techkit.readings.software.crashes import Stop, Sudden

NOW = 1_790_000_000.0
WINDOWS = {("machine",): MACHINE | {"system": "windows"}}
ASKED = (
    "events", "System", (1001, 41, 161, 1074, 6006), unclean_shutdowns.MONTH,
    (
        unclean_shutdowns.BUGCHECK, unclean_shutdowns.POWER, unclean_shutdowns.DUMPER, *unclean_shutdowns.ASKER,
        unclean_shutdowns.KEEPER,
    ),
)  # fmt: skip
CORPUS = ROOT.parent / "shared" / "corpus" / "windows" / "eventlog"


def record(number: int, provider: str, ago: float, data: Any = ()) -> dict[str, Any]:
    return {"id": number, "provider": provider, "level": 2, "time": NOW - ago, "data": data}


def power(ago: float, code: str = "0", **data: str) -> dict[str, Any]:
    return record(41, unclean_shutdowns.POWER, ago, {"BugcheckCode": code, "PowerButtonTimestamp": "0"} | data)


def stop(ago: float, text: str = "0x0000009f (0x3, 0xffff, 0xf, 0x0)") -> dict[str, Any]:
    return record(1001, unclean_shutdowns.BUGCHECK, ago, {"param1": text, "param2": "C:\\x.dmp"})


def parsed(*records: dict[str, Any]) -> tuple[End, ...]:
    return unclean_shutdowns.parse(records)


def test_every_start_counts_once_however_many_records_tell_of_it() -> None:
    lost = record(161, unclean_shutdowns.DUMPER, 1020, [r"\Device\HarddiskVolume3"])
    assert parsed(stop(900), power(1000, "159"), lost) == (End(NOW - 1000, 0x9F, undumped=True),)
    assert parsed(power(1000, "239")) == (End(NOW - 1000, 0xEF),)
    assert parsed(stop(900)) == (End(NOW - 900, 0x9F),)
    loop = [power(ago) for ago in (0, 300, 900)]
    assert [end.time for end in parsed(*loop)] == [NOW, NOW - 300, NOW - 900]
    assert parsed(lost) == (End(NOW - 1020, undumped=True),)
    assert parsed(stop(9, "rubbish"), power(5000, "many")) == (End(NOW - 5000),)
    assert parsed(record(41, "Acme", 5), record(1001, "Windows Error Reporting", 5)) == ()


def test_a_stop_code_that_somebody_asked_for_is_no_fault() -> None:
    assert parsed(power(0, "226"), stop(0, "0x000000e2 (0x0, 0x0, 0x0, 0x0)")) == ()
    assert parsed(power(0, "456"), stop(0, "0x000001c8 (0x0, 0x0, 0x0, 0x0)")) == (End(NOW, button=True),)


def test_an_end_that_was_asked_for_and_did_not_come() -> None:
    asked = record(1074, "User32", 1600, {"param1": "explorer.exe", "param4": "0x0"})
    closed = record(6006, unclean_shutdowns.KEEPER, 1590)
    assert parsed(power(0), asked) == (End(NOW, asked=True),)
    assert parsed(power(0), closed, asked) == (End(NOW),)
    assert parsed(power(0), record(1074, "USER32", 1801)) == (End(NOW),)
    assert parsed(record(6006, unclean_shutdowns.KEEPER, 1700), asked, power(0)) == (End(NOW, asked=True),)


def test_a_finger_on_the_button() -> None:
    assert parsed(power(0, PowerButtonTimestamp="133012345")) == (End(NOW, button=True),)
    assert parsed(power(0, LongPowerButtonPressDetected="true")) == (End(NOW, button=True),)


def test_what_the_checks_make_of_it() -> None:
    records = [
        power(10), power(5000, PowerButtonTimestamp="133012345"), stop(9000), power(20000, "159"),
        record(161, unclean_shutdowns.DUMPER, 30000), power(8 * 86400),
    ]  # fmt: skip
    host = given(WINDOWS | {ASKED: records})
    assert crashes.bluescreens(host) == (
        Stop(0x9F, 2, NOW - 9000, "driver"),
        Stop(0, 1, NOW - 30000, crashes.UNRECORDED, undumped=1),
    )
    assert crashes.sudden(host) == (Sudden(NOW - 10), Sudden(NOW - 5000, button=True))


@pytest.mark.skipif(not CORPUS.exists(), reason="the recordings are not beside the project")
def test_recorded_requests_to_end() -> None:
    rows = [json.loads(line)["Event"] for line in (CORPUS / "plaso-System-USER32-1074.jsonl").read_text().splitlines()]
    records = []
    for row in rows:
        system = row["System"]
        when = datetime.fromisoformat(system["TimeCreated"]["#attributes"]["SystemTime"]).timestamp()
        provider = system["Provider"]["#attributes"]["Name"]
        data = row["EventData"]["Data"]["#text"]
        records.append({"id": 1074, "provider": provider, "level": 4, "time": when, "data": data})
    assert len(records) > 5
    assert unclean_shutdowns.parse(records) == ()
    hung = power(NOW - records[0]["time"] - 600)
    assert [end.asked for end in unclean_shutdowns.parse([hung, *records])] == [True]
