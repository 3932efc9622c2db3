"""Commands: what may be run, with which words, and what comes back."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from hosts import given
from hypothesis import given as draws
from hypothesis import strategies as st

from techkit.model import Step
from techkit.remedy import actions
from techkit.remedy.actions import ActionError

if TYPE_CHECKING:
    from pathlib import Path

LINUX = pytest.mark.skipif(sys.platform == "win32", reason="the programs of Linux")
HOST = {("which", "touch"): "/usr/bin/touch", ("which", "mkdir"): "/usr/bin/mkdir", ("which", "false"): "/bin/false"}


def step(**args: object) -> Step:
    return Step("x", "x", "command", dict(args))


@LINUX
def test_a_command_runs_and_its_inverse_too(tmp_path: Path) -> None:
    made = tmp_path / "made"
    wanted = step(argv=["mkdir", "{folder}"], undo=["systemctl", "--version"])
    change = actions.prepare(wanted, {"folder": str(made)}, given(HOST))
    assert not made.exists()
    assert change.undoable
    assert [shown.key for shown in change.shown] == ["fix.runs", "fix.undone_by"]
    actions.apply(change)
    assert made.is_dir()
    actions.undo(change.kind, change.before, change.after)


def test_without_an_inverse_it_is_not_undoable() -> None:
    assert not actions.undoable(step(argv=["touch", "{file}"]))
    assert actions.undoable(step(argv=["swapon", "{file}"], undo=["swapoff", "{file}"]))


@LINUX
def test_a_failing_program_says_why() -> None:
    change = actions.prepare(step(argv=["mkdir", "/proc/nothing"]), {}, given(HOST))
    with pytest.raises(ActionError) as caught:
        actions.apply(change)
    assert caught.value.shown.key == "fix.program_failed"
    assert "/proc/nothing" in str(caught.value.shown.names["why"])


@LINUX
def test_other_exit_codes_can_be_fine() -> None:
    actions.apply(actions.prepare(step(argv=["false"], fine=[0, 1]), {}, given(HOST)))


def test_a_program_that_is_not_here_is_an_obstacle() -> None:
    with pytest.raises(ActionError) as caught:
        actions.prepare(step(argv=["nosuch"]), {}, given({("which", "nosuch"): None}))
    assert caught.value.shown.key == "fix.no_program"


@LINUX
def test_a_late_program_is_ended_with_all_its_children(tmp_path: Path) -> None:
    script = tmp_path / "late"
    script.write_text(f"#!/bin/sh\n(sleep 30; touch {tmp_path}/survived) & sleep 30\n")
    script.chmod(0o755)
    with pytest.raises(ActionError) as caught:
        actions.program(str(script), patience=0.3)
    assert caught.value.shown.key == "fix.program_late"


@LINUX
def test_a_child_that_keeps_the_pipe_costs_no_waiting(tmp_path: Path) -> None:
    script = tmp_path / "forks"
    script.write_text("#!/bin/sh\nsleep 20 &\necho done\n")
    script.chmod(0o755)
    assert actions.program(str(script), patience=5) == "done\n"


@pytest.mark.parametrize(
    "argv",
    [
        ["rm", "-r", "/x"], ["mkfs.ext4", "/dev/sda"], ["sh", "-c", "x"], ["bash", "x"], ["cmd", "/c", "x"],
        ["CMD.EXE", "/c", "x"], ["powershell", "-EncodedCommand", "x"], ["powershell", "-enc", "x"],
        ["powershell", "-Command", "Remove-Item x"], ["powershell", "-Command", "{name}"],
        ["powershell", "-Command", "Set-MpPreference -DisableRealtimeMonitoring $true"], ["diskpart", "/s", "x"],
        ["format", "c:"], ["bcdedit", "/set"], ["grub-install", "/dev/sda"], ["passwd", "-d", "root"], ["net", "user"],
        ["ufw", "disable"], ["nft", "flush", "ruleset"], ["iptables", "-F"], ["iptables", "-P", "INPUT", "ACCEPT"],
        ["netsh", "advfirewall", "set", "allprofiles", "state", "off"], ["systemctl", "stop", "clamav-daemon"],
        ["systemctl", "mask", "--now", "firewalld"], ["systemctl", "reboot"], ["apt-get", "remove", "x"],
        ["apt-get", "-y", "purge", "x"], ["dpkg", "--force-all", "-i", "x"], ["pacman", "-Rns", "x"],
        ["wevtutil", "cl", "System"], ["journalctl", "--vacuum-size=1M"], ["curl", "http://x"], ["scp", "a", "b"],
        ["env", "rm", "x"], ["sudo", "true"], ["xargs", "rm"], ["find", "/", "-delete"], ["python3", "-c", "x"],
        ["reboot"], ["dd", "of=/dev/sda"], ["chmod", "-R", "777", "/"], ["{program}", "x"], ["", "x"],
        ["mount", "-o{options}", "/x"], ["../bin/x"], ["/opt/x"], ["/home/x/y"], [], ["sc", "delete", "x"],
        ["setenforce", "0"], ["schtasks", "/create"], ["reg", "delete", "x"], ["vssadmin", "delete", "shadows"],
        ["mkfs", "x"], ["sfdisk", "x"], ["lvremove", "x"], ["wipefs", "-a", "x"], ["efibootmgr", "-B"], ["chpasswd"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_what_is_forbidden_for_ever_does_not_load(argv: list[str]) -> None:
    with pytest.raises(ValueError, match=" "):
        actions.parse(step(argv=argv))
    if all(argv) and argv:
        with pytest.raises(ValueError, match=" "):
            actions.parse(step(argv=["mount", "/x"], undo=argv))


@pytest.mark.parametrize(
    "argv",
    [
        ["mount", "{volume}"], ["dpkg", "--configure", "-a"], ["systemctl", "daemon-reload"], ["locale-gen"],
        ["apt-get", "-f", "-y", "install"], ["timedatectl", "set-ntp", "1"], ["update-ca-certificates", "-f"],
        ["systemctl", "reset-failed", "{unit}"], ["swapon", "-a"], ["e2fsck", "-fy", "{device}"], ["w32tm", "/resync"],
        ["powershell", "-NoProfile", "-Command", "Update-MpSignature"], ["nft", "delete", "rule", "inet", "f", "c"],
        ["ipconfig", "/flushdns"], ["netsh", "winsock", "show", "catalog"], ["chkdsk", "{volume}", "/scan"],
        ["DISM.exe", "/Online", "/Cleanup-Image", "/RestoreHealth"], ["sfc", "/scannow"], ["gpupdate", "/force"],
        ["resolvectl", "flush-caches"], ["newaliases"], ["/usr/lib/apt/apt-helper", "x"], ["sync"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_what_a_technician_runs_loads(argv: list[str]) -> None:
    actions.parse(step(argv=argv))


@draws(
    st.text(max_size=4000), st.sampled_from(["", " ", "-", "--x=", "'; touch y; '", "$(x)", "`x`", '"', "[red]", "{a}"])
)
def test_a_hostile_fact_is_one_argument_or_refused(text: str, start: str) -> None:
    value = start + text
    if not value or value.startswith("-") or actions.BREAKS.search(value):
        with pytest.raises(ActionError, match="bad_fact"):
            actions.prepare(step(argv=["touch", "--", "{file}"]), {"file": value}, given(HOST))
    else:
        change = actions.prepare(step(argv=["touch", "--", "{file}"]), {"file": value}, given(HOST))
        assert change.after["argv"] == ["touch", "--", value]
