"""The log files of systemd-journald and Windows."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from techkit.host import attempt
from techkit.model import MiB, Reason, Record
from techkit.readings import raw

if TYPE_CHECKING:
    from techkit.host import Host

FOLDER = "/var/log/journal"
SIGNATURE = b"LPKSHHRH"
HEADER = 104
"""Bytes up to the arena's size in the header of a journal file."""
BUDGET = 32 * MiB
"""How much is verified whole; about a tenth of a second."""
CV = "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"
LOGS = "HKLM\\SYSTEM\\CurrentControlSet\\Services\\EventLog"
NEVER = 0xFFFFFFFF
"""Retention: nothing is overwritten."""
FULL = 0.95


class Damaged(Record, frozen=True):
    """A damaged log file, and the damage."""

    path: str
    why: str


class Full(Record, frozen=True):
    """A full Windows event log."""

    log: str
    size: int
    limit: int


def damaged(host: Host) -> tuple[Damaged, ...]:
    """Closed files that have a damaged header or are truncated; the newest within the budget are verified fully."""
    found: list[Damaged] = []
    sound: list[tuple[float, int, str]] = []
    for machine in attempt(lambda: host.listdir(FOLDER), []):
        folder = f"{FOLDER}/{machine}"
        names = attempt(partial(host.listdir, folder), [], Reason.MISSING, Reason.UNREADABLE)
        for path in (f"{folder}/{name}" for name in names if re.search(r"@.*\.journal$", name)):
            stat = attempt(partial(host.stat, path))
            if stat is None:
                continue  # taken away meanwhile
            if why := head_fault(raw.of(host.head(path, HEADER)), stat["size"]):
                found.append(Damaged(path, why))
            else:
                sound.append((stat["modified"], stat["size"], path))
    found += _verified(host, sound)
    return tuple(found)


def _verified(host: Host, sound: list[tuple[float, int, str]]) -> list[Damaged]:
    left = BUDGET
    chosen: list[str] = []
    for _, size, path in sorted(sound, reverse=True):
        if size <= left:
            left -= size
            chosen.append(path)
    if not chosen:
        return []
    said = host.run("journalctl", "--verify", "--quiet", *(f"--file={path}" for path in chosen))
    return parse_verify(said["err"] + said["out"])


def parse_verify(text: str) -> list[Damaged]:
    """The files that `journalctl --verify` has failed."""
    rows = re.findall(r"^(?:\x1b\[[\d;]*m)*FAIL: (/.+?\.journal~?) \((.*)\)", text, re.MULTILINE)
    return [Damaged(path, why) for path, why in rows if "Permission" not in why]


def head_fault(head: bytes, size: int) -> str:
    """What is wrong with the head of a closed journal file of this size; systemd's JOURNAL_FILE_FORMAT."""
    if len(head) < HEADER or not head.startswith(SIGNATURE):
        return "no journal file"
    header, arena = (int.from_bytes(head[place : place + 8], "little") for place in (88, 96))
    return "cut short" if header + arena > size else ""


def full(host: Host) -> tuple[Full, ...]:
    """Windows event logs that overwrite nothing and have reached their limit."""
    root = str(host.registry(CV)["values"].get("SystemRoot") or "C:\\Windows")
    found = []
    for log in ("System", "Application", "Security"):
        values = (attempt(partial(host.registry, f"{LOGS}\\{log}")) or {"values": {}})["values"]
        limit = int(values.get("MaxSize") or 0)
        keeps = int(values.get("Retention") or 0) & NEVER == NEVER and not values.get("AutoBackupLogFiles")
        if not (limit and keeps):
            continue
        path = str(values.get("File") or f"%SystemRoot%\\System32\\winevt\\Logs\\{log}.evtx")
        path = re.sub(r"%SystemRoot%", lambda _: root, path, flags=re.IGNORECASE)
        size = int(host.stat(path)["size"])
        if size >= limit * FULL:
            found.append(Full(log, size, limit))
    return tuple(found)
