"""Edits a text file: removes lines, turns lines into comments, or adds lines; undo gives back every byte.

The file is read here and not at the doorway, which gives text: a backup must hold bytes. Links are followed once,
and the file at their end is replaced whole. Lines end as the file's own do.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
import string
import sys
from typing import TYPE_CHECKING, Any

from techkit.host import ProbeError
from techkit.model import Fact, Record
from techkit.remedy.actions import ONE_FACT, ActionError, Change, RefusedError, Shown, fill

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from techkit.host import Host

LARGEST = 4 << 20
"""Bytes of a file that is still edited."""
NEVER = re.compile(
    r"/(boot|efi|dev|proc|sys|var/log)(/.*)?"
    r"|/etc/(default/grub.*|grub\.d/.*|kernel/.*|fstab\.d/.*|(passwd|shadow|group|gshadow|subuid|subgid)-?|sudoers(\..*)?"
    r"|pam\..*|security/.*|ssh/.*|selinux/.*|apparmor.*|audit/.*|ufw/.*|nftables.*|iptables/.*|firewalld/.*)"
    r"|.*/\.ssh/.*"
    r"|[a-z]:/(bootmgr|boot\.ini|boot/.*|efi/.*)|[a-z]:/windows/(boot|security|system32/(config|winevt))(/.*)?",
    re.IGNORECASE,
)
"""Start-up, passwords and keys, guards and logs: techkit does not edit them, whatever a page says."""
BOM = "\ufeff"


class Action(Record, frozen=True):
    """What a step tells it: one of the three edits; the patterns are searched for in each line."""

    path: str
    remove_lines: str = ""
    comment_lines: str = ""
    append_lines: str = ""
    mode: str = ""

    def __post_init__(self) -> None:
        if bool(self.remove_lines) + bool(self.comment_lines) + bool(self.append_lines) != 1:
            raise ValueError("a file step has exactly one of remove_lines, comment_lines, append_lines")
        if self.mode and not re.fullmatch(r"[0-7]{3,4}", self.mode):
            raise ValueError(f"the mode {self.mode!r} is not written in octal")
        if not ONE_FACT.fullmatch(self.path) and ("{" in self.path or _never(self.path)):
            raise ValueError(f"the path {self.path!r} is neither one fact nor a file that may be edited")
        for pattern in (self.remove_lines, self.comment_lines):
            try:
                re.compile("".join(text + "x" * bool(name) for text, name, *_ in string.Formatter().parse(pattern)))
            except re.error as error:
                raise ValueError(f"the pattern {pattern!r} cannot be used: {error}") from error


def undoable(_action: Action) -> bool:
    """Every byte is kept."""
    return True


def prepare(action: Action, facts: Mapping[str, Fact], host: Host, earlier: Sequence[Change]) -> Change:
    """Read the file as it is, or as an earlier change will leave it, and edit it in memory."""
    path = _resolved(fill(action.path, facts), host)
    before = _look(path)
    for change in earlier:
        if change.kind == "file" and change.after["path"] == path:
            before = before | {"content": change.after["content"], "mode": change.after["mode"], "times": None}
    old = _bytes(before["content"])
    if old is None and not action.append_lines:
        raise ActionError("fix.no_file", path=path)
    new = _edit(old or b"", action, facts)
    mode = int(action.mode, 8) if action.mode else before["mode"]
    after = {"path": path, "content": _text(new), "mode": 0o644 if mode is None else mode}
    idle = old == new and before["mode"] == after["mode"]
    shown: list[Shown] = [] if idle else [Shown("fix.file_changes", {"path": path})]
    if before["mode"] not in {None, after["mode"]}:
        shown.append(Shown("fix.mode_becomes", {"before": f"{before['mode']:04o}", "after": f"{after['mode']:04o}"}))
    return Change("file", before, after, tuple(shown), _difference(path, old or b"", new))


def apply(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Write the file, where it is still the one that was shown."""
    present = _look(after["path"])
    if not _same(present, before):
        raise ActionError("fix.changed_meanwhile", what=after["path"])
    _write(after["path"], after, present)


