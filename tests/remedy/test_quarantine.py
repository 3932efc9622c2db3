"""Quarantine: locked away so that nobody reads or runs it; given back to the byte."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest
from hosts import Given

from techkit import store
from techkit.host import Host
from techkit.model import Step
from techkit.remedy import actions
from techkit.remedy.actions import ActionError, RefusedError

STEP = Step("x", "x", "quarantine", {"path": "{file}"})
EVIL = b"MZ\x00\xffevil \r\n" * 1000


class Anything(Given):
    """Every path is there: the file itself is read by the action."""

    def answer(self, question: str, args: list[Any], timeout: float) -> Any:
        return {} if question == "stat" else super().answer(question, args, timeout)


@pytest.fixture(autouse=True)
def _store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "journals", lambda: tmp_path / "store" / "journal")


@pytest.fixture
def evil(tmp_path: Path) -> Path:
    path = tmp_path / "home" / "Rechnung -rf 'x'.exe"
    path.parent.mkdir()
    path.write_bytes(EVIL)
    path.chmod(0o755)
    os.utime(path, ns=(10**18, 10**18))
    return path


def prepared(path: Path) -> actions.Change:
    return actions.prepare(STEP, {"file": str(path)}, Host(Anything({})))


def state(path: Path) -> Any:
    found = path.stat()
    return path.read_bytes(), found.st_mode, found.st_uid, found.st_gid, found.st_mtime_ns


def test_away_and_back(evil: Path) -> None:
    was = state(evil)
    change = prepared(evil)
    assert state(evil) == was
    actions.apply(change)
    assert not evil.exists()
    kept = Path(change.after["kept"])
    assert b"evil" not in kept.read_bytes()
    assert kept.read_bytes()[-4:] != EVIL[-4:]
    if sys.platform != "win32":
        assert kept.stat().st_mode & 0o777 == 0o600
        assert kept.parent.stat().st_mode & 0o077 == 0
    assert prepared(evil).shown == ()
    actions.undo(change.kind, change.before, change.after)
    assert state(evil) == was
    assert not kept.exists()
    actions.undo(change.kind, change.before, change.after)
    assert [one.name for one in evil.parent.iterdir()] == [evil.name]


def test_cut_off_between_copy_and_removal(evil: Path) -> None:
    change = prepared(evil)
    kept = Path(change.after["kept"])
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"techkit quarantine 1\nhalf")
    was = state(evil)
    actions.undo(change.kind, change.before, change.after)
    assert state(evil) == was
    assert not kept.exists()


def test_another_file_in_its_place_is_not_overwritten(evil: Path) -> None:
    change = prepared(evil)
    actions.apply(change)
    evil.write_bytes(b"mine")
    with pytest.raises(RefusedError):
        actions.undo(change.kind, change.before, change.after)
    assert evil.read_bytes() == b"mine"


def test_a_file_changed_meanwhile_stays(evil: Path) -> None:
    change = prepared(evil)
    evil.write_bytes(b"other")
    with pytest.raises(ActionError, match="changed_meanwhile"):
        actions.apply(change)
    assert evil.read_bytes() == b"other"


@pytest.mark.skipif(sys.platform == "win32", reason="links as Linux has them")
def test_no_link_leads_us_elsewhere(evil: Path, tmp_path: Path) -> None:
    change = prepared(evil)
    actions.apply(change)
    (tmp_path / "elsewhere").mkdir()
    evil.parent.rmdir()
    evil.parent.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ActionError):
        actions.undo(change.kind, change.before, change.after)
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize(
    "path", ["/usr/bin/ls", "/etc/passwd", "/home/../etc/passwd", "relative", "/lib64/x", "/proc/1/exe"]
)
def test_the_system_itself_is_left_alone(path: str) -> None:
    with pytest.raises(ActionError):
        actions.prepare(STEP, {"file": path}, Host(Anything({})))


def test_a_page_cannot_name_malware_by_itself() -> None:
    with pytest.raises(ValueError, match="is not a fact"):
        actions.parse(Step("x", "x", "quarantine", {"path": "/home/x"}))
