"""Links: they lead where the page says, within one folder only, and come back as they were."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from hosts import Given

from techkit.host import Host
from techkit.model import Step
from techkit.remedy import actions
from techkit.remedy.actions import ActionError, Change, RefusedError, link

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links of Linux")


@pytest.fixture
def zones(tmp_path: Path) -> Path:
    (tmp_path / "zones" / "Etc").mkdir(parents=True)
    (tmp_path / "zones" / "Etc" / "UTC").write_text("TZif")
    return tmp_path


def change_of(folder: Path, to: str = "Etc/UTC") -> Change:
    args = {"path": str(folder / "localtime"), "within": str(folder / "zones"), "to": "{zone}"}
    return actions.prepare(Step("x", "x", "link", args), {"zone": to}, Host(Given({})))


def test_a_link_that_leads_nowhere_and_back(zones: Path) -> None:
    own = zones / "localtime"
    own.symlink_to("../zones/Mars/Phobos")
    change = change_of(zones)
    assert [shown.key for shown in change.shown] == ["fix.link_becomes"]
    actions.apply(change)
    assert own.read_text() == "TZif"
    assert change_of(zones).shown == ()
    for _ in range(2):
        actions.undo(change.kind, change.before, change.after)
        assert str(own.readlink()) == "../zones/Mars/Phobos"


def test_a_file_in_its_place_comes_back_to_the_last_byte(zones: Path) -> None:
    own = zones / "localtime"
    own.write_bytes(b"no\0zone")
    own.chmod(0o640)
    was = own.stat()
    change = change_of(zones)
    actions.apply(change)
    assert own.is_symlink()
    actions.undo(change.kind, change.before, change.after)
    assert own.read_bytes() == b"no\0zone"
    assert (own.stat().st_mode, own.stat().st_mtime_ns) == (was.st_mode, was.st_mtime_ns)


def test_where_nothing_was_nothing_is_left(zones: Path) -> None:
    change = change_of(zones)
    actions.apply(change)
    actions.undo(change.kind, change.before, change.after)
    assert not (zones / "localtime").is_symlink()


def test_somebody_elses_link_is_left_alone(zones: Path) -> None:
    change = change_of(zones)
    (zones / "localtime").symlink_to("elsewhere")
    with pytest.raises(ActionError, match="changed_meanwhile"):
        actions.apply(change)
    with pytest.raises(RefusedError):
        actions.undo(change.kind, change.before, change.after)


@pytest.mark.parametrize("to", ["../../../etc/passwd", "/etc/passwd", "Etc", "Mars/Phobos", "-x", "a\nb", ""])
def test_it_leads_to_a_file_of_its_folder_only(zones: Path, to: str) -> None:
    with pytest.raises(ActionError):
        change_of(zones, to)


@pytest.mark.parametrize(
    ("path", "within", "to"),
    [("/etc/passwd", "/usr", "x"), ("{path}", "/usr", "x"), ("/etc/x", "{path}", "x"), ("/etc/x", "/usr", "a{x}")],
)
def test_no_page_can_lead_it_elsewhere(path: str, within: str, to: str) -> None:
    with pytest.raises(ValueError, match=r"path|fact"):
        link.Action(path, within, to)
