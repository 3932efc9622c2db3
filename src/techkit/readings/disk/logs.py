"""The big logs of a machine, each with its volume and its rotation."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import attempt
from techkit.model import MiB, Reason, Record
from techkit.readings.disk import big_files, logrotate, volumes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techkit.host import Host

DAY = 86400
WORTH = 16 * MiB
"""Logs below this size are ignored."""
JOURNALS = ("/var/log/journal", "/run/log/journal")
VERSION = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion"
WINDOWS = ("{root}\\Logs\\CBS", "{root}\\Logs\\DISM", "{root}\\System32\\LogFiles", "{drive}\\inetpub\\logs\\LogFiles")
"""Log folders of Windows' servicing, drivers and web server; the last are never cleaned automatically."""


class Log(Record, frozen=True):
    """One big log: a file, on Windows a folder of them, or with `journal` the whole journal."""

    file: str
    size: int
    volume: str
    total: int
    free: int
    idle: float = 0
    """days since something was written to it"""
    rule: str = ""
    """covered, broken, missing, or hidden; empty without logrotate"""
    rule_file: str = ""
    journal: bool = False


def logs(host: Host) -> tuple[Log, ...]:
    """Every big log, the biggest first; none on a volume that does not answer."""
    spaces: dict[str, dict[str, Any]] = {}
    for one in volumes.local(host):
        if said := attempt(partial(host.statvfs, one.mount), None, *Reason):
            spaces[one.mount] = {"total": said["total"], "free": said["available"]}
    kept = _windows(host, spaces) if host.system == "windows" else _linux(host, spaces)
    return tuple(sorted(kept, key=lambda log: (-log.size, log.file)))


def _linux(host: Host, spaces: dict[str, dict[str, Any]]) -> Iterator[Log]:
    trees = [big_files.tree(host, big_files.LOGS), *_tight(host, spaces, "")]
    files = {file.path: file for tree in trees for file in tree.files if file.size >= WORTH}
    big = [file for file in files.values() if big_files.is_log(file.path)]
    known = logrotate.rules(host) if big else logrotate.Rules()
    for file in big:
        if space := spaces.get(mount := big_files.volume_of(file.path, spaces)):
            yield Log(
                file.path, file.size, mount, **space, idle=(host.now() - file.modified) / DAY,
                rule=logrotate.rule_of(file.path, known), rule_file=logrotate.file_of(file.path, known),
            )  # fmt: skip
    for folder in JOURNALS:
        size = big_files.tree(host, folder).size
        if size >= WORTH and (space := spaces.get(mount := big_files.volume_of(folder, spaces))):
            yield Log(folder, size, mount, **space, journal=True)


def _windows(host: Host, spaces: dict[str, dict[str, Any]]) -> Iterator[Log]:
    root = str(
        attempt(partial(host.registry, VERSION), {}, *Reason).get("values", {}).get("SystemRoot") or "C:\\Windows"
    )
    folders = [pattern.format(root=root, drive=root[:2]) for pattern in WINDOWS]
    for folder in folders:
        size = big_files.tree(host, folder).size
        if size >= WORTH and (space := spaces.get(mount := big_files.volume_of(folder.upper(), spaces))):
            yield Log(folder, size, mount, **space)
    for tree in _tight(host, spaces, "\\"):
        for file in tree.files:
            known = file.path.upper().startswith(tuple(f"{folder.upper()}\\" for folder in folders))
            if file.size >= WORTH and big_files.is_log(file.path) and not known:
                mount = big_files.volume_of(file.path.upper(), spaces)
                yield Log(file.path, file.size, mount, **spaces[mount], idle=(host.now() - file.modified) / DAY)


def _tight(host: Host, spaces: dict[str, dict[str, Any]], tail: str) -> list[big_files.Tree]:
    """Search the volumes that are short of space."""
    return [
        big_files.tree(host, mount + tail)
        for mount, space in spaces.items()
        if big_files.is_tight(space["total"], space["free"])
    ]
