"""One file question asked in a process of its own, for paths whose file system may never answer.

Run as `python errand.py QUESTION PATH [SIZE]`; prints one JSON object. It imports nothing of ours, so that it
starts in some ten milliseconds, and is killed and abandoned by the one who asked when it is late.
"""

from __future__ import annotations

import json
import os
import stat
import sys
from typing import Any

CAP = 4 << 20
"""Bytes of one file that are ever read."""


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


QUESTIONS = {"read": read, "head": read, "listdir": listdir, "stat": status, "statvfs": space}


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
