"""Frees space, from a closed list of things that are regenerated or no longer read; measured beforehand."""

from __future__ import annotations

import contextlib
import os
import re
import stat
import sys
import time
from typing import TYPE_CHECKING, Any, Literal

from techkit.host import ProbeError
from techkit.model import Fact, GiB, KiB, MiB, Record
from techkit.remedy.actions import ONE_FACT, ActionError, Change, Shown, fill, program

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import BinaryIO

    from techkit.host import Host

DAY = 86400
CACHES = {
    "apt-get": (("apt-get", "clean"), "/var/cache/apt/archives"),
    "dnf": (("dnf", "clean", "packages"), "/var/cache/dnf"),
    "zypper": (("zypper", "--non-interactive", "clean"), "/var/cache/zypp/packages"),
    "pacman": (("pacman", "-Sc", "--noconfirm"), "/var/cache/pacman/pkg"),
    "apk": (("apk", "cache", "clean"), "/var/cache/apk"),
}
"""By manager: what empties its cache of downloaded packages, and where that lies."""
KEPT = re.compile(
    r"systemd-private-.*|snap-private-tmp|\.(X11|ICE|font|XIM|Test)-unix|\.X\d+-lock|tmux-.*|ssh-.*|pulse-.*"
)
"""Temporary folders of running programs, however old."""
LOGS = re.compile(r"/var/log/.+|/.+\.log(\.\d+)?|[a-z]:/.+\.log", re.IGNORECASE)
NEVER = re.compile(
    r"/var/log/(journal|audit|sudo-io|private|installer)(/.*)?"
    r"|/var/log/(auth|secure|wtmp|btmp|lastlog|faillog|tallylog|sudo)([._-].*)?(\.log)?"
    r"|.*\.(gz|xz|zst|bz2|zip|7z|lz4|db|sqlite3?|journal|evtx?)"
    r"|/(boot|dev|proc|sys|efi)/.*|[a-z]:/windows/(system32|security|panther)/.*",
    re.IGNORECASE,
)
"""Logs of sign-ins and security tools are evidence; an archive without its beginning is useless."""
NEVER_EMPTY = re.compile(r"/(boot|dev|etc|lib[^/]*|opt|proc|root|s?bin|sys|usr)(/.*)?|/var/lib/(dpkg|rpm|pacman)(/.*)?")
"""Where an empty file may mean something to the system."""
MANY, MOSTLY = 500, 0.9
"""Number of files in a folder, and share of empty ones, from which it counts as flooded with empty files."""
LINE = 1 * MiB
"""Bytes after which a line without a newline is cut anyway."""
SIZES = {"K": KiB, "M": MiB, "G": GiB}


class Action(Record, frozen=True):
    """The step's arguments; `days` is the minimum age of files, `keep` what remains of the journal or a log."""

    what: Literal[
        "journal", "packages", "temporary", "sessions", "trash", "crashes", "log", "empty", "update_downloads",
        "component_store",
    ]  # fmt: skip
    days: int = 0
    keep: str = ""
    path: str = ""
    """a log: one fact, or a path; a folder full of empty files: a fact"""
    volume: str = ""
    """the volume that needs space, a fact: only what is on it counts"""

    def __post_init__(self) -> None:
        if (self.what in {"journal", "log"}) != bool(self.keep):
            raise ValueError("journal and log keep something (200M), nothing else does")
        if self.keep:
            _bytes(self.keep)
        if (self.what in {"log", "empty"}) != bool(self.path):
            raise ValueError("a log has a path and so have empty files, nothing else has")
        if self.path and not ONE_FACT.fullmatch(self.path) and (self.what == "empty" or not _log(self.path)):
            raise ValueError(f"{self.path!r} is neither a fact nor a log that may be cut")
        if self.days < 0 or (self.days and self.what not in {"temporary", "sessions", "crashes", "trash"}):
            raise ValueError("days are the least age of temporary files, sessions, crash reports and trash")


def _bytes(keep: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,5}[KMG]", keep):
        raise ValueError(f"{keep!r} is not a size such as 200M")
    return int(keep[:-1]) * SIZES[keep[-1]]


