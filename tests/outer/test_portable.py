"""The outer ring: the folders for PCs without techkit are made and started, the Windows one by a double click."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest
from conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

LAB = ROOT.parent / "shared" / "winelab"
MAKER = ROOT / ".ci" / "portable"
PROOF = r"""
@echo off
reg add HKCR\.html /ve /d proof /f >nul
reg add HKCR\proof\shell\open\command /ve /d "cmd /c echo opened>%CD%\opened.txt" /f >nul
for /d %%D in (*) do call "%%D\techkit\techkit.cmd" <nul
echo exit %ERRORLEVEL%
for /d %%D in (*) do call "%%D\techkit\techkit.cmd" check os.nothing
echo exit %ERRORLEVEL%
for /d %%D in (*) do call "%%D\techkit\techkit.cmd" fix --dry-run --lang ru
echo exit %ERRORLEVEL%
for /d %%D in (*) do call "%%D\techkit\techkit.cmd" list --lang ru
echo exit %ERRORLEVEL%
"""


def made(system: str, folder: Path) -> Path:
    subprocess.run([sys.executable, MAKER, system, "--out", folder], check=True, timeout=600)
    archive = next(path for path in folder.iterdir() if path.suffix in {".zip", ".gz"})
    digest, name = archive.with_name(f"{archive.name}.sha256").read_text().split()
    assert (digest, name) == (hashlib.sha256(archive.read_bytes()).hexdigest(), archive.name)
    return archive


@pytest.mark.wine
@pytest.mark.skipif(not (LAB / "run").exists(), reason="the winelab is not beside the project")
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="the winelab needs root")
def test_a_double_click_checks_opens_the_report_and_keeps_the_window(tmp_path: Path) -> None:
    place = tmp_path / "Папка с пробелами"
    with zipfile.ZipFile(made("windows", tmp_path / "out")) as archive:
        archive.extractall(place)  # noqa: S202 - made a moment ago
    unpacked = next(place.iterdir()).rename(place / "techkit")
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "proof"\nversion = "1"\n')
    (tmp_path / "proof.cmd").write_text(PROOF.lstrip(), newline="\r\n")
    argv = [str(LAB / "run"), "--rw", "--cwd", str(tmp_path), "--lang", "ru", "--", "cmd", "/c", "proof.cmd"]
    done = subprocess.run(argv, capture_output=True, timeout=300, check=False)
    said = done.stdout.decode("cp1251", "replace")
    checked, wrong, planned, listed = re.findall(r"exit (\d+)", said)
    assert {checked, planned} <= {"0", "1", "2", "3"}, said
    assert (wrong, listed) == ("64", "0"), said
    assert "На всех томах есть свободное место" in said, said
    assert "Проверок выполнено" in said, said
    assert "продолжения" in said, said
    assert (unpacked / "techkit-report.html").read_text(encoding="utf-8").lower().startswith("<!doctype html>")
    assert (tmp_path / "opened.txt").exists(), said


@pytest.mark.lab
@pytest.mark.skipif(sys.platform != "linux", reason="a folder for Linux")
def test_the_folder_for_linux_starts_from_anywhere(tmp_path: Path) -> None:
    place = tmp_path / "a folder"
    with tarfile.open(made("linux", tmp_path / "out")) as archive:
        archive.extractall(place, filter="data")
    program = next(place.iterdir()) / "techkit"
    (tmp_path / "link").symlink_to(program)
    for start in (program, tmp_path / "link"):
        said = subprocess.run([start, "--version"], capture_output=True, timeout=60, check=True, cwd="/").stdout
        assert said.startswith(b"techkit ")
    done = subprocess.run([program, "check", "os", "--format", "json"], capture_output=True, timeout=120, check=False)
    assert done.returncode in {0, 1, 2, 3}, done.stderr
    assert not list(program.parent.rglob("__pycache__")), "nothing is written into the folder"
