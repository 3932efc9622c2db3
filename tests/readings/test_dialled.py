"""Connections that were dialled and did not come up."""

from __future__ import annotations

from typing import Any

from techkit.readings import dialled
from techkit.readings.dialled import Failure


def event(number: int, when: float, *texts: str) -> dict[str, Any]:
    return {"id": number, "provider": dialled.PROVIDER, "level": 2, "time": when, "data": list(texts)}


def test_a_failure_counts_until_the_connection_is_up_again() -> None:
    failed = [event(20227, when, "{id}", "pc\\anna", "Work", error) for when, error in ((9, "809"), (8, "691"))]
    assert dialled.parse(failed) == (Failure("Work", 809, 2, 9),)
    assert dialled.parse([event(20225, 10, "{id}", "pc\\anna", "Work"), *failed]) == ()
    assert dialled.parse(
        [*failed, event(20225, 7, "{id}", "pc\\anna", "Work"), event(20227, 6, "x", "pc\\anna", "Work", "720")]
    ) == (Failure("Work", 809, 2, 9),)


def test_a_record_of_another_form_says_nothing() -> None:
    named = {
        "id": 20227,
        "provider": "RasClient",
        "level": 2,
        "time": 9.0,
        "data": {"a": "{id}", "b": "SYSTEM", "c": "Work", "d": "868"},
    }
    assert dialled.parse([named]) == (Failure("Work", 868, 1, 9.0),)
    assert dialled.parse([event(20227, 9), event(20227, 9, "809"), event(20227, 9, "x", "y", "Work", "none")]) == ()
