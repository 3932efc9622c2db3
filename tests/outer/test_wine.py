"""The outer ring: Windows Python under Wine does the main job, in both languages."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest
import wine
from conftest import ROOT, TAPES

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


@pytest.fixture(scope="module", autouse=True)
def _installed() -> None:
    wine.installed()


def test_a_check_runs_to_its_end_and_soon_says_what_it_could_not_see() -> None:
    began = time.monotonic()
    done = wine.run("python", "-m", "techkit", "check", "--format", "json")
    assert time.monotonic() - began < 15
    results = json.loads(done.stdout)["results"]
    unseen = [result for result in results if result["outcome"] == "unknown"]
    assert all(result["gaps"] for result in unseen)
    assert done.returncode in {0, 1, 2, 3}, done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("check", ["antivirus.engine", "antivirus.threats", "disk.errors", "disk.health"])
def test_a_source_that_is_not_there_costs_less_than_two_seconds(check: str) -> None:
    results = json.loads(wine.run("python", "-m", "techkit", "check", check, "--format", "json").stdout)["results"]
    result = next(result for result in results if result["check"] == check)
    assert result["outcome"] == "unknown"
    assert result["seconds"] < 2


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