def _log(path: str) -> bool:
    """Whether a path is certainly a log, and one that may be cut."""
    plain = os.path.normpath(path).replace("\\", "/")
    return bool(LOGS.fullmatch(plain)) and not NEVER.fullmatch(plain)


def undoable(_action: Action) -> bool:
    """Never: what is freed is gone."""
    return False


def prepare(action: Action, facts: Mapping[str, Fact], host: Host, earlier: Sequence[Change]) -> Change:  # noqa: ARG001 - every kind is asked alike
    """Measure what would be freed; nothing is shown if there is nothing."""
    plan: dict[str, Any] = {"what": action.what}
    size: int | None = 0
    files = 0
    if action.what == "journal":
        size = max(0, _journal(host) - _bytes(action.keep))
        plan |= {"argv": ["journalctl", "--rotate", f"--vacuum-size={action.keep}"]}
    elif action.what == "packages":
        argv, folder = _cache(host)
        size = sum(one.size for one in _old(_on([folder], action, facts), time.time()))
        plan |= {"argv": list(argv)}
    elif action.what == "component_store":
        size = None
        plan |= {"argv": ["DISM.exe", "/Online", "/Cleanup-Image", "/StartComponentCleanup"]}
    elif action.what == "log":
        path = fill(action.path, facts)
        size = _cut(path, _bytes(action.keep), really=False)
        plan |= {"path": path, "keep": _bytes(action.keep)}
    else:
        folders = [fill(action.path, facts)] if action.path else _on(_folders(action.what, host), action, facts)
        plan |= {"folders": folders, "until": time.time() - action.days * DAY}
        sizes = [one.size for one in _files(plan)]
        size, files = sum(sizes), len(sizes)
    if size == 0 and not files:
        return Change("clean", {}, plan, undoable=False)
    return Change("clean", {"size": size, "files": files}, plan, _shown(action, plan, size, files), undoable=False)


def _shown(action: Action, plan: dict[str, Any], size: int | None, files: int) -> tuple[Shown, ...]:
    what = {"what": f"fix.clean_{action.what}"}
    place = plan.get("path") or plan.get("folders") or ()
    names: dict[str, Fact] = {"size": size, "files": files, "place": tuple(place) if isinstance(place, list) else place}
    if action.what == "empty":
        return (Shown("fix.cleans_empty", names),)
    if action.days:
        return (Shown("fix.cleans_old", {**names, "days": action.days}, what),)
    if action.keep:
        return (Shown("fix.cleans_but", {**names, "keep": _bytes(action.keep)}, what),)
    return (Shown("fix.cleans", names, what),)


def apply(_before: dict[str, Any], after: dict[str, Any]) -> None:
    """Free it, with the system's own tool or by deleting the files that are still as old as when they were counted."""
    if after["what"] == "log":
        _cut(after["path"], after["keep"], really=True)
    elif "argv" in after:
        program(*after["argv"], patience=1800)
    elif after["what"] == "update_downloads":
        from techkit.remedy.actions.service import stopped

        with stopped("wuauserv"):
            _remove(after)
    else:
        _remove(after)


def _remove(after: dict[str, Any]) -> None:
    for one in _files(after):
        with contextlib.suppress(OSError):  # already gone, or in use
            one.remove()


def undo(_before: dict[str, Any], _after: dict[str, Any]) -> None:
    """Does nothing: never called."""


# ---------------------------------------------------------------------- what and where
def _on(folders: list[str], action: Action, facts: Mapping[str, Fact]) -> list[str]:
    """Those of the folders that are on the named volume; all if none is named."""
    if not action.volume or sys.platform == "win32":  # there a volume is its letter, and all lies on the system's
        return folders
    try:
        device = os.stat(fill(action.volume, facts)).st_dev  # noqa: PTH116 - as text
        return [folder for folder in folders if os.lstat(folder).st_dev == device]
    except OSError as error:
        raise ActionError("fix.nothing_to_clean") from error


