"""No source that Windows may keep back costs more than its own check, and none that says less accuses anybody.

Nobody has run techkit on a real Windows: every question of the healthy tape is answered with every way to fail, with
nothing, and with each of its columns and values left out, as an older release or a policy may do.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING

import pytest
from conftest import TAPES

from techkit import registry
from techkit.host import Host, ProbeError
from techkit.host.tape import Entry, Recording, Tape, load
from techkit.model import Finding, Reason, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techkit.registry import AnyCheck

PC = load(TAPES / "windows-11-healthy.json")
FAILURES = (Reason.FORBIDDEN, Reason.MISSING, Reason.TIMEOUT, Reason.UNREADABLE, Reason.INAPPLICABLE)
ALWAYS_GIVEN = {"State", "DestinationPrefix", "InterfaceAlias", "ServerAddresses"}
"""Columns without which a row says nothing: the key of a class, or the one thing it is asked for."""
MAY_ACCUSE = {"os.wmi", "os.timezone"}
"""One that asks whether WMI answers at all, one that asks whether a key is there."""
STANDS_ON = {"machine", "site"}
EACH = pytest.mark.parametrize(
    "place",
    [
        pytest.param(place, id=" ".join(map(str, entry.ask[:3])))
        for place, entry in enumerate(PC.answers)
        if entry.ask[0] not in STANDS_ON
    ],
)


@cache
def checks() -> dict[str, AnyCheck]:
    """Every check of a Windows client."""
    return {name: check for name in registry.names() if "windows" in (check := registry.load(name)).systems}


def alarms(check: AnyCheck, recording: Recording) -> tuple[set[str], list[str]]:
    """What a check finds on a tape, and whom it has asked; raises what is no `ProbeError`."""
    host = Host(Tape(recording))
    found: set[str] = set()
    try:
        verdicts = list(check.judge(check.probe(host), check.limits))
        found = {one.code for one in verdicts if isinstance(one, Finding) and one.severity is not Severity.INFO}
    except ProbeError:
        pass
    return found, [source(ask) for ask, _ in host.asked]


def source(ask: list[object]) -> str:
    """What a question is put to, whatever it asks for there."""
    parts = {"wmi": (1, 2, 4), "events": (1,)}.get(str(ask[0]), range(1, len(ask)))
    return " ".join(str(ask[part]) for part in (0, *parts)).casefold()


@cache
def askers() -> dict[str, set[str]]:
    """The checks that ask each source."""
    found: dict[str, set[str]] = defaultdict(set)
    for name, check in checks().items():
        for one in alarms(check, PC)[1]:
            found[one].add(name)
    return found


def poorer(entry: Entry) -> Iterator[Entry]:
    """The same question with every answer that is less."""
    yield from (Entry(entry.ask, error=(reason, "made up")) for reason in FAILURES)
    question, answer = entry.ask[0], entry.answer
    if question in {"wmi", "events"}:
        yield Entry(entry.ask, [])
    if question == "wmi":
        for column in {column for row in answer or () for column in row} - ALWAYS_GIVEN:
            yield Entry(entry.ask, [row | {column: None} for row in answer])
    if question == "registry" and answer:
        yield Entry(entry.ask, {"values": {}, "keys": []})
        for left_out in answer["values"]:
            kept = {name: value for name, value in answer["values"].items() if name != left_out}
            yield Entry(entry.ask, answer | {"values": kept})


@EACH
def test_a_source_that_says_less_breaks_nothing_and_accuses_nobody(place: int) -> None:
    entry = PC.answers[place]
    for less in poorer(entry):
        answers = [*PC.answers[:place], less, *PC.answers[place + 1 :]]
        for name in askers()[source(entry.ask)] - MAY_ACCUSE:
            found, _ = alarms(checks()[name], Recording(PC.system, PC.now, answers))
            assert not found, (name, less)
