"""The journal: what a fix changed and how it was before, on the disk before it is changed.

One file of JSON lines per run, named by its number. Events: begin, remedy, before-change, applied, failed, verified,
later, undone, refused, stays, end. A run without an end was cut off in the middle; its changes can be undone like any
other's.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import time
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any

import msgspec

from techkit import __version__, store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from techkit.remedy.actions import Change

PATIENCE = 10.0
"""Seconds to wait for another techkit to end."""
RESERVED = 64 << 10
"""Bytes reserved beside the journal, released when the volume fills up during a fix."""

ADDING = os.O_RDWR | os.O_APPEND | getattr(os, "O_BINARY", 0)


class JournalError(Exception):
    """A journal that cannot be written or trusted; the message says why."""


class FullError(JournalError):
    """There is no room for a journal; only what frees room may run without one."""


class LostError(JournalError):
    """A journal that can no longer be written."""


class BusyError(Exception):
    """Another techkit is changing this machine."""


class Entry(msgspec.Struct):
    """One change in the journal."""

    number: int
    code: str
    subject: str
    remedy: str
    kind: str
    before: dict[str, Any]
    after: dict[str, Any]
    shown: list[dict[str, Any]]
    undoable: bool = True
    settled: str = ""
    """undone, refused, or stays (it cannot be undone); nothing while it stands"""


class Story(msgspec.Struct):
    """One run in its journal."""

    number: int
    began: str
    entries: list[Entry]
    ended: bool
    unverified: list[dict[str, Any]]
    """The remedies that wait for a restart, as {code, subject, remedy, at}."""

    @property
    def standing(self) -> list[Entry]:
        """The changes that have not been put back, the last one first."""
        return [entry for entry in reversed(self.entries) if not entry.settled]


@contextlib.contextmanager
def alone(folder: Path, waits: Callable[[], None] | None = None) -> Iterator[bool]:
    """Hold the lock of processes that change this machine; the system frees it however we end.

    If another process holds it, call `waits` once and wait a little; yields whether that was needed.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise _refusal(error)(f"{folder}: {error.strerror}") from error
    try:
        told = _held(handle, waits)
        try:
            yield told
        finally:
            _unlock(handle)
    finally:
        os.close(handle)


def _held(handle: int, waits: Callable[[], None] | None) -> bool:
    end = time.monotonic() + PATIENCE
    told = False
    while True:
        try:
            _lock(handle)
        except BusyError:
            if not waits or time.monotonic() > end:
                raise
            if not told:
                waits()
            told = True
            time.sleep(0.2)
        else:
            return told


def _lock(handle: int) -> None:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in {0, errno.EACCES, errno.EAGAIN, errno.EDEADLK}:  # some C libraries of Windows leave no number
            raise BusyError from error
        raise JournalError(f"lock: {error.strerror}") from error


def _unlock(handle: int) -> None:
    """Release the lock explicitly: after a mere close Windows is slow, and a forked child would keep it."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_UN)


class Journal:
    """One run's file, open for appending; every line is on the disk when `write` returns."""

    def __init__(self, folder: Path, number: int, handle: int) -> None:
        self.number = number
        self.folder = folder
        self._handle = handle
        self._reserve = folder / f"{number:04}.reserve"
        self.changes = 0

    def write(self, event: str, **told: Any) -> None:
        """Add one line; raises `JournalError`."""
        line = msgspec.json.encode({"event": event, "at": datetime.now(UTC).isoformat(timespec="milliseconds"), **told})
        try:
            try:
                self._add(line + b"\n")
            except OSError as error:
                if error.errno not in {errno.ENOSPC, errno.EDQUOT} or not self._reserve.exists():
                    raise
                self._reserve.unlink()
                self._add(b"\n" + line + b"\n")  # a part of it may be there already
        except OSError as error:
            raise LostError(error.strerror or str(error)) from error

    def _add(self, line: bytes) -> None:
        while line:
            line = line[os.write(self._handle, line) :]
        os.fsync(self._handle)

    def before_change(self, change: Change, code: str, subject: str, remedy: str) -> int:
        """Keep the old state; the number of the change within this run."""
        self.changes += 1
        self.write(
            "before-change",
            number=self.changes,
            code=code,
            subject=subject,
            remedy=remedy,
            kind=change.kind,
            before=change.before,
            after=change.after,
            shown=change.shown,
            undoable=change.undoable,
        )
        return self.changes

    def close(self) -> None:
        """Close the file and release the reserved space."""
        os.close(self._handle)
        with contextlib.suppress(OSError):
            self._reserve.unlink(missing_ok=True)