def undo(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Give back bytes, mode, owner and times, or take away what was not there; refuse what is not ours any more."""
    path = before["path"]
    present = _look(path)
    if _same(present, before):
        return
    if present["content"] != after["content"] or present["mode"] not in {before["mode"], after["mode"]}:
        raise RefusedError("fix.undo_refused", what=path)
    if before["content"] is None:
        _guarded(path, os.unlink, path)
    else:
        _write(path, before, present)


# ---------------------------------------------------------------------- the text
def _edit(old: bytes, action: Action, facts: Mapping[str, Fact]) -> bytes:
    if old[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"\0" in old:
        raise ActionError("fix.not_text", path=fill(action.path, facts))
    text = old.decode("utf-8", "surrogateescape")
    mark = BOM if text.startswith(BOM) else ""
    lines = re.findall(r"[^\n]*\n|[^\n]+", text.removeprefix(BOM))
    if action.append_lines:
        lines = _appended(lines, fill(action.append_lines, facts))
    else:
        pattern = re.compile(fill(action.remove_lines or action.comment_lines, facts, re.escape))
        comment = "" if action.remove_lines else "# "
        lines = [
            (f"{comment}{line}" if comment else "") if pattern.search(line.rstrip("\r\n")) else line for line in lines
        ]
    return (mark + "".join(lines)).encode("utf-8", "surrogateescape")


def _appended(lines: list[str], text: str) -> list[str]:
    """The lines and those of the text that are not yet among them."""
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


# ---------------------------------------------------------------------- the file
def _resolved(path: str, host: Host) -> str:
    """The file at the end of all links; raises for what must not or cannot be edited."""
    if not os.path.isabs(path):  # noqa: PTH117 - a path is text until it is opened
        raise ActionError("fix.no_file", path=path)
    try:
        host.exists(path)  # the doorway, unlike us, gives up on a mount that does not answer
    except ProbeError as error:
        raise ActionError("fix.no_file", path=error.detail) from error
    target = os.path.realpath(path)
    if _never(path) or _never(target):
        raise ActionError("fix.never", path=target)
    if target != os.path.abspath(path) and not _trustworthy(path, target):  # noqa: PTH100 - as above
        raise ActionError("fix.never", path=target)
    return target


def _never(path: str) -> bool:
    return bool(NEVER.fullmatch(os.path.normpath(path).replace("\\", "/")))


def _trustworthy(path: str, target: str) -> bool:
    """Whether every link on the way belongs to the administrator or to the owner of what it leads to."""
    if sys.platform == "win32":
        return True
    owners = {0, os.stat(target).st_uid if os.path.exists(target) else 0}  # noqa: PTH110, PTH116 - as above
    steps = [path]
    while (above := os.path.dirname(steps[-1])) != steps[-1]:  # noqa: PTH120 - as above
        steps.append(above)
    return all(os.lstat(step).st_uid in owners for step in steps if os.path.islink(step))  # noqa: PTH114 - as above


def _look(path: str) -> dict[str, Any]:
    """The file as JSON: everything that undo gives back; `content` None where there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116 - the path may be hostile text
        if not stat.S_ISREG(found.st_mode):
            raise ActionError("fix.no_file", path=path)
        if found.st_size > LARGEST:
            raise ActionError("fix.too_big", path=path)
        with open(path, "rb") as file:  # noqa: PTH123 - as above
            content = file.read(LARGEST + 1)
    except FileNotFoundError:
        return {"path": path, "content": None, "mode": None, "owner": None, "times": None}
    except OSError as error:
        raise _failed(path, error) from error
    return {
        "path": path,
        "content": _text(content),
        "mode": stat.S_IMODE(found.st_mode),
        "owner": [found.st_uid, found.st_gid],
        "times": [found.st_atime_ns, found.st_mtime_ns],
    }


def _same(present: dict[str, Any], seen: dict[str, Any]) -> bool:
    return all(present[name] == seen[name] for name in ("content", "mode"))


def _write(path: str, wanted: dict[str, Any], present: dict[str, Any]) -> None:
    """Replace a file whole with the wanted content and mode; owner and attributes stay, times where they are given."""
    _guarded(path, _replace, path, wanted, present)


def _replace(path: str, wanted: dict[str, Any], present: dict[str, Any]) -> None:
    import tempfile

    content = _bytes(wanted["content"]) or b""
    if wanted["content"] == present["content"]:
        os.chmod(path, wanted["mode"])  # noqa: PTH101 - as above
    elif present["content"] is not None and os.stat(path).st_nlink > 1:  # noqa: PTH116 - as above
        _overwrite(path, content, wanted["mode"])
    else:
        folder, name = os.path.split(path)
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=f".{name[:64]}.")
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
            _dress(temporary, path, wanted, present)
            _swap(temporary, path, exists=present["content"] is not None)
        except OSError as error:
            if error.errno not in {errno.EBUSY, errno.EXDEV}:
                raise
            _overwrite(path, content, wanted["mode"])  # a file that is mounted by itself, as in containers
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary)  # noqa: PTH108 - as above
    if wanted.get("times"):
        os.utime(path, ns=tuple(wanted["times"]))


