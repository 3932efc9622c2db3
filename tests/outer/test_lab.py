"""The outer ring: a booted Debian with one real fault; its cause must come first, healthy ones stay silent."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

LAB = ROOT.parent / "shared" / "lab"
pytestmark = [
    pytest.mark.lab,
    pytest.mark.skipif(not (LAB / "score").exists(), reason="the lab is not beside the project"),
    pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="the lab needs root"),
]
FAULTS = [
    "net-link-down",
    "net-no-carrier",
    "net-no-address",
    "net-no-route",
    "net-gateway-dead",
    "dns-dead",
    "dns-nxdomain",
    "dns-resolv-empty",
    "dns-hosts-hijack",
    "net-proxy-dead",
    "net-captive",
    "tls-mitm",
    "tls-expired",
    "clock-skew",
    "disk-full-root",
    "disk-inodes",
    "disk-ro-on-error",
    "disk-smart-fail",
    "disk-not-mounted",
    "os-failed-unit",
    "os-reboot-required",
    "os-pkg-halfconf",
    "av-daemon-stopped",
    "av-db-missing",
    "av-db-old",
    "av-freshclam-off",
]
CONTROLS = ["healthy", "ok-*"]


def test_the_right_cause_comes_first_and_nothing_else_alarms(tmp_path: Path) -> None:
    venv = Path(sys.executable).parent.parent
    out = tmp_path / "score.json"
    argv = [
        str(LAB / "score"),
        "--tool-venv",
        str(venv),
        "--jobs",
        "2",
        "--json",
        str(out),
        "--only",
        ",".join([*FAULTS, *CONTROLS]),
    ]
    inside = ["env", f"PYTHONPATH={ROOT / 'src'}", "python", "-m", "techkit", "check", "--format", "json"]
    subprocess.run([*argv, "--bind", f"{ROOT}:{ROOT}", "--", *inside], cwd=LAB, check=True, timeout=1800)
    result = json.loads(out.read_text())
    rows = {row["name"]: row for row in result["rows"] if not row.get("lab_error")}
    missed = [name for name in FAULTS if name in rows and not rows[name]["top1"]]
    assert len(missed) <= 2, missed
    assert result["summary"]["false_alarms"] == 0
    assert max(rows[name]["seconds"] for name in rows) < 8
