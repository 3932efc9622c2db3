"""Edits a text file, line by line, makes a small one, or sets rights and owner; undo gives back every byte.

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
    from collections.abc import Callable, Mapping, Sequence

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
SACRED = re.compile(r"/(dev|proc|sys)(/.*)?|/")
"""What keeps even its rights."""
BOM = "\ufeff"


class Action(Record, frozen=True):
    """What a step tells it: at most one of the five edits; the patterns are searched for in each line.

    `replace_lines` puts the one line `by` in the place of each line that matches; `content` makes a file that is not
    there yet, with its folder. `mode` (octal) and `owner` (user:group) may be set with an edit or alone, then also of a
    folder.
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

    @property
    def edits(self) -> int:
        """How many edits it tells."""
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
        if self.owner and not re.fullmatch(r"[a-z_][a-z0-9_-]*:[a-z_][a-z0-9_-]*", self.owner):
            raise ValueError(f"the owner {self.owner!r} is not written user:group")
        if ONE_FACT.fullmatch(self.path):
            if int(self.mode or "0", 8) & 0o6000:
                raise ValueError("a file that runs with its owner's rights is named by the page itself")
        elif "{" in self.path or (_never(self.path) if self.edits else SACRED.fullmatch(self.path)):
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
    path = resolved(fill(action.path, facts), host, edits=bool(action.edits))
    mode = _mode(action.mode) if action.mode else None
    if mode is not None and _never(path) and mode & 0o022:
        raise ActionError("fix.never", path=path)
    owner = _ids(action.owner) if action.owner else None
    return changed(path, lambda old: _edit(old, action, facts), earlier, mode=mode, owner=owner)


