"""Every running process, and the processor time of each between two samples.

Linux is read from /proc, proc(5), because psutil takes ten times as long; other systems by psutil. A process may
end meanwhile, or be unreadable to us: that costs its own row, or the one field, and nothing else.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
import time
from functools import cache
from typing import Any

MOST = 4096
"""The most processes, and the most entries of any list in a sample."""
MOST_ARGV = 2000
"""Characters of a command line."""
SECTOR = 512
SECRET = re.compile(r"pass(word|wd|phrase)?$|secret|token|api[-_]?key|credential", re.IGNORECASE)
LOGIN = re.compile(r"(://[^/:@\s]*:)[^/@\s]+@")
HIDDEN = "***"
FIELDS = ("pid", "ppid", "name", "exe", "cmdline", "cpu_times", "memory_info", "create_time", "num_threads")

Row = dict[str, Any]


def rows() -> list[Row]:
    """Every process, as the question `processes` answers."""
    if not sys.platform.startswith("linux"):
        return _psutil_rows()
    booted = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)
    found = (_row(pid, booted) for pid in _pids())
    return _marked([row for row in found if row])


def cpu() -> Row:
    """Processor seconds used so far: of all programs and of each process, by pid and start."""
    if not sys.platform.startswith("linux"):
        return _psutil_cpu()
    tick = _tick()
    with open("/proc/stat", "rb") as file:  # noqa: PTH123 - lean
        user, nice, system, _, waiting, *rest = (int(word) / tick for word in file.readline().split()[1:8])
    each = {}
    for pid in _pids():
        if said := _stat(pid):
            name, words = said
            each[pid, words[19]] = (name, (int(words[11]) + int(words[12])) / tick)
    return {"busy": user + nice + system + sum(rest), "waiting": waiting, "each": each}


def cpu_between(before: Row, after: Row) -> Row:
    """{cpus, busy, waiting: seconds, processes: [{pid, name, cpu: seconds}] that used any, most first}."""
    used = [
        {"pid": pid, "name": name, "cpu": round(now - before["each"].get((pid, began), (name, 0.0))[1], 3)}
        for (pid, began), (name, now) in after["each"].items()
    ]
    used.sort(key=lambda row: -float(row["cpu"]))
    return {
        "cpus": os.cpu_count() or 1,
        "busy": round(after["busy"] - before["busy"], 3),
        "waiting": round(after["waiting"] - before["waiting"], 3),
        "processes": [row for row in used if row["cpu"]][:MOST],
    }


def disks() -> dict[str, Row]:
    """What each disk has done so far: transfers, bytes, milliseconds; `busy` where the system counts it."""
    if not sys.platform.startswith("linux"):
        import psutil

        names = ("read_count", "write_count", "read_bytes", "write_bytes", "read_time", "write_time")
        found = psutil.disk_io_counters(perdisk=True)
        words = ("reads", "writes", "read_bytes", "write_bytes", "reading", "writing")
        return {
            name: {word: getattr(row, key) for word, key in zip(words, names, strict=True)}
            for name, row in found.items()
        }
    counted: dict[str, Row] = {}
    with open("/proc/diskstats", "rb") as file:  # noqa: PTH123 - lean
        for line in file:
            _, _, name, *words = line.split()
            reads, _, read, reading, writes, _, written, writing, _, busy, *_ = map(int, words)
            counted[name.decode("utf-8", "backslashreplace")] = {
                "reads": reads, "writes": writes, "read_bytes": read * SECTOR, "write_bytes": written * SECTOR,
                "reading": reading, "writing": writing, "busy": busy,
            }  # fmt: skip
    return counted


def disks_between(before: dict[str, Row], after: dict[str, Row]) -> Row:
    """{disks: {name: {reads, writes, read_bytes, write_bytes, reading, writing, busy?: milliseconds}}}."""
    return {
        "disks": {
            name: {word: number - before[name].get(word, 0) for word, number in row.items()}
            for name, row in after.items()
            if name in before
        }
    }


LOOKS = {"cpu": (cpu, cpu_between), "disks": (disks, disks_between)}
"""What can be sampled: how to take a sample, and how to compare two."""


def sample(what: str, seconds: float) -> Row:
    """Two samples and their difference."""
    look, between = LOOKS[what]
    began, before = time.monotonic(), look()
    time.sleep(seconds)
    found: Row = between(before, look())
    return {"seconds": round(time.monotonic() - began, 3), **found}


# ---------------------------------------------------------------------- Linux
def _pids() -> list[int]:
    return sorted(int(name) for name in os.listdir("/proc") if name.isdigit())[:MOST]  # noqa: PTH208 - lean


@cache
def _tick() -> int:
    return os.sysconf("SC_CLK_TCK")


@cache
def _page() -> int:
    return os.sysconf("SC_PAGE_SIZE")


def _bytes(path: str) -> bytes:
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - lean
        return file.read(1 << 14) or b""


def _stat(pid: int) -> tuple[str, list[bytes]] | None:
    """(name, the fields from the state on): a name may hold blanks and brackets."""
    try:
        raw = _bytes(f"/proc/{pid}/stat")
    except OSError:
        return None
    head, _, tail = raw.rpartition(b")")
    return head.partition(b"(")[2].decode("utf-8", "backslashreplace"), tail.split()


def _row(pid: int, booted: float) -> Row | None:
    said = _stat(pid)
    if said is None or len(said[1]) < 22:
        return None
    name, words = said
    kernel = pid == 2 or words[1] == b"2"
    exe, argv, files, uid = None, [], None, None
    with contextlib.suppress(OSError):
        uid = os.stat(f"/proc/{pid}").st_uid  # noqa: PTH116 - lean
    if not kernel:
        with contextlib.suppress(OSError):
            exe = os.fsencode(os.readlink(f"/proc/{pid}/exe")).decode("utf-8", "backslashreplace")  # noqa: PTH115 - lean
        with contextlib.suppress(OSError):
            argv = _bytes(f"/proc/{pid}/cmdline")[:MOST_ARGV].decode("utf-8", "backslashreplace").split("\0")
        files = _files(pid)
    return {
        "pid": pid,
        "ppid": int(words[1]),
        "name": name,
        "exe": exe.removesuffix(" (deleted)") if exe else None,
        "deleted": bool(exe and exe.endswith(" (deleted)")),
        "argv": without_secrets(argv[:-1] if argv and not argv[-1] else argv),
        "uid": uid,
        "state": words[0].decode("ascii", "replace"),
        "cpu": (int(words[11]) + int(words[12])) / _tick(),
        "rss": int(words[21]) * _page(),
        "started": round(booted + int(words[19]) / _tick(), 2),
        "threads": int(words[17]),
        "files": files,
    }


def without_secrets(argv: list[str]) -> list[str]:
    """The command line without passwords, which must not reach a tape: --password=…, --token …, user:…@host."""
    kept, follows = [], False
    for word in argv:
        name, equals, _ = word.partition("=")
        if follows and not word.startswith("-"):
            kept.append(HIDDEN)
        elif equals and SECRET.search(name):
            kept.append(f"{name}={HIDDEN}")
        else:
            kept.append(LOGIN.sub(rf"\1{HIDDEN}@", word))
        follows = word.startswith("-") and not equals and SECRET.search(word) is not None
    return kept


def _files(pid: int) -> int | None:
    """How many descriptors are open: the folder's size since Linux 6.2, before that its names."""
    try:
        return os.stat(f"/proc/{pid}/fd").st_size or len(os.listdir(f"/proc/{pid}/fd"))  # noqa: PTH116, PTH208 - lean
    except OSError:
        return None


