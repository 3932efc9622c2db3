"""The outer ring: a browser draws the HTML report."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from incidents import rich

from techkit import report

if TYPE_CHECKING:
    from pathlib import Path

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = [pytest.mark.browser, pytest.mark.skipif(not BROWSER, reason="no Chromium is installed")]


@pytest.mark.parametrize("reader", ["user", "specialist"])
def test_the_report_is_drawn(tmp_path: Path, reader: str) -> None:
    page, picture = tmp_path / "report.html", tmp_path / "report.png"
    page.write_text(report.render(rich(), "html", "ru", reader), encoding="utf-8")
    quiet = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
    ]
    argv = [str(BROWSER), *quiet, "--disable-sync", "--disable-component-update", f"--user-data-dir={tmp_path / 'p'}"]
    subprocess.run([*argv, f"--screenshot={picture}", page.as_uri()], check=True, timeout=120, capture_output=True)
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size > 10_000