def _overwrite(path: str, content: bytes, mode: int) -> None:
    """Where a new file cannot take the old one's place: the same file keeps its other names."""
    with open(path, "r+b") as out:  # noqa: PTH123 - as above
        out.write(content)
        out.truncate()
        out.flush()
        os.fsync(out.fileno())
    os.chmod(path, mode)  # noqa: PTH101 - as above


def _dress(temporary: str, path: str, wanted: dict[str, Any], present: dict[str, Any]) -> None:
    """Give the new file the owner, the attributes and the mode of the old one."""
    if sys.platform != "win32":
        if owner := wanted.get("owner") or present["owner"]:
            os.chown(temporary, *owner)
        with contextlib.suppress(OSError):  # attributes are the file system's or the kernel's to refuse
            for name in os.listxattr(path) if present["content"] is not None else ():
                os.setxattr(temporary, name, os.getxattr(path, name))
        os.chmod(temporary, wanted["mode"])  # noqa: PTH101 - as above


def _swap(temporary: str, path: str, *, exists: bool) -> None:
    """Put the new file in the old one's place, so that whoever looks sees one or the other."""
    if sys.platform != "win32":
        os.replace(temporary, path)  # noqa: PTH105 - as above
        folder = os.open(os.path.dirname(path), os.O_RDONLY)  # noqa: PTH120 - as above
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    elif exists:  # ReplaceFile keeps the access list and the attributes; it refuses a read-only file
        import ctypes

        mode = os.stat(path).st_mode  # noqa: PTH116 - as above
        os.chmod(path, stat.S_IWRITE)  # noqa: PTH101 - as above
        try:
            if not ctypes.windll.kernel32.ReplaceFileW(path, temporary, None, 2, None, None):
                raise ctypes.WinError()
        finally:
            os.chmod(path, mode)  # noqa: PTH101 - as above
    else:
        os.replace(temporary, path)  # noqa: PTH105 - as above


def _guarded(path: str, act: Any, *args: Any) -> None:
    try:
        act(*args)
    except OSError as error:
        raise _failed(path, error) from error


def _failed(path: str, error: OSError) -> ActionError:
    return ActionError("fix.file_failed", path=path, why=error.strerror or str(error))


def _text(content: bytes) -> str:
    import base64

    return base64.b64encode(content).decode("ascii")


def _bytes(text: str | None) -> bytes | None:
    import base64

    return None if text is None else base64.b64decode(text)
