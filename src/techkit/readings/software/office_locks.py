"""Stale lock files that a crashed office program has left beside documents.

Microsoft Office writes `~$name`, LibreOffice `.~lock.name#`. Names and owners are private:
the files are only counted.
"""

from __future__ import annotations

import ntpath
import re
from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import ProbeError, attempt
from techkit.model import Gap, Reason, Record
from techkit.readings.supplements import Supplements

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from techkit.host import Host

SHELL_FOLDERS = r"Software\Microsoft\Windows\CurrentVersion\Explorer\User Shell Folders"
SHOWN = ("Personal", "Desktop", "{374DE290-123F-4565-9164-39C4925E467B}")
"""Documents, the desktop and downloads, FOLDERID_Downloads; learn.microsoft.com/windows/win32/shell/knownfolderid"""
OWN = ("Documents", "Desktop", "Downloads")
"""Their default locations."""
LOCKS = {
    re.compile(r"~\$.+\.(doc|docm|docx|dot|dotx|ppt|pptm|pptx|rtf|xls|xlsb|xlsm|xlsx)", re.IGNORECASE): {
        "winword.exe", "excel.exe", "powerpnt.exe", "outlook.exe",
    },
    re.compile(r"\.~lock\..+#"): {"soffice.bin", "soffice.exe", "oosplash"},
}  # fmt: skip
"""Lock files, and the programs that write them; Outlook shows documents in Word."""
_MOVED = re.compile(r'^XDG_(?:DOCUMENTS|DESKTOP|DOWNLOAD)_DIR="\$HOME/(.+)"$', re.MULTILINE)
"""user-dirs.dirs(5)"""


class Folder(Record, frozen=True):
    """A folder with stale locks; `time`: of the newest, seconds since 1970."""

    path: str
    count: int
    time: float


class Left(Record, frozen=True):
    """What was found in the folders of the person at the desk, and which of them could not be seen."""

    folders: tuple[Folder, ...] = ()
    unseen: tuple[Gap, ...] = ()


def left(host: Host) -> Left:
    """Look into the folders that people keep documents in, not into those below; raises INAPPLICABLE without any."""
    asked = Supplements(host)
    listed = {place: asked.ask(partial(host.listdir, place), None, place) for place in _places(host)}
    found = {place: names for place, names in listed.items() if names is not None}
    if not found and not asked.unseen:
        raise ProbeError(Reason.INAPPLICABLE, "nobody keeps documents here")
    if not any(map(locks, found.values())):
        return Left(unseen=asked.unseen)
    running = {str(row["name"]).lower() for row in host.processes()}
    kept = {place: [name for name in locks(names) if not _held(name, running)] for place, names in found.items()}
    return Left(tuple(_folder(host, place, names) for place, names in kept.items() if names), asked.unseen)


def locks(names: Iterable[str]) -> list[str]:
    """Those of these names that are locks."""
    return [name for name in names if any(pattern.fullmatch(name) for pattern in LOCKS)]


def _held(name: str, running: set[str]) -> bool:
    return any(pattern.fullmatch(name) and programs & running for pattern, programs in LOCKS.items())


def _folder(host: Host, place: str, names: list[str]) -> Folder:
    stats = (attempt(partial(host.stat, _joined(host, place, name)), {"modified": 0.0}) for name in names)
    return Folder(place, len(names), max(float(stat["modified"]) for stat in stats))


def _places(host: Host) -> Iterator[str]:
    """The folders; those on a server are not asked for, which may be far away."""
    home = str(host.person().get("home") or "")
    if host.system == "windows":
        key = rf"HKU\{host.person()['id']}\{SHELL_FOLDERS}"
        values: dict[str, Any] = attempt(partial(host.registry, key), {"values": {}})["values"]
        shown = dict(zip(OWN, (str(values.get(name) or "") for name in SHOWN), strict=True))
        for own, place in shown.items():
            path = re.sub("%userprofile%", lambda _: home, place, flags=re.IGNORECASE) or ntpath.join(home, own)
            if home and "%" not in path and not path.startswith("\\\\"):
                yield path
    elif home:
        moved = _MOVED.findall(str(attempt(partial(host.read, f"{home}/.config/user-dirs.dirs"), "")))
        yield from (f"{home}/{name}" for name in moved or OWN)


def _joined(host: Host, place: str, name: str) -> str:
    return ntpath.join(place, name) if host.system == "windows" else f"{place}/{name}"