def _journal(host: Host) -> int:
    """Bytes of the system journal."""
    folders = [place for place in ("/var/log/journal", "/run/log/journal") if os.path.isdir(place)]  # noqa: PTH112 - quick
    if not folders or not host.which("journalctl"):
        raise ActionError("fix.nothing_to_clean")
    return sum(one.size for one in _old(folders, time.time() + DAY))


def _cache(host: Host) -> tuple[tuple[str, ...], str]:
    for manager, (argv, folder) in CACHES.items():
        if host.which(manager) and os.path.isdir(folder):  # noqa: PTH112 - quick
            return argv, folder
    raise ActionError("fix.no_manager")


def _folders(what: str, host: Host) -> list[str]:
    """The existing folders of one kind; links are not followed."""
    try:
        home = str(host.person().get("home") or os.path.expanduser("~"))  # noqa: PTH111 - as text
    except ProbeError:
        home = os.path.expanduser("~")  # noqa: PTH111 - as text
    windows = os.environ.get("SYSTEMROOT", r"C:\Windows")
    data = os.environ.get("PROGRAMDATA", r"C:\ProgramData")
    named = {
        ("temporary", False): ["/tmp", "/var/tmp"],  # noqa: S108 - that is what is cleaned
        ("temporary", True): [os.path.join(windows, "Temp"), os.path.join(home, r"AppData\Local\Temp")],  # noqa: PTH118 - as text
        ("sessions", False): ["/var/lib/php/sessions", "/var/lib/php/session", "/var/lib/php5"],
        ("trash", False): [f"{home}/.local/share/Trash/files", f"{home}/.local/share/Trash/info"],
        ("crashes", False): ["/var/lib/systemd/coredump", "/var/crash", "/var/lib/apport/coredump", "/var/spool/abrt"],
        ("crashes", True): [
            os.path.join(windows, "Minidump"),  # noqa: PTH118 - as text
            os.path.join(data, r"Microsoft\Windows\WER\ReportArchive"),  # noqa: PTH118 - as text
            os.path.join(data, r"Microsoft\Windows\WER\ReportQueue"),  # noqa: PTH118 - as text
        ],
        ("update_downloads", True): [os.path.join(windows, r"SoftwareDistribution\Download")],  # noqa: PTH118 - as text
    }.get((what, sys.platform == "win32"), [])
    found = [place for place in named if os.path.isdir(place) and not _link(place)]  # noqa: PTH112 - quick
    if not found:
        raise ActionError("fix.nothing_to_clean")
    return found


# ---------------------------------------------------------------------- files
class _File:
    """One file that is old enough, addressed relative to its open folder so that no link can redirect it."""

    def __init__(self, name: str, folder: int | None, size: int) -> None:
        self.size = size
        self._name = name
        self._folder = folder

    def remove(self) -> None:
        """Take it away."""
        os.unlink(self._name, dir_fd=self._folder)


def _files(plan: dict[str, Any]) -> Iterator[_File]:
    """What a plan would take away."""
    folders, until = plan["folders"], plan["until"]
    return _empty(folders[0], until) if plan["what"] == "empty" else _old(folders, until)


def _empty(folder: str, until: float) -> Iterator[_File]:
    """The empty files in a folder that holds hardly anything else, older than a moment and not open."""
    if sys.platform == "win32" or NEVER_EMPTY.fullmatch(folder) or os.path.realpath(folder) != folder:
        raise ActionError("fix.never", path=folder)
    open_now = _open_files()
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as error:
        raise ActionError("fix.file_failed", path=folder, why=error.strerror or str(error)) from error
    try:
        seen = {name: _status(name, handle) for name in os.listdir(handle)}  # noqa: PTH208 - by its handle
        empty = [name for name, one in seen.items() if stat.S_ISREG(one.st_mode) and not one.st_size]
        if len(empty) >= max(MANY, MOSTLY * len(seen)):
            for name in empty:
                made = max(seen[name].st_mtime, seen[name].st_ctime)
                if made <= until and (seen[name].st_dev, seen[name].st_ino) not in open_now:
                    yield _File(name, handle, 0)
    finally:
        os.close(handle)


