"""Files: edited to the letter, given back to the byte."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hosts import Given
from hypothesis import HealthCheck, settings
from hypothesis import given as draws
from hypothesis import strategies as st

from techkit.model import Step
from techkit.remedy import actions
from techkit.remedy.actions import ActionError, RefusedError, _files, file

if TYPE_CHECKING:
    from pathlib import Path

    from techkit.host import Host

LINUX = pytest.mark.skipif(sys.platform == "win32", reason="owners, modes and links as Linux has them")


class Anything(Given):
    """Every path is there: the file itself is read by the action."""

    def answer(self, question: str, args: list[Any], timeout: float) -> Any:
        return {} if question == "stat" else super().answer(question, args, timeout)


def host() -> Host:
    from techkit.host import Host

    return Host(Anything({}))


def change_of(path: Path, name: str = "", earlier: Any = (), **args: Any) -> actions.Change:
    step = Step("x", "x", "file", {"path": "{file}", **args})
    return actions.prepare(step, {"file": str(path), "name": name}, host(), earlier)


def state(path: Path) -> Any:
    found = path.stat() if path.exists() else None
    return found and (path.read_bytes(), found.st_mode, found.st_uid, found.st_gid, found.st_mtime_ns)


EDITS: list[tuple[dict[str, str], bytes, bytes]] = [
    ({"remove_lines": "^10\\.0"}, b"10.0.0.1 a\n10.1.0.1 b\n10.0.0.2 c", b"10.1.0.1 b\n"),
    ({"comment_lines": "^a"}, b"a\nb\r\nab\n", b"# a\nb\r\n# ab\n"),
    ({"append_lines": "x\ny"}, b"y\nz", b"y\nz\nx\n"),
    ({"append_lines": "x"}, b"\xef\xbb\xbfa\r\n", b"\xef\xbb\xbfa\r\nx\r\n"),
    (
        {"replace_lines": "^hosts:.*", "by": "hosts: files dns"},
        b"a: b\nhosts: dns\r\nc\n",
        b"a: b\nhosts: files dns\r\nc\n",
    ),
    ({"remove_lines": "^k"}, b"k\xff\n\xfe\n", b"\xfe\n"),
]


@pytest.mark.parametrize(("args", "before", "after"), EDITS)
def test_an_edit_and_its_way_back(tmp_path: Path, args: dict[str, str], before: bytes, after: bytes) -> None:
    path = tmp_path / "a file"
    path.write_bytes(before)
    path.chmod(0o640)
    os.utime(path, ns=(10**18, 10**18 + 7_000))
    was = state(path)
    change = change_of(path, "", (), **args)
    assert state(path) == was
    assert change.diff
    actions.apply(change)
    assert path.read_bytes() == after
    assert path.stat().st_mode & 0o777 == was[1] & 0o777
    assert change_of(path, "", (), **args).shown == ()
    actions.undo(change.kind, change.before, change.after)
    assert state(path) == was
    assert [one.name for one in tmp_path.iterdir()] == ["a file"]
    actions.undo(change.kind, change.before, change.after)  # twice is once
    assert state(path) == was


@pytest.fixture
def anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file, "MAY_APPEAR", re.compile(r"(?s).*"))


def test_a_file_that_only_a_fact_names_appears_among_the_settings_only(tmp_path: Path) -> None:
    with pytest.raises(ActionError, match="never"):
        change_of(tmp_path / "x", content="x")


def test_where_no_file_is_there_may_be_nothing_to_do(tmp_path: Path) -> None:
    assert change_of(tmp_path / "x", replace_lines="^a", by="b", if_there=True).shown == ()


@pytest.mark.usefixtures("anywhere")
def test_a_new_file_comes_with_its_folder_and_goes_with_it(tmp_path: Path) -> None:
    path = tmp_path / "unit.d" / "limit.conf"
    change = change_of(path, content="[Service]\nLimitNOFILE=65536\n")
    assert [shown.key for shown in change.shown] == ["fix.file_appears"]
    actions.apply(change)
    assert path.read_text() == "[Service]\nLimitNOFILE=65536\n"
    assert change_of(path, content="[Service]\nLimitNOFILE=65536\n").shown == ()
    actions.undo(change.kind, change.before, change.after)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("anywhere")
def test_what_is_there_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("theirs")
    with pytest.raises(ActionError, match="file_exists"):
        change_of(tmp_path / "x", content="ours")


@pytest.mark.usefixtures("anywhere")
def test_a_folder_that_somebody_uses_stays(tmp_path: Path) -> None:
    path = tmp_path / "unit.d" / "limit.conf"
    change = change_of(path, content="x\n")
    actions.apply(change)
    (path.parent / "theirs").touch()
    actions.undo(change.kind, change.before, change.after)
    assert [one.name for one in path.parent.iterdir()] == ["theirs"]


@LINUX
def test_rights_alone_also_of_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "tmp"
    folder.mkdir(0o755)
    was = folder.stat()
    change = change_of(folder, mode="1777")
    assert change.shown[0].names == {"path": str(folder), "before": "0755", "after": "1777"}
    actions.apply(change)
    assert folder.stat().st_mode & 0o7777 == 0o1777
    actions.undo(change.kind, change.before, change.after)
    assert (folder.stat().st_mode, folder.stat().st_mtime_ns) == (was.st_mode, was.st_mtime_ns)


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="only root gives files away")
def test_the_owner_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("a\n")
    path.chmod(0o4755)
    change = change_of(path, owner="nobody:nogroup")
    actions.apply(change)
    assert path.stat().st_uid != 0
    actions.undo(change.kind, change.before, change.after)
    assert (path.stat().st_uid, path.stat().st_mode & 0o7777) == (0, 0o4755)


@LINUX
def test_an_owner_told_by_a_fact_comes_with_its_own_group(tmp_path: Path) -> None:
    import pwd

    step = Step("x", "x", "file", {"path": "{folder}", "owner": "{owner}"})
    change = actions.prepare(step, {"folder": str(tmp_path), "owner": "daemon"}, host())
    entry = pwd.getpwnam("daemon")
    assert change.after["owner"] == [entry.pw_uid, entry.pw_gid]


def test_a_file_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("a\nb\n")
    change = change_of(path, remove_lines="a")
    path.write_text("a\nb\nc\n")
    with pytest.raises(ActionError, match="changed_meanwhile"):
        actions.apply(change)
    assert path.read_text() == "a\nb\nc\n"


def test_undo_refuses_what_somebody_has_changed_since(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("a\nb\n")
    change = change_of(path, remove_lines="a")
    actions.apply(change)
    path.write_text("mine\n")
    with pytest.raises(RefusedError):
        actions.undo(change.kind, change.before, change.after)
    assert path.read_text() == "mine\n"


def test_two_steps_on_one_file(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("a\nb\n")
    was = state(path)
    first = change_of(path, remove_lines="a")
    second = change_of(path, earlier=(first,), append_lines="c")
    actions.apply(first)
    actions.apply(second)
    assert path.read_text() == "b\nc\n"
    for change in (second, first):
        actions.undo(change.kind, change.before, change.after)
    assert state(path) == was


@LINUX
def test_hard_links_stay_together(tmp_path: Path) -> None:
    path, other = tmp_path / "x", tmp_path / "y"
    path.write_text("a\nb\n")
    os.link(path, other)
    change = change_of(path, remove_lines="a")
    actions.apply(change)
    assert other.read_text() == "b\n"
    actions.undo(change.kind, change.before, change.after)
    assert other.read_text() == "a\nb\n"


@LINUX
def test_what_was_cut_off_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("a\nb\n")
    change = change_of(path, remove_lines="a")
    (tmp_path / ".x.techkit~").write_text("half")
    actions.undo(change.kind, change.before, change.after)
    assert [one.name for one in tmp_path.iterdir()] == ["x"]
    (tmp_path / ".x.techkit~").write_text("half")
    actions.apply(change)
    assert [one.name for one in tmp_path.iterdir()] == ["x"]


@pytest.mark.parametrize(
    "path",
    [
        "/boot/grub/grub.cfg", "/etc/shadow", "/etc/sudoers.d/x", "/etc/ssh/sshd_config", "/etc/../etc/passwd",
        "/home/a/.ssh/authorized_keys", "/etc/nftables.conf", "/proc/sys/x", "/etc/default/grub", "relative",
    ],
)  # fmt: skip
def test_what_is_never_edited(path: str) -> None:
    with pytest.raises(ActionError):
        actions.prepare(Step("x", "x", "file", {"path": "{file}", "append_lines": "x"}), {"file": path}, host())


@pytest.mark.parametrize(
    "args",
    [
        {}, {"remove_lines": "a", "append_lines": "b"}, {"mode": "rwx"}, {"mode": "4755"}, {"replace_lines": "a"},
        {"replace_lines": "a", "by": "b\nc"}, {"remove_lines": "("}, {"owner": "root"},
    ],
    ids=str,
)  # fmt: skip
def test_what_does_not_load(args: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=" "):
        actions.parse(Step("x", "x", "file", {"path": "{file}", **args}))


@LINUX
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@draws(st.text(max_size=4000), st.text(alphabet="a.*[](){}\\^$|?+'\" -\r\n\t<&", max_size=30))
def test_a_hostile_fact_is_only_ever_itself(tmp_path: Path, long: str, special: str) -> None:
    path = tmp_path / "x"
    for value in (long, special):
        path.write_bytes(b"keep one\nkeep two\n")
        if not value or actions.BREAKS.search(value):
            with pytest.raises(ActionError, match="bad_fact"):
                change_of(path, value, remove_lines="^{name}$")
            continue
        change = change_of(path, value, append_lines="{name}")
        actions.apply(change)
        assert path.read_text(encoding="utf-8") in {f"keep one\nkeep two\n{value}\n", "keep one\nkeep two\n"}
        gone = change_of(path, value, remove_lines="^{name}$")
        actions.apply(gone)
        assert path.read_bytes() == b"keep one\nkeep two\n"


def test_the_preview_is_what_happens(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("a\nb\nc\n")
    change = change_of(path, comment_lines="b")
    assert list(change.diff[3:]) == [" a", "-b", "+# b", " c"]
    actions.apply(change)
    assert path.read_text() == "a\n# b\nc\n"


def test_too_big_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_files, "LARGEST", 10)
    (tmp_path / "x").write_text("x" * 11)
    with pytest.raises(ActionError, match="too_big"):
        change_of(tmp_path / "x", append_lines="y")
