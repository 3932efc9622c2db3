"""Edits a text file line by line, creates a small one, or sets mode and owner; undo restores every byte.

New lines get the file's own line ends.
"""

from __future__ import annotations

import contextlib
import os
import re
import string
import sys
from typing import TYPE_CHECKING, Any

from techkit.model import Fact, Record
from techkit.remedy.actions import ONE_FACT, ActionError, Change, RefusedError, Shown, _files, fill

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from techkit.host import Host

MAY_APPEAR = re.compile(r"/etc/([A-Za-z0-9][A-Za-z0-9_.@-]*/)?[A-Za-z0-9][A-Za-z0-9_.@-]*")
"""Where a file may be created whose name is a fact: only among the settings."""
BOM = "\ufeff"
OWNER = re.compile(r"[a-z_][a-z0-9_-]*:[a-z_][a-z0-9_-]*")


class Action(Record, frozen=True):
    """The step's arguments: at most one of the five edits; patterns are searched in each line.

    `replace_lines` replaces each matching line with the line `by`; `content` creates a file that is not
    there yet, with its folder. `mode` (octal) and `owner` (user:group, or a fact that names a user, with its own group)
    may be set with an edit or alone, then also of a folder.
    """

    path: str
    remove_lines: str = ""
    comment_lines: str = ""
    append_lines: str = ""
    replace_lines: str = ""
    by: str = ""
    content: str = ""
    mode: str = ""
    owner: str = ""
    if_there: bool = False
    """whether there is nothing to do where there is no such file"""

    @property
    def edits(self) -> int:
        """The number of edits."""
        told = (self.remove_lines, self.comment_lines, self.append_lines, self.replace_lines, self.content)
        return sum(map(bool, told))

    def __post_init__(self) -> None:
        if self.edits > 1 or not (self.edits or self.mode or self.owner):
            raise ValueError(
                "a step has one of remove_lines, comment_lines, append_lines, replace_lines, content; or mode, owner"
            )
        if bool(self.replace_lines) != bool(self.by) or "\n" in self.by:
            raise ValueError("replace_lines says by which one line")
        if self.mode and not re.fullmatch(r"[0-7]{3,4}", self.mode):
            raise ValueError(f"the mode {self.mode!r} is not written in octal")
        if self.owner and not (ONE_FACT.fullmatch(self.owner) or OWNER.fullmatch(self.owner)):
            raise ValueError(f"the owner {self.owner!r} is neither one fact nor written user:group")
        if ONE_FACT.fullmatch(self.path):
            if int(self.mode or "0", 8) & 0o6000:
                raise ValueError("a file that runs with its owner's rights is named by the page itself")
        elif "{" in self.path or (_files.never(self.path) if self.edits else _files.SACRED.fullmatch(self.path)):
            raise ValueError(f"the path {self.path!r} is neither one fact nor a file that may be edited")
        for pattern in (self.remove_lines, self.comment_lines, self.replace_lines):
            try:
                re.compile("".join(text + "x" * bool(name) for text, name, *_ in string.Formatter().parse(pattern)))
            except re.error as error:
                raise ValueError(f"the pattern {pattern!r} cannot be used: {error}") from error


def undoable(_action: Action) -> bool:
    """Every byte is kept."""
    return True


def prepare(action: Action, facts: Mapping[str, Fact], host: Host, earlier: Sequence[Change]) -> Change:
    """Read the file as it is, or as an earlier change will leave it, and edit it in memory."""
    path = _files.resolved(fill(action.path, facts), host, edits=bool(action.edits))
    if action.if_there and not os.path.lexists(path):
        return Change("file", {"path": path}, {})
    if action.content and ONE_FACT.fullmatch(action.path) and not MAY_APPEAR.fullmatch(path):
        raise ActionError("fix.never", path=path)
    mode = _mode(action.mode) if action.mode else None
    if mode is not None and _files.never(path) and mode & 0o022:
        raise ActionError("fix.never", path=path)
    owner = _ids(fill(action.owner, facts)) if action.owner else None
    return changed(path, lambda old: _edit(old, action, facts), earlier, mode=mode, owner=owner)


def changed(
    path: str,
    edit: Callable[[bytes | None], bytes | None],
    earlier: Sequence[Change] = (),
    *,
    mode: int | None = None,
    owner: list[int] | None = None,
) -> Change:
    """The new content of a file, given its bytes (None: there is no file)."""
    before = _files.look(path)
    for change in earlier:
        if change.kind == "file" and change.after["path"] == path:
            later = {
                name: change.after[name] for name in ("content", "mode", "owner") if change.after[name] is not None
            }
            before = before | later | {"times": None}
    old = _files.raw(before["content"])
    new = edit(old)
    if new is None and before["mode"] is None:
        raise ActionError("fix.no_file", path=path)
    made = [] if new is None or before["mode"] is not None else _missing(path)
    after = {
        "path": path,
        "content": None if new is None else _files.text(new),
        "mode": mode if mode is not None else _mode("644") if before["mode"] is None else before["mode"],
        "owner": owner,
        "made": made,
    }
    shown: list[Shown] = []
    if old != new:
        shown.append(Shown("fix.file_changes" if old is not None else "fix.file_appears", {"path": path}))
    if before["mode"] not in {None, after["mode"]}:
        names: dict[str, Fact] = {"path": path, "before": f"{before['mode']:04o}", "after": f"{after['mode']:04o}"}
        shown.append(Shown("fix.mode_becomes", names))
    if owner and owner != before["owner"]:
        names = {"path": path, "before": _named(before["owner"]), "after": _named(owner)}
        shown.append(Shown("fix.owner_becomes", names))
    return Change("file", before, after, tuple(shown), _difference(path, old or b"", new or b""))


