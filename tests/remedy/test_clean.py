"""Cleaning: what is old and unused goes, everything else stays; sizes are told beforehand."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

import pytest
from hosts import given

from techkit.model import Step
from techkit.remedy import actions
from techkit.remedy.actions import ActionError, clean

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HOURS = 3600


def step(**args: object) -> Step:
    return Step("x", "x", "clean", dict(args))


@pytest.fixture
def old(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], Path]:
    """Makes a file look as if it had been left alone for ten days; a change of status cannot be dated back."""
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 10 * 24 * HOURS)

    def make(file: Path) -> Path:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"x" * 5000)
        return file

    return make


@pytest.mark.skipif(sys.platform == "win32", reason="links and open files as Linux has them")
def test_old_files_go_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: Callable[[Path], Path]
) -> None:
    root, outside = tmp_path / "tmp", old(tmp_path / "outside" / "file")
    gone = [old(root / "a"), old(root / "deep" / "b\n-rf {x}")]
    young = old(root / "young")
    os.utime(young, (time.time() + 11 * 24 * HOURS,) * 2)
    kept = [old(root / "systemd-private-1" / "tmp" / "x"), old(root / ".X11-unix" / "X0"), young, old(root / "open")]
    (root / "link").symlink_to(outside)
    (root / "folder").symlink_to(outside.parent)
    monkeypatch.setattr(clean, "_folders", lambda _what, _host: [str(root)])
    with (root / "open").open("rb"):
        change = actions.prepare(step(what="temporary", days=7), {}, given())
        assert change.before["size"] >= 10_000
        assert all(file.exists() for file in gone)
        assert [shown.key for shown in change.shown] == ["fix.cleans_old"]
        actions.apply(change)
    assert [file for file in gone if file.exists()] == []
    assert [file for file in (*kept, outside) if not file.exists()] == []
    assert (root / "link").is_symlink()


def test_what_became_young_in_between_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: Callable[[Path], Path]
) -> None:
    file = old(tmp_path / "tmp" / "a")
    monkeypatch.setattr(clean, "_folders", lambda _what, _host: [str(tmp_path / "tmp")])
    change = actions.prepare(step(what="temporary", days=7), {}, given())
    os.utime(file, (time.time(),) * 2)
    actions.apply(change)
    assert file.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="volumes have letters there")
def test_only_what_lies_on_the_volume_that_shall_have_room_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: Callable[[Path], Path]
) -> None:
    old(tmp_path / "tmp" / "a")
    monkeypatch.setattr(clean, "_folders", lambda _what, _host: [str(tmp_path / "tmp")])
    for volume, size in ((str(tmp_path), True), ("/proc", False)):
        change = actions.prepare(step(what="temporary", days=7, volume="{volume}"), {"volume": volume}, given())
        assert bool(change.shown) is size


def emptied(folder: Path, number: int = 600) -> Path:
    """A folder flooded by empty files."""
    folder.mkdir()
    for one in range(number):
        (folder / f"sess_{one}").touch()
    return folder


@pytest.mark.skipif(sys.platform == "win32", reason="a file system without a fixed number of files")
def test_a_flood_of_empty_files_goes_and_what_holds_something_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = emptied(tmp_path / "sessions")
    (folder / "full").write_bytes(b"x")
    (folder / "deeper").mkdir()
    (folder / "deeper" / "empty").touch()
    (folder / "link").symlink_to(folder / "sess_1")
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 1)
    with (folder / "sess_0").open("rb"):
        change = actions.prepare(step(what="empty", path="{folder}"), {"folder": str(folder)}, given())
        assert [(shown.key, shown.names["files"]) for shown in change.shown] == [("fix.cleans_empty", 599)]
        monkeypatch.undo()
        time.sleep(1.1)
        (folder / "later").touch()
        actions.apply(change)
    assert sorted(file.name for file in folder.rglob("*")) == ["deeper", "empty", "full", "later", "link", "sess_0"]


@pytest.mark.skipif(sys.platform == "win32", reason="as above")
def test_empty_files_elsewhere_may_mean_something(tmp_path: Path) -> None:
    few, mixed = emptied(tmp_path / "few", 100), emptied(tmp_path / "mixed")
    for one in range(200):
        (mixed / f"data{one}").write_bytes(b"x")
    for folder in (few, mixed):
        asked = actions.prepare(step(what="empty", path="{folder}"), {"folder": str(folder)}, given())
        assert asked.shown == ()
    (tmp_path / "link").symlink_to(emptied(tmp_path / "real"))
    for path in (str(tmp_path / "link"), "/etc", "/usr/share/x", "/var/lib/dpkg", f"{tmp_path}/../etc", "relative"):
        with pytest.raises(ActionError):
            actions.prepare(step(what="empty", path="{folder}"), {"folder": path}, given())


def test_nothing_to_free_shows_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clean, "_folders", lambda _what, _host: [str(tmp_path)])
    assert actions.prepare(step(what="temporary", days=7), {}, given()).shown == ()


@pytest.mark.skipif(sys.platform == "win32", reason="owners and modes as Linux has them")
def test_a_log_keeps_its_newest_whole_lines_its_owner_and_its_mode(tmp_path: Path) -> None:
    log = tmp_path / "big.log"
    log.write_text("".join(f"line {number}\n" for number in range(300_000)))
    log.chmod(0o640)
    inode, size = log.stat().st_ino, log.stat().st_size
    change = actions.prepare(step(what="log", path="{file}", keep="1M"), {"file": str(log)}, given())
    assert change.before["size"] == size - (1 << 20)
    with log.open("ab") as writer:
        writer.write(b"written in between\n")
        writer.flush()
        actions.apply(change)
        writer.write(b"after\n")
    kept = log.read_text().splitlines()
    assert kept[-3:] == ["line 299999", "written in between", "after"]
    assert kept[0].startswith("line ")
    assert int(kept[0].split()[1]) + len(kept) - 2 == 300_000
    assert log.stat().st_size <= (1 << 20) + 64
    assert (log.stat().st_ino, log.stat().st_mode & 0o777) == (inode, 0o640)
    assert actions.prepare(step(what="log", path="{file}", keep="2M"), {"file": str(log)}, given()).shown == ()


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd", "/var/log/../../etc/passwd.txt", "/var/log/auth.log", "/var/log/audit/a.log", "/var/log/wtmp",
        "/var/log/journal/x/system.journal", "/var/log/syslog.2.gz", "/home/a/data.db", "/var/log", "/dev/x.log",
        "/var/log/secure-20260101", "relative.log",
    ],
)  # fmt: skip
def test_what_is_no_log_or_is_evidence_is_never_cut(path: str) -> None:
    with pytest.raises(ActionError):
        actions.prepare(step(what="log", path="{file}", keep="1M"), {"file": path}, given())
    with pytest.raises(ValueError, match="neither a fact nor a log"):
        actions.parse(step(what="log", path=path, keep="1M"))


@pytest.mark.skipif(sys.platform == "win32", reason="links as Linux has them")
def test_a_link_is_no_log(tmp_path: Path) -> None:
    (tmp_path / "real.log").write_bytes(b"x\n" * 2_000_000)
    (tmp_path / "link.log").symlink_to(tmp_path / "real.log")
    with pytest.raises(ActionError):
        actions.prepare(step(what="log", path="{file}", keep="1M"), {"file": str(tmp_path / "link.log")}, given())


@pytest.mark.parametrize(
    "args",
    [
        {"what": "all"}, {"what": "journal"}, {"what": "journal", "keep": "0M"}, {"what": "packages", "keep": "1M"},
        {"what": "journal", "keep": "1M", "days": 3}, {"what": "log", "keep": "1M"}, {"what": "temporary", "days": -1},
        {"what": "temporary", "path": "/home"}, {"what": "empty"}, {"what": "empty", "path": "/srv"},
    ],
    ids=str,
)  # fmt: skip
def test_the_list_is_closed(args: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=" "):
        actions.parse(step(**args))


def test_no_cleaning_can_be_undone() -> None:
    assert not actions.undoable(step(what="packages"))
