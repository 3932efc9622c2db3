"""Quarantines malware: moved into our store, encoded so that nothing can run or recognise it; undo restores it.

The bytes are flushed to the store before the file itself is deleted, so that a power cut loses nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import sys
from typing import TYPE_CHECKING, Any

from techkit import store
from techkit.model import Fact, MiB, Record
from techkit.remedy.actions import ONE_FACT, ActionError, Change, RefusedError, Shown, _files, fill

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from techkit.host import Host

LARGEST = 2048 * MiB
HEAD = b"techkit quarantine 1\n"
MASK = bytes(byte ^ 0xA5 for byte in range(256))
"""XORed with every byte: not secret, only unreadable to what would run or scan it."""
SYSTEM = (
    "/usr/",
    "/bin/",
    "/sbin/",
    "/lib",
    "/etc/",
    "/boot/",
    "/dev/",
    "/proc/",
    "/sys/",
    "c:/windows/",
    "c:/program",
)
"""Where a wrong verdict would break the system: a person decides there."""


class Action(Record, frozen=True):
    """The step's argument: the file, by one fact."""

    path: str

    def __post_init__(self) -> None:
        if not ONE_FACT.fullmatch(self.path):
            raise ValueError(f"{self.path!r} is not a fact: a page cannot know malware by itself")


def undoable(_action: Action) -> bool:
    """Every byte is kept."""
    return True


def prepare(action: Action, facts: Mapping[str, Fact], host: Host, earlier: Sequence[Change]) -> Change:  # noqa: ARG001 - every kind is asked alike
    """Look at the file and say where it will go."""
    path = fill(action.path, facts)
    plain = os.path.normpath(path).replace("\\", "/").casefold()
    if not os.path.isabs(path) or plain.startswith(SYSTEM):  # noqa: PTH117 - a path is text until it is opened
        raise ActionError("fix.never", path=path)
    _files.reach(path, host)
    folder, name = os.path.split(path)
    path = os.path.join(os.path.realpath(folder), name)  # noqa: PTH118 - as above
    before = _look(path)
    if before is None:
        return Change("quarantine", {"path": path}, {})
    kept = hashlib.sha256(f"{path}\0{before['sha256']}".encode("utf-8", "surrogatepass")).hexdigest()[:32]
    after = {"kept": str(store.quarantine() / kept)}
    names: dict[str, Fact] = {"path": path, "size": before["size"], "store": after["kept"]}
    return Change("quarantine", before, after, (Shown("fix.locks_away", names),))


def _look(path: str) -> dict[str, Any] | None:
    """What undo restores, and how the file is recognised; None if there is none."""
    try:
        with _folder(path) as at, _opened(path, at) as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise ActionError("fix.no_file", path=path)
            if found.st_size > LARGEST:
                raise ActionError("fix.too_big", path=path)
            digest = hashlib.sha256()
            while chunk := file.read(MiB):
                digest.update(chunk)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _failed(path, error) from error
    return {
        "path": path,
        "size": found.st_size,
        "sha256": digest.hexdigest(),
        "mode": stat.S_IMODE(found.st_mode),
        "owner": [found.st_uid, found.st_gid],
        "times": [found.st_atime_ns, found.st_mtime_ns],
    }


@contextlib.contextmanager
def _folder(path: str) -> Iterator[int | None]:
    """A handle to the folder of a path, so that its owner cannot redirect us with a link."""
    if sys.platform == "win32":
        yield None
        return
    folder = os.path.dirname(path)  # noqa: PTH120 - as above
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        if os.readlink(f"/proc/self/fd/{handle}") != folder:  # noqa: PTH115 - as above
            raise ActionError("fix.changed_meanwhile", what=path)
        yield handle
    finally:
        os.close(handle)


def _name(path: str, at: int | None) -> str:
    return path if at is None else os.path.basename(path)  # noqa: PTH119 - as above


def _opened(path: str, at: int | None) -> Any:
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
    return os.fdopen(os.open(_name(path, at), flags, dir_fd=at), "rb")


def apply(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Store it encoded, then delete it."""
    path = before["path"]
    present = _look(path)
    if present is None or present["sha256"] != before["sha256"]:
        raise ActionError("fix.changed_meanwhile", what=path)
    try:
        os.makedirs(os.path.dirname(after["kept"]), 0o700, exist_ok=True)  # noqa: PTH103, PTH120 - as above
        with _folder(path) as at:
            with _opened(path, at) as source:
                _copy(source, after["kept"], None, skip=0, head=HEAD)
            if _kept_digest(after["kept"]) != before["sha256"]:
                raise ActionError("fix.changed_meanwhile", what=path)
            os.unlink(_name(path, at), dir_fd=at)
    except OSError as error:
        raise _failed(path, error) from error


def undo(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Restore bytes, mode, owner and times; refuse if something else is there now."""
    path, kept = before["path"], after["kept"]
    present = _look(path)
    try:
        if present is None:
            if not os.path.exists(kept):  # noqa: PTH110 - as above
                raise RefusedError("fix.undo_refused", what=path)
            if _kept_digest(kept) != before["sha256"]:
                raise RefusedError("fix.undo_refused", what=kept)
            temporary = f"{path}.techkit~"
            with _folder(path) as at, _opened(kept, None) as source:
                _copy(source, temporary, at, skip=len(HEAD), head=b"", dress=before)
                os.replace(_name(temporary, at), _name(path, at), src_dir_fd=at, dst_dir_fd=at)
        elif present["sha256"] != before["sha256"]:
            raise RefusedError("fix.undo_refused", what=path)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(kept)  # noqa: PTH108 - as above
    except OSError as error:
        raise _failed(path, error) from error


def _copy(  # noqa: PLR0913 - one copy, two ways
    source: Any, target: str, at: int | None, *, skip: int, head: bytes, dress: dict[str, Any] | None = None
) -> None:
    """Encode or decode into a new file, private or with the old file's mode and owner, flushed to the disk."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(_name(target, at), dir_fd=at)
    source.seek(skip)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(_name(target, at), flags, 0o600, dir_fd=at), "wb") as out:
        out.write(head)
        while chunk := source.read(MiB):
            out.write(chunk.translate(MASK))
        out.flush()
        os.fsync(out.fileno())
        if dress and sys.platform != "win32":
            os.fchown(out.fileno(), *dress["owner"])
            os.fchmod(out.fileno(), dress["mode"])
            os.utime(out.fileno(), ns=tuple(dress["times"]))
    if dress and sys.platform == "win32":
        os.utime(target, ns=tuple(dress["times"]))


def _kept_digest(kept: str) -> str:
    digest = hashlib.sha256()
    with _opened(kept, None) as file:
        if file.read(len(HEAD)) != HEAD:
            return ""
        while chunk := file.read(MiB):
            digest.update(chunk.translate(MASK))
    return digest.hexdigest()


def _failed(path: str, error: OSError) -> ActionError:
    return ActionError("fix.file_failed", path=path, why=error.strerror or str(error))
