"""Application pools by the events of IIS and by its processes."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import MACHINE, given

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.os import services
from techkit.readings.software import app_pools
from techkit.readings.software.app_pools import Pool

NOW = 1_790_000_000
SERVICES = ("wmi", "root\\cimv2", "Win32_Service", services.ROWS, "")
EVENTS = ("events", "System", (5002, 5059, 5057, 5074, 5186), app_pools.DAYS, (app_pools.PROVIDER,))
WINDOWS = {
    ("machine",): MACHINE | {"system": "windows"},
    SERVICES: [{"Name": "W3SVC", "State": "Running"}],
    ("psutil", "boot_time"): NOW - 86400,
}


def record(number: int, ago: float, *texts: str) -> dict[str, Any]:
    return {"id": number, "provider": app_pools.PROVIDER, "level": 2, "time": NOW - ago, "data": list(texts)}


RECORDS = [
    record(5059, 50, "erp"),
    record(5057, 51, "erp"),
    record(5186, 60, "4312", "mended"),
    record(5002, 100, "shop"),
    record(5002, 110, "again"),
    record(5002, 200, "mended"),
    record(5002, 90000, "before the restart"),
    record(5057, 300, "shop"),
]


def test_the_last_word_on_each_pool_counts() -> None:
    assert app_pools.parse(RECORDS) == (
        Pool("erp", 5057, NOW - 50),
        Pool("shop", 5002, NOW - 100),
        Pool("again", 5002, NOW - 110),
        Pool("before the restart", 5002, NOW - 90000),
    )
    assert app_pools.parse([record(5002, 1)]) == ()


def test_what_works_again_and_what_was_before_the_start_of_windows_is_past() -> None:
    line = [r"c:\windows\system32\inetsrv\w3wp.exe", "-ap", "Again", "-v", "v4.0"]
    process = {"name": "w3wp.exe", "argv": line}
    host = given(WINDOWS | {EVENTS: RECORDS, ("processes",): [process, {"name": "w3wp.exe", "argv": None}]})
    assert [pool.name for pool in app_pools.given_up(host)] == ["erp", "shop"]
    assert len(app_pools.given_up(given(WINDOWS | {EVENTS: RECORDS}))) == 3


def test_the_name_of_a_pool_may_hold_spaces() -> None:
    line = '-ap "My Shop" -v "v4.0" -a \\\\.\\pipe\\iisipm'
    assert app_pools.pools_at_work([{"name": "w3wp.exe", "argv": [line]}]) == {"my shop"}
    assert app_pools.pools_at_work([{"name": "w3wp.exe", "argv": ["-ap", "My Shop"]}]) == {"my shop"}


def test_without_a_web_server_there_is_no_pool() -> None:
    with pytest.raises(ProbeError) as caught:
        app_pools.given_up(given(WINDOWS | {SERVICES: [{"Name": "W3SVC", "State": "Stopped"}]}))
    assert caught.value.reason is Reason.INAPPLICABLE