def _old(folders: Sequence[str], until: float) -> Iterator[_File]:
    """The plain files on the same volume that are older than a moment and not open."""
    open_now = _open_files()
    for root in folders:
        yield from _below_windows(root, until) if sys.platform == "win32" else _below(root, until, open_now)


def _below(root: str, until: float, open_now: set[tuple[int, int]]) -> Iterator[_File]:
    if sys.platform == "win32":
        return
    device = os.lstat(root).st_dev
    with contextlib.suppress(OSError):
        for folder, folders, names, handle in os.fwalk(root, follow_symlinks=False):
            folders[:] = [
                name
                for name in folders
                if not (folder == root and KEPT.fullmatch(name)) and _status(name, handle).st_dev == device
            ]
            for name in names:
                status = _status(name, handle)
                if (
                    stat.S_ISREG(status.st_mode)
                    and max(status.st_mtime, status.st_ctime) <= until
                    and status.st_dev == device
                    and (status.st_dev, status.st_ino) not in open_now
                    and not KEPT.fullmatch(name)
                ):
                    yield _File(name, handle, status.st_blocks * 512 if status.st_nlink == 1 else 0)


def _status(name: str, folder: int) -> os.stat_result:
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False)
    except OSError:
        return os.stat_result((0, 0, -1, 0, 0, 0, 0, 0, 0, 0))


def _below_windows(root: str, until: float) -> Iterator[_File]:
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not _link(os.path.join(folder, name))]  # noqa: PTH118 - as text
        for name in names:
            path = os.path.join(folder, name)  # noqa: PTH118 - as text
            with contextlib.suppress(OSError):
                status = os.lstat(path)
                if stat.S_ISREG(status.st_mode) and status.st_mtime <= until and not _link(path):
                    yield _File(path, None, status.st_size)


def _link(path: str) -> bool:
    """Whether a path is a link or a junction."""
    with contextlib.suppress(OSError):
        status = os.lstat(path)
        return stat.S_ISLNK(status.st_mode) or bool(getattr(status, "st_file_attributes", 0) & 0x400)
    return True


def _open_files() -> set[tuple[int, int]]:
    """(device, inode) of every open file, as far as we may see."""
    found = set()
    with contextlib.suppress(OSError):
        for pid in (name for name in os.listdir("/proc") if name.isdigit()):  # noqa: PTH208 - quick
            with contextlib.suppress(OSError):
                for handle in os.listdir(f"/proc/{pid}/fd"):  # noqa: PTH208 - quick
                    with contextlib.suppress(OSError):
                        status = os.stat(f"/proc/{pid}/fd/{handle}")  # noqa: PTH116 - quick
                        found.add((status.st_dev, status.st_ino))
    return found


def _move_down(file: BinaryIO, start: int) -> None:
    """Move everything from the first whole line after `start` to the beginning of the file."""
    file.seek(start)
    file.readline(LINE)
    source, target = file.tell(), 0
    while chunk := file.read(MiB):
        source = file.tell()
        file.seek(target)
        file.write(chunk)
        target = file.tell()
        file.seek(source)
    file.truncate(target)


def _cut(path: str, keep: int, *, really: bool) -> int:
    """Keep only the last whole lines of a log that fit into `keep` bytes, in the same file; returns the bytes freed."""
    if not _log(path) or os.path.realpath(path) != os.path.normpath(path):
        raise ActionError("fix.never", path=path)
    flags = (os.O_RDWR if really else os.O_RDONLY) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(path, flags | getattr(os, "O_NONBLOCK", 0)), "r+b" if really else "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
                raise ActionError("fix.never", path=path)
            if status.st_size <= keep:
                return 0
            if really:
                _move_down(file, status.st_size - keep)
                file.flush()
                os.fsync(file.fileno())
            return status.st_size - keep
    except FileNotFoundError as error:
        raise ActionError("fix.no_file", path=path) from error
    except OSError as error:
        raise ActionError("fix.file_failed", path=path, why=error.strerror or str(error)) from error
