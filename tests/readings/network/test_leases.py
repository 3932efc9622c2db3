"""What Windows wrote when it last asked for an address."""

from __future__ import annotations

from typing import Any

from hosts import MACHINE, given

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.network import leases

WINDOWS = {("machine",): MACHINE | {"system": "windows"}}
ASKED = ("events", leases.LOG, (1001, 1002, 1003), 1, (leases.PROVIDER,))


def test_the_newest_word_counts_and_a_shut_log_says_nothing() -> None:
    card = {"HWLength": "6", "HWAddress": "000C29B19818"}
    refused: dict[str, Any] = {"id": 1002, "provider": leases.PROVIDER, "level": 2, "time": 9.0, "data": card}
    assert leases.last(given(WINDOWS | {ASKED: [refused, refused | {"id": 1001, "time": 8.0}]})) == 1002
    assert leases.last(given(WINDOWS | {ASKED: []})) is None
    assert leases.last(given(WINDOWS | {ASKED: ProbeError(Reason.MISSING)})) is None
    assert leases.last(given()) is None
