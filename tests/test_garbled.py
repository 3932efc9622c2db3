"""What a machine says may be garbled anywhere: a check may then find nothing or not know, it may not break."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest
from conftest import ROOT

from techkit import engine
from techkit.host import Host, tape
from techkit.model import Reason

if TYPE_CHECKING:
    from pathlib import Path

TAPES = sorted((ROOT / "tests" / "tapes").glob("*.json"))
OURS = {"machine", "person", "site"}
"""Questions that the doorway or the configuration answers in words of its own."""
FIXED = {"state", "system", "kind", "code"}
"""Parts of an answer that the doorway writes itself."""
EACH, ROUNDS = 60, 3
"""Answers of a machine that are garbled at once, and how often other ones."""


def garbled(value: Any, dice: random.Random) -> Any:
    """The same kind of value with something wrong in it."""
    if isinstance(value, str):
        return dice.choice((
            "", "x", value[: len(value) // 2], value + value, "\n" * 5, "\x00\x1b[2J", value.replace(" ", "\t"),
            value.replace("\n", "\r\n"), value[::-1], value.upper(), value.replace("0", "9"), value.replace(":", ""),
            "é" * 10, "{}", "[]", "null",
        ))  # fmt: skip
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return dice.choice((0, -1, 1, 1 << 63, value * 1000))
    if isinstance(value, float):
        return dice.choice((0.0, -1.0, 1e300))
    if isinstance(value, list) and value:
        place = dice.randrange(len(value))
        changed = [*value[:place], garbled(value[place], dice), *value[place + 1 :]]
        return dice.choice(([], value * 3, changed, changed, changed))
    if isinstance(value, dict) and (left := sorted(value.keys() - FIXED)):
        key = dice.choice(left)
        return value | {key: garbled(value[key], dice)}
    return value


@pytest.mark.parametrize("time", range(ROUNDS))
@pytest.mark.parametrize("file", [pytest.param(file, id=file.stem) for file in TAPES])
def test_no_garbled_answer_breaks_a_check(file: Path, time: int) -> None:
    dice = random.Random(f"{file.stem} {time}")  # noqa: S311 - the same faults every time
    recording = tape.load(file)
    known = [entry for entry in recording.answers if entry.error is None and entry.ask[0] not in OURS]
    for entry in dice.sample(known, min(EACH, len(known))):
        entry.answer = garbled(entry.answer, dice)
    run = engine.run(Host(tape.Tape(recording)), engine.plan())
    broken = {result.check: gap.detail for result in run.results for gap in result.gaps if gap.reason is Reason.BROKEN}
    assert broken == {}
