"""Backups by the records of their log, in the form of its manifest."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import MACHINE, given

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.os import backups, services
from techkit.readings.os.backups import Run

SERVICES = ("wmi", "root\\cimv2", "Win32_Service", services.ROWS, "")
EVENTS = ("events", backups.LOG, (4, 7, 5, 9, 19, 49), backups.DAYS, (backups.LOG,))
WINDOWS = {("machine",): MACHINE | {"system": "windows"}, SERVICES: [{"Name": "wbengine", "State": "Stopped"}]}
NOW = 1_790_000_000


def record(number: int, days: float, **data: Any) -> dict[str, Any]:
    return {"id": number, "provider": backups.LOG, "level": 2, "time": NOW - days * 86400, "data": data}


def test_one_failure_is_told_more_than_once_and_its_own_reason_says_most() -> None:
    records = [
        record(5, 0.4, HRESULT="2155348249", BackupTarget="\\\\nas-01\\backup"),
        record(9, 0.401),
        record(5, 1.4, HRESULT="-2139619047"),
        record(7, 2.4, HRESULT="0", BackupTarget="E:"),
        record(4, 3.4, HRESULT="0", BackupTarget="E:"),
        record(4, 4.4, HRESULT="2155347968"),
    ]
    at = [one["time"] for one in records]
    assert backups.parse(records) == (
        Run(at[0], 9, "0x80780119", "\\\\nas-01\\backup"),
        Run(at[2], 5, "0x80780119"),
        Run(at[3], 7, "", "E:"),
        Run(at[4], 4, "", "E:"),
        Run(at[5], 4, "0x80780000"),
    )
    host = given(WINDOWS | {EVENTS: records})
    assert len(backups.backups(host).runs) == 5
    assert ("host", "nas-01") in {(one.kind, one.value) for one in host.privates}


@pytest.mark.parametrize(
    "answers", [{EVENTS: []}, {EVENTS: ProbeError(Reason.MISSING)}, {SERVICES: [{"Name": "Dhcp", "State": "Running"}]}]
)  # fmt: skip
def test_a_windows_that_makes_none(answers: dict[tuple[Any, ...], Any]) -> None:
    with pytest.raises(ProbeError) as caught:
        backups.backups(given(WINDOWS | answers))
    assert caught.value.reason is Reason.INAPPLICABLE


def test_a_log_in_a_form_of_its_own_is_read_as_far_as_it_goes() -> None:
    assert backups.parse([{"id": 5, "time": NOW, "data": ["x"]}]) == (Run(NOW, 5),)