def changed(
    path: str,
    edit: Callable[[bytes | None], bytes | None],
    earlier: Sequence[Change] = (),
    *,
    mode: int | None = None,
    owner: list[int] | None = None,
) -> Change:
    """What becomes of a file when it is edited, given its bytes (None: there is none)."""
    before = _look(path)
    for change in earlier:
        if change.kind == "file" and change.after["path"] == path:
            later = {
                name: change.after[name] for name in ("content", "mode", "owner") if change.after[name] is not None
            }
            before = before | later | {"times": None}
    old = _bytes(before["content"])
    new = edit(old)
    if new is None and before["mode"] is None:
        raise ActionError("fix.no_file", path=path)
    made = [] if new is None or before["mode"] is not None else _missing(path)
    after = {
        "path": path,
        "content": None if new is None else _text(new),
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
    """The folders above a file that are not there yet, the outermost first; one at most."""
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
        return [pwd.getpwnam(user).pw_uid, grp.getgrnam(group).gr_gid]
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
    """Write the file, where it is still the one that was shown."""
    path = after["path"]
    present = _look(path)
    if not _same(present, before):
        raise ActionError("fix.changed_meanwhile", what=path)
    for folder in after["made"]:
        _guarded(folder, os.makedirs, folder, 0o755, True)  # noqa: FBT003 - it may be there by now
    _write(path, after, present)


def undo(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Give back bytes, mode, owner and times, or take away what was not there; refuse what is not ours any more."""
    path = before["path"]
    present = _look(path)
    with contextlib.suppress(OSError):  # what we were writing when we were cut off
        os.unlink(_beside(path))  # noqa: PTH108 - a path is text until it is opened
    if not _same(present, before):
        if (
            present["content"] not in {before["content"], after["content"]}
            or present["mode"] not in {before["mode"], after["mode"]}
            or (after["owner"] and present["owner"] not in (before["owner"], after["owner"]))
        ):
            raise RefusedError("fix.undo_refused", what=path)
        if before["mode"] is None:
            _guarded(path, os.unlink, path)
        else:
            _write(path, before, present)
    for folder in reversed(after["made"]):
        with contextlib.suppress(OSError):  # somebody has put something there
            os.rmdir(folder)  # noqa: PTH106 - a path is text until it is opened


# ---------------------------------------------------------------------- the text
def _edit(old: bytes | None, action: Action, facts: Mapping[str, Fact]) -> bytes | None:
    """The bytes as the step wants them; None where there is no file and none is made."""
    if not action.edits or (old is None and not (action.append_lines or action.content)):
        return old if not action.edits else _no_file(action, facts)
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


def _no_file(action: Action, facts: Mapping[str, Fact]) -> bytes:
    raise ActionError("fix.no_file", path=fill(action.path, facts))


def _line(line: str, action: Action, by: str) -> str:
    """What becomes of a line that matches."""
    if action.remove_lines:
        return ""
    return f"# {line}" if action.comment_lines else by + line[len(line.rstrip("\r\n")) :]


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
def resolved(path: str, host: Host, *, edits: bool = True) -> str:
    """The file at the end of all links; raises for what must not or cannot be edited."""
    if not os.path.isabs(path):  # noqa: PTH117 - a path is text until it is opened
        raise ActionError("fix.no_file", path=path)
    try:
        host.exists(path)  # the doorway, unlike us, gives up on a mount that does not answer
    except ProbeError as error:
        raise ActionError("fix.no_file", path=error.detail) from error
    target = os.path.realpath(path)
    if any(_never(one) if edits else SACRED.fullmatch(one) for one in (path, target)):
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
        folder = stat.S_ISDIR(found.st_mode)
        if not stat.S_ISREG(found.st_mode) and not folder:
            raise ActionError("fix.no_file", path=path)
        content = None if folder else _read(path, found.st_size)
    except FileNotFoundError:
        return {"path": path, "content": None, "mode": None, "owner": None, "times": None}
    except OSError as error:
        raise _failed(path, error) from error
    return {
        "path": path,
        "content": None if content is None else _text(content),
        "mode": stat.S_IMODE(found.st_mode),
        "owner": [found.st_uid, found.st_gid],
        "times": [found.st_atime_ns, found.st_mtime_ns],
    }


def _read(path: str, size: int) -> bytes:
    if size > LARGEST:
        raise ActionError("fix.too_big", path=path)
    with open(path, "rb") as file:  # noqa: PTH123 - as above
        return file.read(LARGEST + 1)


def _same(present: dict[str, Any], seen: dict[str, Any]) -> bool:
    return all(present[name] == seen[name] for name in ("content", "mode", "owner"))


def _write(path: str, wanted: dict[str, Any], present: dict[str, Any]) -> None:
    """Replace a file whole with the wanted content and mode; owner and attributes stay, times where they are given."""
    _guarded(path, _replace, path, wanted, present)


def _replace(path: str, wanted: dict[str, Any], present: dict[str, Any]) -> None:
    content = _bytes(wanted["content"]) or b""
    if wanted["content"] == present["content"]:
        os.chmod(path, wanted["mode"])  # noqa: PTH101 - as above
    elif present["content"] is not None and os.stat(path).st_nlink > 1:  # noqa: PTH116 - as above
        _overwrite(path, content, wanted["mode"])
    else:
        temporary = _beside(path)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)  # noqa: PTH108 - as above
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        handle = os.open(temporary, flags, 0o600)
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
    if sys.platform != "win32" and wanted["owner"] and _owner(path) != wanted["owner"]:
        os.chown(path, *wanted["owner"])
        os.chmod(path, wanted["mode"])  # noqa: PTH101 - a new owner takes some rights away
    if wanted.get("times"):
        os.utime(path, ns=tuple(wanted["times"]))


def _beside(path: str) -> str:
    """Where the new content is written before it takes the old one's place."""
    folder, name = os.path.split(path)
    return os.path.join(folder, f".{name[:64]}.techkit~")  # noqa: PTH118 - as above


def _owner(path: str) -> list[int]:
    found = os.stat(path)  # noqa: PTH116 - as above
    return [found.st_uid, found.st_gid]


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
    if wanted.get("times"):
        os.utime(temporary, ns=tuple(wanted["times"]))  # before the swap: a cut leaves one state or the other


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
