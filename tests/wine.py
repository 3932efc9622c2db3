"""The laboratory of Windows Python under Wine, where it lies beside the project."""

from __future__ import annotations

import os
import re
import subprocess

import pytest
from conftest import ROOT

LAB = ROOT.parent / "shared" / "winelab"
THERE = pytest.mark.skipif(
    not (LAB / "run").exists() or not hasattr(os, "geteuid") or os.geteuid() != 0,
    reason="the winelab, beside the project, and root are needed",
)
OWN = ("--env", r"HYPOTHESIS_STORAGE_DIRECTORY=C:\hypothesis")
"""If this tree is read-only, Python on Windows would try forever to create a file in it."""


def installed() -> str:
    """The folder where this tree and the tools of its tests now lie for Windows Python, as Windows names it."""
    said = subprocess.run([LAB / "install", ROOT, "test"], check=True, timeout=600, capture_output=True, text=True)
    found = re.search(r" in (C:\\\S+),", said.stdout)
    assert found, said.stdout
    return rf"{found[1]}\Lib\site-packages"


def run(
    *words: str, lab: tuple[str, ...] = (), cwd: str | os.PathLike[str] = ROOT, given: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    """What a program says there, by default in this tree."""
    argv = [str(LAB / "run"), "--cwd", str(cwd), "--timeout", "2400", *OWN, *lab, "--", *words]
    return subprocess.run(argv, capture_output=True, timeout=2500, check=False, input=given)
