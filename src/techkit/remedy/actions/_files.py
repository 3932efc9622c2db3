"""Reading and atomically replacing files, for the kinds of action that back up every byte.

The file is read here and not through the host, which gives text: a backup must hold bytes. Links are resolved
once, and the file at their end is replaced.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
import sys
from typing import TYPE_CHECKING, Any

from techkit.host import ProbeError
from techkit.remedy.actions import ActionError

if TYPE_CHECKING:
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
"""Boot files, passwords and keys, security settings and logs: techkit does not edit them, whatever a page says."""
SACRED = re.compile(r"/(dev|proc|sys)(/.*)?|/")
"""What keeps even its rights."""


def resolved(path: str, host: Host, *, edits: bool = True) -> str:
    """The file behind all links; raises if it must not or cannot be edited."""
    if not os.path.isabs(path):  # noqa: PTH117 - a path is text until it is opened
        raise ActionError("fix.no_file", path=path)
    reach(path, host)
    target = os.path.realpath(path)
    if any(never(one) if edits else SACRED.fullmatch(one) for one in (path, target)):
        raise ActionError("fix.never", path=target)
    if target != os.path.abspath(path) and not _trustworthy(path, target):  # noqa: PTH100 - as above
        raise ActionError("fix.never", path=target)
    return target


def reach(path: str, host: Host) -> None:
    """Raise if the file is on a mount that does not answer: the host has a deadline, plain file calls do not."""
    try:
        host.exists(path)
    except ProbeError as error:
        raise ActionError("fix.no_file", path=error.detail) from error


def never(path: str) -> bool:
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


def look(path: str) -> dict[str, Any]:
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
        raise failed(path, error) from error
    return {
        "path": path,
        "content": None if content is None else text(content),
        "mode": stat.S_IMODE(found.st_mode),
        "owner": [found.st_uid, found.st_gid],
        "times": [found.st_atime_ns, found.st_mtime_ns],
    }


def _read(path: str, size: int) -> bytes:
    if size > LARGEST:
        raise ActionError("fix.too_big", path=path)
    with open(path, "rb") as file:  # noqa: PTH123 - as above
        return file.read(LARGEST + 1)


def same(present: dict[str, Any], seen: dict[str, Any]) -> bool:
    return all(present[name] == seen[name] for name in ("content", "mode", "owner"))


def write(path: str, wanted: dict[str, Any], present: dict[str, Any]) -> None:
    """Replace a file atomically with this content and mode; owner and attributes stay, times if given."""
    guarded(path, _replace, path, wanted, present)


def _replace(path: str, wanted: dict[str, Any], present: dict[str, Any]) -> None:
    content = raw(wanted["content"]) or b""
    if wanted["content"] == present["content"]:
        os.chmod(path, wanted["mode"])  # noqa: PTH101 - as above
    elif present["content"] is not None and os.stat(path).st_nlink > 1:  # noqa: PTH116 - as above
        _overwrite(path, content, wanted["mode"])
    else:
        temporary = beside(path)
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


def beside(path: str) -> str:
    """Where the new content is written before it takes the old one's place."""
    folder, name = os.path.split(path)
    return os.path.join(folder, f".{name[:64]}.techkit~")  # noqa: PTH118 - as above


def _owner(path: str) -> list[int]:
    found = os.stat(path)  # noqa: PTH116 - as above
    return [found.st_uid, found.st_gid]


def _overwrite(path: str, content: bytes, mode: int) -> None:
    """Write in place if the file cannot be replaced: it keeps its other hard links."""
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
        with contextlib.suppress(OSError):  # the file system or the kernel may refuse attributes
            for name in os.listxattr(path) if present["content"] is not None else ():
                os.setxattr(temporary, name, os.getxattr(path, name))
        os.chmod(temporary, wanted["mode"])  # noqa: PTH101 - as above
    if wanted.get("times"):
        os.utime(temporary, ns=tuple(wanted["times"]))  # before the swap, so that a crash leaves one state or the other


def _swap(temporary: str, path: str, *, exists: bool) -> None:
    """Replace the old file with the new one atomically."""
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


def guarded(path: str, act: Any, *args: Any) -> None:
    try:
        act(*args)
    except OSError as error:
        raise failed(path, error) from error


def failed(path: str, error: OSError) -> ActionError:
    return ActionError("fix.file_failed", path=path, why=error.strerror or str(error))


def text(content: bytes) -> str:
    import base64

    return base64.b64encode(content).decode("ascii")


def raw(text: str | None) -> bytes | None:
    import base64

    return None if text is None else base64.b64decode(text)
