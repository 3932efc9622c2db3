"""The outer ring: a booted Debian with one real fault; its cause must come first, healthy ones stay silent."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

LAB = ROOT.parent / "shared" / "lab"
pytestmark = [
    pytest.mark.lab,
    pytest.mark.skipif(not (LAB / "score").exists(), reason="the lab is not beside the project"),
    pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="the lab needs root"),
]
AT_LEAST = {"detected": 0.98, "top1": 0.92, "top3": 0.97, "has_remedy": 0.95, "order": 1.0}
MOST_NOISE = 2
LONGEST = 8.0
"""Seconds that a whole quick check may take, whatever is broken."""


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the lab's score says of every machine that it has."""
    out = tmp_path_factory.mktemp("lab") / "score.json"
    venv = Path(sys.executable).parent.parent
    inside = ["env", f"PYTHONPATH={ROOT / 'src'}", "python", "-m", "techkit", "check", "--format", "json"]
    argv = [str(LAB / "score"), "--tool-venv", str(venv), "--bind", f"{ROOT}:{ROOT}", "--json", str(out), "--"]
    subprocess.run([*argv, *inside], cwd=LAB, check=True, timeout=3000)
    told: dict[str, Any] = json.loads(out.read_text())
    return told


@pytest.mark.parametrize("number", list(AT_LEAST))
def test_the_right_cause_is_found_and_stands_first(result: dict[str, Any], number: str) -> None:
    missed = [row["name"] for row in result["rows"] if row.get(number) is False]
    assert result["summary"][number]["share"] >= AT_LEAST[number], missed


def test_nothing_else_alarms(result: dict[str, Any]) -> None:
    noise = {row["name"]: row["noise"] for row in result["rows"] if "noise" in row}
    assert result["summary"]["false_alarms"] == 0
    assert statistics.median(noise.values()) == 0
    assert max(noise.values()) <= MOST_NOISE, {name: count for name, count in noise.items() if count > MOST_NOISE}


def test_every_machine_is_answered_in_time(result: dict[str, Any]) -> None:
    assert result["summary"]["no_answer"] == 0
    late = {row["name"]: row["seconds"] for row in result["rows"] if (row.get("seconds") or 0) >= LONGEST}
    assert late == {}
