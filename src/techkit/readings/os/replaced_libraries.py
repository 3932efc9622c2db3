"""Processes that still use files which an update has replaced."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from techkit.host import attempt
from techkit.model import Reason, Record
from techkit.readings.antivirus import intrusions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techkit.host import Host
    from techkit.readings.supplements import Supplements

PATTERN = r"/(usr/(local/)?)?lib.*\.so.* \(deleted\)$"
FIRST_PERSON = 1000
"""The first user id of a person; below are the system's own."""
NOBODY = 65534
MANY = 1500
FEW = 5
CACHE = "/etc/ld.so.cache"
_PATH = re.compile(r"^\s*(?:export\s+)?LD_LIBRARY_PATH\s*=\s*[\"']?([^\"'\n]*)", re.MULTILINE)
_LIBRARY = re.compile(r"\.so(\.[\w.]+)?$")
MOST = 100
"""Libraries that are looked at."""
HEAD = 16
MAGIC = "\x7fELF"
SCRIPTS = ("/*", "INPUT", "GROUP", "OUTPUT")
"""How a text for the linker begins; it is never loaded."""


class Outdated(Record, frozen=True):
    """One process and the replaced files it uses; `system`: not a person's own program."""

    pid: int
    program: str
    files: tuple[str, ...]
    system: bool = False


class Look(Record, frozen=True):
    """What was found, and whether every process could be looked at."""

    outdated: tuple[Outdated, ...] = ()
    whole: bool = True


def outdated(host: Host) -> Look:
    """Search /proc/*/maps with one call of grep; unreadable processes are skipped."""
    processes = {row["pid"]: row for row in host.processes() if row["exe"] and not row["own"]}
    pids = sorted(processes)[:MANY]
    said = host.run("grep", "-sHE", "-m", "8", PATTERN, "--", *(f"/proc/{pid}/maps" for pid in pids)) if pids else {}
    held = parse_maps(said.get("out", ""))
    for pid, row in processes.items():
        if row["deleted"] and re.match(r"/(usr|opt|bin|sbin)/", row["exe"]) and _replaced(host, row["exe"]):
            held.setdefault(pid, []).append(row["exe"])
    found = tuple(
        Outdated(pid, processes[pid]["name"], tuple(dict.fromkeys(files)), _system(processes[pid]["uid"]))
        for pid, files in sorted(held.items())
        if pid in processes
    )
    return Look(found, host.elevated)


def _replaced(host: Host, path: str) -> bool:
    """Whether a newer file has replaced a deleted one."""
    return attempt(partial(host.stat, path.removesuffix(" (deleted)"))) is not None


def _system(uid: int | None) -> bool:
    return uid is not None and (uid < FIRST_PERSON or uid >= NOBODY)


def parse_maps(text: str) -> dict[int, list[str]]:
    """Read lines of several /proc/PID/maps, each after the name of its file."""
    found: dict[int, list[str]] = {}
    for pid, path in re.findall(r"^/proc/(\d+)/maps:\S+ \S+ \S+ \S+ \S+\s+(/.+?) \(deleted\)$", text, re.MULTILINE):
        files = found.setdefault(int(pid), [])
        if path not in files:
            files.append(path)
    return found


class Lost(Record, frozen=True):
    """A missing library; `package`: its owner, `preload`: it is in ld.so.preload."""

    path: str
    package: str = ""
    preload: bool = False


def lost(host: Host, more: Supplements) -> tuple[Lost, ...]:
    """Missing libraries that are in the loader's cache and owned by packages, or in ld.so.preload."""
    preloaded = intrusions.parse_preload(more.read(intrusions.PRELOAD))
    gone = [path for path in preloaded if "$" not in path and path.startswith("/") and _is_gone(host, path)]
    return (*(Lost(path, preload=True) for path in gone), *_unlinked(host, more))


def misled(host: Host, more: Supplements) -> tuple[str, ...]:
    """The damaged libraries in the folders that /etc/environment puts before the system's own; ld.so(8)."""
    told = re.findall(
        r"^\s*(?:export\s+)?LD_LIBRARY_PATH\s*=\s*[\"']?([^\"'\n]*)", more.read(intrusions.ENVIRONMENT), re.MULTILINE
    )
    folders = [folder.rstrip("/") for line in told for folder in line.split(":") if folder.startswith("/")]
    paths = [f"{folder}/{name}" for folder in folders for name in more.listdir(folder) if _LIBRARY.search(name)][:MOST]
    heads = {path: str(more.ask(partial(host.head, path, HEAD), MAGIC, path)) for path in paths}
    return tuple(path for path, head in heads.items() if not head.startswith((MAGIC, *SCRIPTS)))


def _is_gone(host: Host, path: str) -> bool:
    return not attempt(partial(host.there, path), True, *Reason)  # noqa: FBT003 - doubt is there


def _unlinked(host: Host, more: Supplements) -> Iterator[Lost]:
    """Only libraries that a package still owns count as missing."""
    known = parse_cache(more.read(CACHE))
    folders = {path.rpartition("/")[0] for path in known}
    there = {folder: set(more.listdir(folder)) for folder in folders}
    parts = [(path, *path.rsplit("/", 1)) for path in known]
    absent = [path for path, folder, name in parts if there[folder] and name not in there[folder]]
    told = {name: path for path in absent[:FEW] for name in (path, _other_name(path))}
    ask = partial(host.run, "dpkg-query", "-S", "--", *told)
    said = more.ask(ask, {"out": ""}, "dpkg-query") if told else {"out": ""}
    owners = (line.rpartition(": ") for line in said["out"].splitlines())
    found = {told[name]: owner.partition(":")[0] for owner, _, name in owners if name in told}
    yield from (Lost(path, package) for path, package in found.items())


def _other_name(path: str) -> str:
    """A merged /usr has two names for each library, and dpkg knows but one."""
    return path.removeprefix("/usr") if path.startswith("/usr/") else f"/usr{path}"


def parse_cache(text: str) -> tuple[str, ...]:
    """The libraries of the system's own folders in /etc/ld.so.cache: paths that end with a zero byte."""
    return tuple(dict.fromkeys(re.findall(r"(?<=\0)(/(?:usr/)?lib(?:64|/[\w-]+)?/[\w.+-]+\.so[\w.]*)(?=\0)", text)))
