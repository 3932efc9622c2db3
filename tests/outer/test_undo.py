"""The outer ring: what a fix changed on a booted Debian, undo gives back: files, units, network, packages."""

from __future__ import annotations

import json
import os
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


def there_and_back(name: str) -> dict[str, Any]:
    venv = Path(sys.executable).parent.parent
    inside = ["env", f"PYTHONPATH={ROOT / 'src'}", "python", str(ROOT / "tests" / "outer" / "restore.py")]
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
        "240",
    ]
    said = subprocess.run([*lab, "--", *inside], cwd=LAB, capture_output=True, text=True, check=True, timeout=400)
    told: dict[str, Any] = json.loads(next(line for line in said.stdout.splitlines() if line.startswith('{"said"')))
    return told


@pytest.mark.parametrize("name", machines())
def test_undo_gives_everything_back(name: str) -> None:
    told = there_and_back(name)
    different = told["different"]
    said = "".join(told["undone"])
    if "Cannot be undone" in said and "Put back" not in said:
        return  # said beforehand and afterwards; what such a program changes is its own
    assert different == {}, (told["said"], told["undone"])
