"""No source that Windows may keep back costs more than its own check, and none that says less accuses anybody.

Nobody has run techkit on a real Windows: every question of the healthy tape is answered with every way to fail, with
nothing, and with each of its columns and values left out, as an older release or a policy may do.
"""

from __future__ import annotations

import json
from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from conftest import TAPES
from hosts import MACHINE, Given

from techkit import engine, registry
from techkit.config import Settings
from techkit.host import Host, ProbeError
from techkit.host.tape import Entry, Recording, Tape, load
from techkit.model import Finding, Outcome, Reason, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from techkit.registry import AnyCheck

PC = load(TAPES / "windows-11-healthy.json")
FAILURES = (Reason.FORBIDDEN, Reason.MISSING, Reason.TIMEOUT, Reason.UNREADABLE, Reason.INAPPLICABLE)
ALWAYS_GIVEN = {"State", "DestinationPrefix", "InterfaceAlias", "ServerAddresses"}
"""Columns without which a row says nothing: the key of a class, or the one thing it is asked for."""
MAY_ACCUSE = {"os.wmi", "os.timezone", "os.permissions"}
"""One that asks whether WMI answers at all, one that asks whether a key is there, one whether a folder is."""
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


GOOD_WHERE_MISSING = {"antivirus.legacy", "antivirus.licence", "network.hosts", "os.reboot"}
"""Old protocols, a bought antivirus, a file of names and the marks of an update: none is good news."""


@pytest.mark.parametrize("reason", FAILURES)
def test_a_windows_that_says_nothing_is_not_taken_for_a_healthy_one(reason: Reason) -> None:
    class Silent(Given):
        def answer(self, question: str, args: list[Any], timeout: float) -> Any:
            try:
                return super().answer(question, args, timeout)
            except ProbeError as error:
                raise ProbeError(reason, question) from error

    host = Host(
        Silent({("machine",): MACHINE | {"system": "windows", "edition": "client"}, ("site",): Settings().answers()})
    )
    good = {one.check for one in engine.run(host, engine.plan((), deep=True)).results if one.outcome is Outcome.OK}
    assert good == (GOOD_WHERE_MISSING if reason is Reason.MISSING else set())


LOCALISED = ("DisplayName", "Caption", "Description", "FriendlyName")
"""Columns whose text Windows translates, and which no check may read a meaning from."""
TRANSLATED = ("FailureReason", "ConnectionMode", "BSSType", "param5", "Action Name", "Category Name", "Reason")
"""Data of events that are translated."""


def in_japanese(entry: Entry) -> Entry:
    """The same answer of a Windows in another language: translated texts, names of adapters and of services."""
    answer = json.loads(json.dumps(entry.answer).replace('"Ethernet"', '"\\u30a4\\u30fc\\u30b5\\u30cd\\u30c3\\u30c8"'))
    ask = json.loads(json.dumps(entry.ask).replace('"Ethernet"', '"\\u30a4\\u30fc\\u30b5\\u30cd\\u30c3\\u30c8"'))
    if entry.ask[0] == "wmi":
        answer = [
            {name: f"表示名 {value}" if name in LOCALISED and value else value for name, value in row.items()}
            for row in answer or ()
        ]
    if entry.ask[0] == "events":
        for record in answer or ():
            data = record["data"]
            if isinstance(data, dict):
                data |= {name: "翻訳" for name in TRANSLATED if name in data}
            if record["provider"] == "Service Control Manager":
                record["data"] = shown(data)
    return Entry(ask, answer, entry.error, entry.source)


def shown(data: Any) -> Any:
    """A service as its manager's records name it: as it is shown, which is first."""
    if isinstance(data, dict):
        return data | {"param1": f"表示名 {data['param1']}"}
    return [f"表示名 {data[0]}", *data[1:]]


@pytest.mark.parametrize("file", [pytest.param(file, id=file.stem) for file in sorted(TAPES.glob("windows-*.json"))])
def test_a_windows_in_another_language_gives_the_same_findings(file: Path) -> None:
    tape = load(file)
    foreign = Recording(tape.system, tape.now, [in_japanese(entry) for entry in tape.answers])
    for name, check in checks().items():
        assert alarms(check, foreign)[0] == alarms(check, tape)[0], name