def _marked(found: list[Row]) -> list[Row]:
    """Mark our own processes: this one and its children."""
    own = {os.getpid()}
    for row in found:  # in the order of pids a child may come before its parent; ours have just been started
        if row["ppid"] in own:
            own.add(row["pid"])
    return [row | {"own": row["pid"] in own} for row in found]


# ---------------------------------------------------------------------- other systems
def _psutil_rows() -> list[Row]:
    import psutil

    fields = [*FIELDS, "num_handles"] if sys.platform == "win32" else [*FIELDS]
    found = []
    for process in psutil.process_iter(fields):
        said = process.info
        times, memory = said["cpu_times"], said["memory_info"]
        found.append(
            {
                "pid": said["pid"],
                "ppid": said["ppid"] or 0,
                "name": said["name"] or "",
                "exe": said["exe"] or None,
                "deleted": False,
                "argv": without_secrets(_short(said["cmdline"] or [])),
                "uid": None,
                "state": "",
                "cpu": round(times.user + times.system, 2) if times else 0.0,
                "rss": memory.rss if memory else 0,
                "started": said["create_time"] or 0.0,
                "threads": said["num_threads"] or 0,
                "files": said.get("num_handles"),
            }
        )
        if len(found) == MOST:
            break
    return _marked(found)


def _short(argv: list[str]) -> list[str]:
    kept, left = [], MOST_ARGV
    for word in argv:
        if left <= 0:
            break
        kept.append(word[:left].encode("utf-8", "backslashreplace").decode())
        left -= len(word) + 1
    return kept


def _psutil_cpu() -> Row:
    import psutil

    times = psutil.cpu_times()
    each = {}
    for process in psutil.process_iter(["pid", "name", "cpu_times", "create_time"]):
        said = process.info
        if said["cpu_times"] and said["pid"]:  # 0 is Windows' idle process
            used = said["cpu_times"].user + said["cpu_times"].system
            each[said["pid"], said["create_time"]] = (said["name"] or "", used)
    return {"busy": times.user + times.system, "waiting": getattr(times, "iowait", 0.0), "each": each}
