"""Servers that Windows refuses, by the records of its client."""

from __future__ import annotations

from hosts import MACHINE, given

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.disk import share_refusals
from techkit.readings.disk.share_refusals import GUEST, OLD, Refusal

NOW = 1_790_000_000
ASKED = ("events", share_refusals.LOG, (GUEST, OLD), 3, (share_refusals.PROVIDER,))
MACHINES = {("machine",): MACHINE | {"system": "windows"}}


def test_each_server_with_the_last_time() -> None:
    records = [
        {"id": GUEST, "time": NOW - 60, "data": {"UserName": r"PC\\ann", "ServerName": r"\\nas"}},
        {"id": OLD, "time": NOW - 90, "data": {"Reason": "0", "Dialect": "0", "ServerName": "10.0.0.9"}},
        {"id": GUEST, "time": NOW - 99, "data": {"UserName": "", "ServerName": "nas"}},
        {"id": GUEST, "time": NOW - 99, "data": []},
    ]
    host = given(MACHINES | {ASKED: records})
    assert share_refusals.refusals(host) == (Refusal("guest", "nas", 2, 60), Refusal("old", "10.0.0.9", 1, 90))
    assert ("person", "ann") in {(one.kind, one.value) for one in host.privates}


def test_a_log_that_may_not_be_read_is_no_fault() -> None:
    assert share_refusals.refusals(given(MACHINES | {ASKED: ProbeError(Reason.FORBIDDEN)})) == ()
