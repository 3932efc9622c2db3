"""The outer ring: Windows Python under Wine does the main job, in both languages."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any, NamedTuple

import pytest
import wine
from conftest import ROOT, TAPES
from tapes import sources

pytestmark = [pytest.mark.wine, wine.THERE]

JUDGE = b"""
import json, sys
from pathlib import Path
from techkit import report
from techkit.config import Settings
from techkit.diagnose import diagnose

told = {}
for file in sorted(Path("tests/tapes").glob("*.json")):
    incident = diagnose(Settings(), tape=file).incident
    for language in ("en", "ru"):
        said = json.loads(report.render(incident, "json", language, "specialist"))
        said["private"].sort(key=str)  # threads ask in any order, and never take the same time
        for one in (said, *said["results"]):
            one.pop("seconds"), one.pop("started", None)
        told.setdefault(file.stem, []).append(said)
sys.stdout.write(json.dumps(told))
"""

ASK = b"""
import json, os, sys, time
from techkit import engine
from techkit.config import Settings
from techkit.host import Host, ProbeError
from techkit.host.local import local

class Watched:
    def __init__(self):
        self.machine, self.told = local(Settings().answers()), []

    def answer(self, question, args, timeout):
        began, reason, given = time.monotonic(), "", None
        try:
            given = self.machine.answer(question, args, timeout)
        except ProbeError as error:
            reason = str(error)
            raise
        finally:
            parts = [part for name, part in given.items() if name != "seconds"] if isinstance(given, dict) else [given]
            told = any(part not in (None, "", [], {}) for part in parts)
            self.told.append([[question, *args], time.monotonic() - began, reason, told])
        return given

    def now(self):
        return self.machine.now()

watched = Watched()
host = Host(watched)
questions, results = json.loads(QUESTIONS), []
began = time.monotonic()
if not questions:
    results = [[one.check, one.outcome, len(one.gaps)] for one in engine.run(host, engine.plan(())).results]
for one in questions:
    try:
        host.ask(*one, timeout=20)
    except ProbeError:
        pass
sys.stdout.write(json.dumps({"seconds": time.monotonic() - began, "told": watched.told, "results": results}))
sys.stdout.flush()
os._exit(0)
"""


@pytest.fixture(scope="module", autouse=True)
def _installed() -> None:
    wine.installed()


KILLING = {"wlanapi: protection of the network"}
"""What calls a function that Wine lacks, which ends the process: on Windows it has been there since Vista."""


EMPTY = {"psutil: disks", "psutil: sensors_battery", "win32print: printers and jobs", "wlanapi: signal of the radio"}
"""What answers there with nothing and no error, beside keys of the registry: no check may read health from it."""


class Told(NamedTuple):
    """What became of one question: its source, how long it took, why it has no answer, whether there is one."""

    source: str
    seconds: float
    reason: str
    answered: bool


def ask(language: str, questions: list[list[object]]) -> tuple[dict[str, Any], list[Told]]:
    """Put questions one by one; none: run all quick checks."""
    code = ASK.replace(b"QUESTIONS", repr(json.dumps(questions)).encode())
    done = wine.run("python", "-X", "utf8", "-", lab=("--stdin", "--lang", language), given=code)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    return said, [Told(sources.source(asked), *more) for asked, *more in said["told"]]


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_source_answers_or_soon_says_why_not(language: str) -> None:
    said, told = ask(language, [])
    assert said["seconds"] < 15
    assert [check for check, outcome, gaps in said["results"] if outcome == "unknown" and not gaps] == []
    table = sources.asked()
    silent = table.keys() - KILLING - {one.source for one in told if one.answered}
    _, alone = ask(language, [question for row in sorted(silent) for question in table[row].questions.values()])
    assert {one.source for one in alone} == silent
    assert [one for one in alone if one.reason and one.seconds > 2] == []
    nothing = {one.source for one in alone if not one.reason and not one.answered} - {
        one.source for one in alone if one.answered
    }
    assert {source for source in nothing if not source.startswith("registry")} == EMPTY
    answered = sorted({one.source for one in (*told, *alone) if one.answered} & table.keys(), key=str.casefold)
    assert answered == sources.WINE.read_text(encoding="utf-8").splitlines(), "\n".join(answered)


def test_a_check_runs_to_its_end() -> None:
    done = wine.run("python", "-m", "techkit", "check", "--format", "json")
    assert json.loads(done.stdout)["results"]
    assert done.returncode in {0, 1, 2, 3}, done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(("language", "encoding"), [("ru", "cp1251"), ("en", "utf-8")])
def test_russian_is_legible_in_a_redirected_console(language: str, encoding: str) -> None:
    done = wine.run("python", "-m", "techkit", "check", "--lang", "ru", lab=("--lang", language))
    assert "Проверок выполнено" in done.stdout.decode(encoding)


def test_a_tape_gives_the_same_incident_on_linux_and_on_windows() -> None:
    here = subprocess.run([sys.executable, "-"], cwd=ROOT, input=JUDGE, capture_output=True, timeout=300, check=True)
    there = wine.run("python", "-", lab=("--stdin",), given=JUDGE)
    assert there.returncode == 0, there.stderr
    ours, theirs = json.loads(here.stdout), json.loads(there.stdout)
    assert len(ours) == len(list(TAPES.glob("*.json")))
    assert [name for name in ours if ours[name] != theirs[name]] == []
