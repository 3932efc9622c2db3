"""One question about a file, asked in a separate process, for file systems that may never answer.

Run as `python errand.py QUESTION PATH [SIZE]`; prints one JSON object. It imports nothing of techkit, so that it
starts in about ten milliseconds, and is killed and abandoned when it is late.
"""

from __future__ import annotations

import errno
import heapq
import json
import os
import stat
import sys
import time
from collections import deque
from typing import Any

CAP = 4 << 20
"""Bytes of one file that are ever read."""
LARGEST = 128 << 20
"""Bytes of a file whose content is compared."""


def read(path: str, size: int = CAP) -> str:
    """The beginning of a file as text."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        parts: list[bytes] = []
        left = size
        while left > 0 and (part := os.read(descriptor, min(left, 1 << 20))):
            parts.append(part)
            left -= len(part)
    finally:
        os.close(descriptor)
    return text(b"".join(parts))


def text(raw: bytes) -> str:
    """Bytes of a file as text: UTF-8, or UTF-16 where a byte order mark says so; the rest escaped."""
    if raw[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return raw.decode("utf-16", "backslashreplace")
    return raw.decode("utf-8-sig", "backslashreplace")


def digest(path: str) -> str:
    """The SHA-256 of a file; one that is too large to be read in time is no file to compare."""
    from hashlib import sha256

    found, left = sha256(), LARGEST
    with open(path, "rb") as file:  # noqa: PTH123 - lean
        while part := file.read(1 << 20):
            left -= len(part)
            if left < 0:
                raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
            found.update(part)
    return found.hexdigest()


def listdir(path: str) -> list[str]:
    """The names in a folder; undecodable ones escaped."""
    return sorted(os.fsencode(name).decode("utf-8", "backslashreplace") for name in os.listdir(path))  # noqa: PTH208 - lean


def status(path: str) -> dict[str, Any]:
    """What stat(2) says, in words."""
    link = os.readlink(path) if os.path.islink(path) else None  # noqa: PTH114, PTH115 - lean
    found = os.stat(path)  # noqa: PTH116 - lean
    kind = "other"
    if stat.S_ISDIR(found.st_mode):
        kind = "folder"
    elif stat.S_ISREG(found.st_mode):
        kind = "file"
    elif stat.S_ISBLK(found.st_mode) or stat.S_ISCHR(found.st_mode):
        kind = "device"
    return {
        "kind": kind,
        "size": found.st_size,
        "mode": stat.S_IMODE(found.st_mode),
        "uid": found.st_uid,
        "gid": found.st_gid,
        "modified": found.st_mtime,
        "link": link,
        "inode": found.st_ino,
    }


def space(path: str) -> dict[str, Any]:
    """What statvfs(2), or Windows, says of the volume that holds a path."""
    if sys.platform == "win32":
        import shutil

        used = shutil.disk_usage(path + "\\")
        return {"total": used.total, "free": used.free, "available": used.free, "files": 0, "files_free": 0}
    found = os.statvfs(path)
    return {
        "total": found.f_blocks * found.f_frsize,
        "free": found.f_bfree * found.f_frsize,
        "available": found.f_bavail * found.f_frsize,
        "files": found.f_files,
        "files_free": found.f_favail,
    }


LATE = {"usr", "snap", "winsxs"}
"""Folders with many files in which no data grows: walked last."""


def largest(path: str, count: int, seconds: float = 1.0, entries: int = 60_000) -> dict[str, Any]:
    """The biggest files and the fullest folders of a tree, breadth first, on one file system, no link followed.

    Sizes are those on the disk, where the system knows them (sparse or compressed files). A folder that may
    not be read is left out and counted.
    """
    end = time.monotonic() + seconds
    device = os.stat(path).st_dev  # noqa: PTH116 - lean
    soon, late = deque([path]), deque[str]()
    files: list[tuple[int, float, str]] = []
    folders: list[tuple[int, str]] = []
    seen, total, closed = 0, 0, 0
    while (soon or late) and seen < entries and time.monotonic() < end:
        later = not soon
        folder = late.popleft() if later else soon.popleft()
        try:
            listed = _listed(folder, end)
        except OSError:
            closed += 1
            continue
        seen += len(listed)
        _keep(folders, (len(listed), folder), count)
        for name, place, found in listed:
            if _is_inner(found, device):
                (late if later or name.lower() in LATE else soon).append(place)
            elif stat.S_ISREG(found.st_mode):
                size = found.st_blocks * 512 if hasattr(found, "st_blocks") else found.st_size
                total += size
                _keep(files, (size, found.st_mtime, place), count)
    return {
        "files": [
            {"path": _name(place), "size": size, "modified": modified}
            for size, modified, place in sorted(files, reverse=True)
        ],
        "folders": [{"path": _name(place), "entries": inside} for inside, place in sorted(folders, reverse=True)],
        "size": total,
        "entries": seen,
        "closed": closed,
        "complete": not (soon or late),
    }


def _listed(folder: str, end: float) -> list[tuple[str, str, os.stat_result]]:
    """(name, path, state) of what lies in a folder; one too full for the time that is left is cut short."""
    found = []
    with os.scandir(folder) as listing:
        for entry in listing:
            try:
                found.append((entry.name, entry.path, entry.stat(follow_symlinks=False)))
            except OSError:
                continue
            if not len(found) % 2000 and time.monotonic() > end:
                break
    return found


def _is_inner(found: os.stat_result, device: int) -> bool:
    """Whether it is a folder of the same volume: no link, no junction, nothing mounted."""
    if not stat.S_ISDIR(found.st_mode):
        return False
    if sys.platform == "win32":
        return not found.st_file_attributes & stat.FILE_ATTRIBUTE_REPARSE_POINT
    return found.st_dev == device


def _keep(heap: list[Any], item: Any, count: int) -> None:
    heapq.heappush(heap, item)
    if len(heap) > count:
        heapq.heappop(heap)


def _name(path: str) -> str:
    return os.fsencode(path).decode("utf-8", "backslashreplace")


QUESTIONS = {
    "read": read, "head": read, "listdir": listdir, "stat": status, "statvfs": space, "largest": largest,
    "digest": digest,
}  # fmt: skip


def main(question: str, path: str, *size: str) -> None:
    """Answer on stdout: {"answer": …} or {"errno": number, "detail": text}."""
    ask: Any = QUESTIONS[question]
    try:
        said = {"answer": ask(path, *map(int, size))}
    except OSError as error:
        said = {"errno": error.errno, "detail": error.strerror}
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main(*sys.argv[1:])
