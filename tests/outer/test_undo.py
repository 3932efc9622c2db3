"""The outer ring: what a fix changed on a booted Debian, undo gives back: files, units, network, packages."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

LAB = ROOT.parent / "shared" / "lab"
pytestmark = [
    pytest.mark.lab,
    pytest.mark.skipif(not (LAB / "lab.py").exists(), reason="the lab is not beside the project"),
    pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="the lab needs root"),
]


def machines() -> list[str]:
    """The machines with a fault for which a good repair is known."""
    file = LAB / "fixes.json"
    return sorted(json.loads(file.read_text())) if file.exists() else []


UNDOABLE = (
    "os-unit-masked", "os-timezone", "os-tmp-perm", "os-fd-limit", "dns-hosts-hijack", "net-mtu-local",
    "net-no-address", "net-no-route", "fw-out-443", "disk-fstab-uuid",
)  # fmt: skip
"""Machines where all that is done can be put back, by every kind of action that this is true of."""
MOMENTS = 20


def told_by(name: str, *words: str, patience: int) -> dict[str, Any]:
    venv = Path(sys.executable).parent.parent
    inside = ["env", f"PYTHONPATH={ROOT / 'src'}", "python", str(ROOT / "tests" / "outer" / "restore.py"), *words]
    lab = [
        sys.executable,
        "lab.py",
        "run",
        name,
        "--tool-venv",
        str(venv),
        "--bind",
        f"{ROOT}:{ROOT}",
        "--timeout",
        str(patience),
    ]
    said = subprocess.run(
        [*lab, "--", *inside], cwd=LAB, capture_output=True, text=True, check=True, timeout=patience + 160
    )
    told: dict[str, Any] = json.loads(next(line for line in said.stdout.splitlines() if line.startswith('{"said"')))
    return told


@pytest.mark.parametrize("name", machines())
def test_undo_gives_everything_back(name: str) -> None:
    told = told_by(name, patience=240)
    different = told["different"]
    said = "".join(told["undone"])
    if "Cannot be undone" in said and "Put back" not in said:
        return  # said beforehand and afterwards; what such a program changes is its own
    if re.search(r"Cannot be undone:[^:]*:[^:]*packages \(", said):
        different.pop("packages", None)  # as above, beside what can be put back
    assert different == {}, (told["said"], told["undone"])


@pytest.mark.parametrize("name", UNDOABLE)
def test_killed_at_any_moment_everything_comes_back(name: str) -> None:
    assert told_by(name, str(MOMENTS), patience=900)["different"] == {}
