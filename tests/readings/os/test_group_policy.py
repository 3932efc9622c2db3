"""The rules of a domain, by the records of their client."""

from __future__ import annotations

from typing import Any

from hosts import MACHINE, given

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.os import group_policy
from techkit.readings.os.group_policy import Failing

NOW = 1_790_000_000.0
PATH = "\\\\corp.example\\SysVol\\corp.example\\Policies\\{31B2F340}\\gpt.ini"


def event(number: int, ago: float, **data: str) -> dict[str, Any]:
    return {"id": number, "time": NOW - ago, "data": data}


def test_a_success_ends_the_row() -> None:
    row = [event(1058, 60, ErrorCode="5", FilePath=PATH), event(1006, 7200, ErrorCode="49"), event(1501, 9000)]
    assert group_policy.parse(row, NOW) == Failing("file", 2, 7200, 60, "5", PATH)
    assert group_policy.parse([event(1502, 30), *row], NOW) is None
    assert group_policy.parse([], NOW) is None


def test_why_it_fails() -> None:
    first = group_policy.parse([event(1006, 60, ErrorCode="49")], NOW)
    assert first
    assert (first.reason, first.error) == ("login", "LDAP 49")
    second = group_policy.parse([event(1129, 60, ErrorCode="0")], NOW)
    assert second
    assert (second.reason, second.error) == ("away", "")
    third = group_policy.parse([event(1096, 60, FilePath="C:\\Windows\\System32\\GroupPolicy\\x.pol")], NOW)
    assert third
    assert (third.reason, third.local) == ("damaged", True)
    assert not Failing("file", 1, 0, 0, path=PATH).local
    assert group_policy.parse([{"id": 1058, "time": NOW, "data": []}], NOW) == Failing("file", 1, 0, 0)


def test_a_log_that_does_not_answer_is_told_by_others() -> None:
    asked = ("events", "System", (*group_policy.FAILED, *group_policy.DONE), 7, (group_policy.PROVIDER,))
    machine = MACHINE | {"system": "windows"}
    assert group_policy.failing(given({("machine",): machine, asked: ProbeError(Reason.TIMEOUT)})) is None
    assert group_policy.failing(given({("machine",): machine, asked: [event(1058, 60)]})) == Failing("file", 1, 60, 60)
