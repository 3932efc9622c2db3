"""What Defender's own log tells."""

from __future__ import annotations

from typing import Any

from hosts import given

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.antivirus import defender_log, threats
from techkit.readings.antivirus.defender_log import Story

ASKED = ("events", threats.DEFENDER, (2000, 2001, 3002, 3007, 5000, 5001), defender_log.DAYS, ())


def record(number: int, when: float, **data: str) -> dict[str, Any]:
    return {"id": number, "provider": "Microsoft-Windows-Windows Defender", "level": 2, "time": when, "data": data}


def told(*records: dict[str, Any]) -> Story:
    return defender_log.story(given({ASKED: list(records)}))


def test_the_newest_word_on_each_matter_counts() -> None:
    failed = record(2001, 9, **{"Error Code": "0x80072EE7", "Update Source": "Microsoft Update Server"})
    assert told(failed, record(2000, 8)) == Story(update_error="0x80072ee7")
    assert told(record(2000, 10), failed) == Story()
    assert told(record(3002, 9, ErrorCode="-2147467259")) == Story(guard_error="0x80004005")
    assert told(record(3007, 10), record(3002, 9, ErrorCode="0x80004005")) == Story()
    assert told(record(5001, 9), record(5000, 8)) == Story(off_since=9.0)
    assert told(record(5000, 9), record(5001, 8)) == Story()
    assert told() == Story()


def test_a_record_of_another_form_or_a_log_that_is_shut_says_nothing() -> None:
    assert told(record(2001, 9), record(3002, 8, **{"Error Code": "none"})) == Story()
    assert told({**record(2001, 9), "data": ["0x80072EE7"]}) == Story()
    assert defender_log.story(given({ASKED: ProbeError(Reason.FORBIDDEN)})) == Story()