def _mode(octal: str) -> int:
    """A mode as this system keeps it: Windows knows only whether a file may be written."""
    mode = int(octal, 8)
    return mode if sys.platform != "win32" else 0o666 if mode & 0o200 else 0o444


def _missing(path: str) -> list[str]:
    """The missing folders above a file, the outermost first; one at most."""
    folder = os.path.dirname(path)  # noqa: PTH120 - a path is text until it is opened
    if os.path.isdir(folder):  # noqa: PTH112 - as above
        return []
    if not os.path.isdir(os.path.dirname(folder)):  # noqa: PTH112, PTH120 - as above
        raise ActionError("fix.no_file", path=folder)
    return [folder]


def _ids(owner: str) -> list[int]:
    if sys.platform == "win32":
        raise ActionError("fix.bad_fact", name="owner", value=owner)
    import grp
    import pwd

    user, _, group = owner.partition(":")
    try:
        account = pwd.getpwnam(user)
        return [account.pw_uid, grp.getgrnam(group).gr_gid if group else account.pw_gid]
    except KeyError as error:
        raise ActionError("fix.bad_fact", name="owner", value=owner) from error


def _named(ids: list[int] | None) -> str:
    if sys.platform == "win32" or ids is None:
        return "–"
    import grp
    import pwd

    names = [str(one) for one in ids]
    with contextlib.suppress(KeyError):
        names[0] = pwd.getpwuid(ids[0]).pw_name
    with contextlib.suppress(KeyError):
        names[1] = grp.getgrgid(ids[1]).gr_name
    return ":".join(names)


def apply(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Write the file, if it is still as it was shown."""
    path = after["path"]
    present = _files.look(path)
    if not _files.same(present, before):
        raise ActionError("fix.changed_meanwhile", what=path)
    for folder in after["made"]:
        _files.guarded(folder, os.makedirs, folder, 0o755, True)  # noqa: FBT003 - it may be there by now
    _files.write(path, after, present)


def undo(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Restore bytes, mode, owner and times, or delete what was not there; refuse if it has changed since."""
    path = before["path"]
    present = _files.look(path)
    with contextlib.suppress(OSError):  # what we were writing when we were cut off
        os.unlink(_files.beside(path))  # noqa: PTH108 - a path is text until it is opened
    if not _files.same(present, before):
        if (
            present["content"] not in {before["content"], after["content"]}
            or present["mode"] not in {before["mode"], after["mode"]}
            or (after["owner"] and present["owner"] not in (before["owner"], after["owner"]))
        ):
            raise RefusedError("fix.undo_refused", what=path)
        if before["mode"] is None:
            _files.guarded(path, os.unlink, path)
        else:
            _files.write(path, before, present)
    for folder in reversed(after["made"]):
        with contextlib.suppress(OSError):  # somebody has put something there
            os.rmdir(folder)  # noqa: PTH106 - a path is text until it is opened


# ---------------------------------------------------------------------- the text
def _edit(old: bytes | None, action: Action, facts: Mapping[str, Fact]) -> bytes | None:
    """The bytes that the step wants; None if there is no file and only mode or owner are set."""
    if not action.edits:
        return old
    if old is None and not (action.append_lines or action.content):
        raise ActionError("fix.no_file", path=fill(action.path, facts))
    if action.content:
        wanted = fill(action.content, facts).encode("utf-8", "surrogateescape")
        if old not in {None, wanted}:
            raise ActionError("fix.file_exists", path=fill(action.path, facts))
        return wanted
    old = old or b""
    if old[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"\0" in old:
        raise ActionError("fix.not_text", path=fill(action.path, facts))
    text = old.decode("utf-8", "surrogateescape")
    mark = BOM if text.startswith(BOM) else ""
    lines = re.findall(r"[^\n]*\n|[^\n]+", text.removeprefix(BOM))
    if action.append_lines:
        lines = _appended(lines, fill(action.append_lines, facts))
    else:
        pattern = re.compile(
            fill(action.remove_lines or action.comment_lines or action.replace_lines, facts, re.escape)
        )
        by = fill(action.by, facts)
        lines = [_line(line, action, by) if pattern.search(line.rstrip("\r\n")) else line for line in lines]
    return (mark + "".join(lines)).encode("utf-8", "surrogateescape")


def _line(line: str, action: Action, by: str) -> str:
    """What becomes of a line that matches."""
    if action.remove_lines:
        return ""
    return f"# {line}" if action.comment_lines else by + line[len(line.rstrip("\r\n")) :]


def _appended(lines: list[str], text: str) -> list[str]:
    """The lines, followed by those of the text that are not among them."""
    end = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    present = {line.rstrip("\r\n") for line in lines}
    missing = [line + end for line in text.rstrip("\n").split("\n") if line not in present]
    if missing and lines and not lines[-1].endswith("\n"):
        lines = [*lines[:-1], lines[-1] + end]
    return [*lines, *missing]


def _difference(path: str, old: bytes, new: bytes) -> tuple[str, ...]:
    import difflib

    return tuple(difflib.unified_diff(_lines(old), _lines(new), path, path, n=1, lineterm=""))


def _lines(raw: bytes) -> list[str]:
    return [line.removesuffix("\r") for line in raw.decode("utf-8", "surrogateescape").removesuffix("\n").split("\n")]
