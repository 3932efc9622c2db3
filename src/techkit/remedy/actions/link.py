"""Sets the target of a symbolic link, such as the one of the time zone; undo restores what was there."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Any

from techkit.model import Fact, Record
from techkit.remedy.actions import ONE_FACT, ActionError, Change, RefusedError, Shown, _files, fill

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from techkit.host import Host


class Action(Record, frozen=True):
    """The step's arguments: the link, the folder it must point into, and the file there, by name or fact."""

    path: str
    within: str
    to: str

    def __post_init__(self) -> None:
        for path in (self.path, self.within):
            if not path.startswith("/") or "{" in path or _files.never(path):
                raise ValueError(f"the path {path!r} is none that a link may have")
        if not ONE_FACT.fullmatch(self.to) and ("{" in self.to or not self.to):
            raise ValueError(f"{self.to!r} is neither a fact nor a name")


def undoable(_action: Action) -> bool:
    """What was there is kept."""
    return True


def prepare(action: Action, facts: Mapping[str, Fact], host: Host, earlier: Sequence[Change]) -> Change:  # noqa: ARG001 - every kind is asked alike
    """Look at what is there, and whether the new target exists."""
    target = os.path.normpath(os.path.join(action.within, fill(action.to, facts)))  # noqa: PTH118 - a path is text until it is opened
    if not target.startswith(action.within.rstrip("/") + "/") or not os.path.isfile(target):  # noqa: PTH113 - as above
        raise ActionError("fix.no_file", path=target)
    before = _look(action.path)
    if before["target"] is not None and _leads(action.path, before["target"]) == target:
        return Change("link", before, {})
    old: Fact = before["target"] or "–"
    shown = Shown("fix.link_becomes", {"path": action.path, "before": old, "after": target})
    return Change("link", before, {"target": target}, (shown,))


def _leads(path: str, target: str) -> str:
    return os.path.normpath(os.path.join(os.path.dirname(path), target))  # noqa: PTH118, PTH120 - as above


def _look(path: str) -> dict[str, Any]:
    """{path, target: of the link, file: what is there instead, as `file` keeps one}; None if nothing is there."""
    try:
        return {"path": path, "target": os.readlink(path), "file": None}  # noqa: PTH115 - as above
    except OSError:
        file = _files.look(path)
        if file["mode"] is not None and file["content"] is None:
            raise ActionError("fix.no_file", path=path) from None
        return {"path": path, "target": None, "file": file if file["mode"] is not None else None}


def _same(present: dict[str, Any], seen: dict[str, Any]) -> bool:
    if present["target"] != seen["target"] or (present["file"] is None) != (seen["file"] is None):
        return False
    return seen["file"] is None or _files.same(present["file"], seen["file"])


def apply(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Put the link in the place of what was seen there."""
    if not _same(_look(before["path"]), before):
        raise ActionError("fix.changed_meanwhile", what=before["path"])
    _put(before["path"], after["target"])


def undo(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Restore the old link or file, or delete ours; refuse if it points elsewhere by now."""
    path = before["path"]
    present = _look(path)
    if _same(present, before):
        return
    if present["target"] != after["target"]:
        raise RefusedError("fix.undo_refused", what=path)
    if before["target"] is not None:
        _put(path, before["target"])
        return
    try:
        os.unlink(path)  # noqa: PTH108 - as above
    except OSError as error:
        raise _files.failed(path, error) from error
    if before["file"] is not None:
        _files.write(path, before["file"], _files.look(path))


def _put(path: str, target: str) -> None:
    """Replace whatever is there with a link, atomically."""
    beside = _files.beside(path)
    try:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(beside)  # noqa: PTH108 - as above
        os.symlink(target, beside)  # noqa: PTH211 - as above
        os.replace(beside, path)  # noqa: PTH105 - as above
    except OSError as error:
        raise _files.failed(path, error) from error
