"""The outer ring: Windows Python under Wine runs the whole suite and the main job."""

from __future__ import annotations

import os
import subprocess

import pytest
from conftest import ROOT

LAB = ROOT.parent / "shared" / "winelab"
pytestmark = [
    pytest.mark.wine,
    pytest.mark.skipif(not (LAB / "run").exists(), reason="the winelab is not beside the project"),
    pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="the winelab needs root"),
]


@pytest.fixture(scope="module", autouse=True)
def _installed() -> None:
    subprocess.run([LAB / "install", ROOT, "test"], check=True, timeout=600)


def run(*words: str, lab: tuple[str, ...] = ()) -> subprocess.CompletedProcess[bytes]:
    argv = [str(LAB / "run"), "--cwd", str(ROOT), *lab, "--", *words]
    return subprocess.run(argv, capture_output=True, timeout=900, check=False)


def test_the_suite_passes_under_windows_python() -> None:
    done = run("python", "-m", "pytest", "-q")
    assert done.returncode == 0, done.stdout.decode("utf-8", "replace")[-3000:]


def test_a_check_runs_to_its_end_and_says_what_it_could_not_see() -> None:
    done = run("python", "-m", "techkit", "check", "--format", "json", lab=("--env", "PYTHONUTF8=1"))
    assert done.returncode in {0, 1, 2, 3}, done.stderr
    assert b"Traceback" not in done.stderr


def test_russian_is_legible_in_a_redirected_console() -> None:
    done = run("python", "-m", "techkit", "check", "--lang", "ru", lab=("--lang", "ru"))
    assert "Проверок выполнено" in done.stdout.decode("cp1251")
