"""What is shipped: the wheel holds the same checks and pages as the tree, and the README shows the real help."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

from conftest import ROOT
from hatchling.builders.wheel import WheelBuilder

if TYPE_CHECKING:
    from pathlib import Path


def test_the_wheel_carries_what_the_tree_has(tmp_path: Path) -> None:
    wheel = next(iter(WheelBuilder(str(ROOT)).build(directory=str(tmp_path))))
    with zipfile.ZipFile(wheel) as packed:
        shipped = {name for name in packed.namelist() if name.startswith("techkit/")}
    for place, inside in (("src/techkit", "techkit"), ("checks", "techkit/checks"), ("fixes", "techkit/fixes")):
        folder = ROOT / place
        files = {
            f"{inside}/{file.relative_to(folder).as_posix()}"
            for file in folder.rglob("*")
            if file.is_file() and "__pycache__" not in file.parts
        }
        assert files
        assert files <= shipped


def test_the_readme_shows_the_real_help() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "techkit", "--help", "--lang", "en"],
        env=os.environ | {"COLUMNS": "100"}, capture_output=True, check=True, timeout=60,
    )  # fmt: skip
    help_text = done.stdout.decode().replace("\r\n", "\n").replace("python -m techkit", "techkit")
    assert help_text in (ROOT / "README.md").read_text(encoding="utf-8")