def begin(folder: Path, codes: tuple[str, ...]) -> Journal:
    """Begin a run's journal under the next number; raises `JournalError` where it cannot be written."""
    number = max((number for number, _ in _files(folder)), default=0) + 1
    file = folder / f"{number:04}.jsonl"
    try:
        journal = Journal(folder, number, os.open(file, ADDING | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise _refusal(error)(str(error)) from error
    try:
        _give_to_administrators(file)
        store.write(folder / f"{number:04}.reserve", bytes(RESERVED))
        journal.write("begin", techkit=__version__, codes=codes)
        _sync(folder)
    except (OSError, JournalError, store.StoreError) as error:
        journal.close()
        file.unlink(missing_ok=True)
        raise _refusal(error)(str(error)) from error
    return journal


def _refusal(error: Exception) -> type[JournalError]:
    cause = error if isinstance(error, OSError) else error.__cause__
    full = isinstance(cause, OSError) and cause.errno in {errno.ENOSPC, errno.EDQUOT}
    return FullError if full else JournalError


def resume(folder: Path, number: int) -> Journal:
    """Reopen the journal of an earlier run, to record what is undone."""
    try:
        handle = os.open(folder / f"{number:04}.jsonl", ADDING)
        if (size := os.fstat(handle).st_size) and os.lseek(handle, size - 1, 0) and os.read(handle, 1) != b"\n":
            os.write(handle, b"\n")  # it was cut off within a line
    except OSError as error:
        raise JournalError(error.strerror or str(error)) from error
    return Journal(folder, number, handle)


def stories(folder: Path) -> list[Story]:
    """What all runs did, the oldest first; raises `JournalError` for a file that is not ours."""
    return [_story(number, file) for number, file in _files(folder)]


def _files(folder: Path) -> list[tuple[int, Path]]:
    return sorted((int(file.stem), file) for file in folder.glob("*.jsonl") if file.stem.isdecimal())


def _story(number: int, file: Path) -> Story:
    try:
        if not _ours(file):
            raise JournalError(f"{file} belongs to somebody else.")
        lines = file.read_bytes().split(b"\n")
    except OSError as error:
        raise JournalError(f"{file}: {error.strerror}") from error
    story = Story(number, "", [], ended=False, unverified=[])
    for line in lines:
        with contextlib.suppress(ValueError, KeyError, TypeError):  # the line that was cut off
            _read(story, msgspec.json.decode(line))
    return story


def _read(story: Story, event: dict[str, Any]) -> None:
    match event["event"]:
        case "begin":
            story.began = str(event["at"])
        case "before-change":
            story.entries.append(msgspec.convert(event, Entry))
        case "undone" | "refused" | "stays":
            for entry in story.entries:
                if entry.number == event["number"]:
                    entry.settled = event["event"]
        case "later":
            story.unverified.append(event)
        case "verified":
            key = event["code"], event["subject"]
            story.unverified = [one for one in story.unverified if (one["code"], one["subject"]) != key]
        case "end":
            story.ended = True


def _ours(file: Path) -> bool:
    """Whether only we or administrators can have written a file, because undo obeys it."""
    if sys.platform != "win32":
        status = file.lstat()
        return status.st_uid in {0, os.geteuid()} and not status.st_mode & 0o022 and not file.is_symlink()
    import ctypes

    api, security = import_module("win32api"), import_module("win32security")
    owner = security.GetFileSecurity(str(file), 1).GetSecurityDescriptorOwner()
    trusted = ["S-1-5-18", "S-1-5-32-544"]
    if not ctypes.windll.shell32.IsUserAnAdmin():
        token = security.OpenProcessToken(api.GetCurrentProcess(), security.TOKEN_QUERY)
        user = security.GetTokenInformation(token, security.TokenUser)[0]
        trusted.append(security.ConvertSidToStringSid(user))
    return security.ConvertSidToStringSid(owner) in trusted


def _give_to_administrators(file: Path) -> None:
    """Give a file of an administrator to the Administrators group, so that no unelevated process can write it."""
    if sys.platform == "win32":
        import ctypes

        security = import_module("win32security")
        if ctypes.windll.shell32.IsUserAnAdmin():
            group = security.ConvertStringSidToSid("S-1-5-32-544")
            with contextlib.suppress(import_module("pywintypes").error):
                security.SetNamedSecurityInfo(str(file), 1, 1, group, None, None, None)


def _sync(folder: Path) -> None:
    """Flush the folder too; Windows has no such call and needs none."""
    if sys.platform != "win32":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
