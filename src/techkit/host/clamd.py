"""Lets a running clamd scan the newest small files of some folders, through its socket; clamd(8).

Each file is opened here and passed on, so the daemon needs no right to read it. Of files that are clean only
their number leaves this module.
"""

from __future__ import annotations

import array
import contextlib
import heapq
import os
import re
import socket
import stat
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

BEGIN, END, HAND_OVER = b"zIDSESSION\0", b"zEND\0", b"zFILDES\0"
ANSWER = re.compile(r"(\d+): fd\[\d+\]: (.*)")
"""The number of the request in this session, and its result."""
FOUND = re.compile(r"(.+?)(?:\([0-9a-f]{32}:\d+\))? FOUND")
"""The name of the threat; with ExtendedDetectionInfo a checksum and the size follow."""
ENTRIES = 5000
"""Names per folder that are looked at."""


def newest(folders: Iterable[str], most: int, size: int) -> list[str]:
    """The newest files directly in these folders, at most so many, none empty or above a size."""
    return [path for _, path in heapq.nlargest(most, _files(folders, size))]


def _files(folders: Iterable[str], size: int) -> Iterator[tuple[float, str]]:
    for folder in folders:
        with contextlib.suppress(OSError), os.scandir(folder) as entries:
            for _, entry in zip(range(ENTRIES), entries, strict=False):
                with contextlib.suppress(OSError):
                    found = entry.stat(follow_symlinks=False)
                    if stat.S_ISREG(found.st_mode) and 0 < found.st_size <= size:
                        yield max(found.st_mtime, found.st_ctime), entry.path


def scan(where: str, paths: Iterable[str], timeout: float) -> dict[str, Any]:
    """{looked: how many were judged, late: how many were not in time, found: [{path, name}]}; raises OSError."""
    end = time.monotonic() + timeout
    asked: dict[int, str] = {}
    found = []
    judged = 0
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(timeout)
        line.connect(where)
        line.sendall(BEGIN)
        for path in paths:
            if _hand_over(line, path):
                asked[len(asked) + 1] = path
        with contextlib.suppress(TimeoutError):
            for answer in _answers(line, len(asked), end):
                parts = ANSWER.fullmatch(answer)
                judged += 1
                if parts and (threat := FOUND.fullmatch(parts[2])) and int(parts[1]) in asked:
                    found.append({"path": asked[int(parts[1])], "name": threat[1]})
        with contextlib.suppress(OSError):
            line.sendall(END)
    return {"looked": judged, "late": len(asked) - judged, "found": sorted(found, key=lambda one: str(one["path"]))}


def _hand_over(line: socket.socket, path: str) -> bool:
    """Pass one open regular file; links are not followed."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY)
    except OSError:
        return False
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return False
        line.sendall(HAND_OVER)
        line.sendmsg([b"\0"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [descriptor]))])
    finally:
        os.close(descriptor)
    return True


def _answers(line: socket.socket, wanted: int, end: float) -> Iterator[str]:
    """The answers of a session, each terminated by a null byte, until all have come or time is up."""
    kept = b""
    while wanted and (left := end - time.monotonic()) > 0:
        line.settimeout(left)
        part = line.recv(1 << 16)
        if not part:
            return
        *whole, kept = (kept + part).split(b"\0")
        for answer in whole:
            wanted -= 1
            yield answer.decode("utf-8", "backslashreplace").strip()
