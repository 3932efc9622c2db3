"""What the antivirus that is here says of the files that people have just got."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techkit.host import ProbeError
from techkit.model import MiB, Reason, Record
from techkit.readings import clamav, intrusions, services

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techkit.host import Host

SOCKETS = ("/run/clamav/clamd.ctl", "/run/clamd.scan/clamd.sock", "/run/clamav/clamd.sock", "/var/run/clamav/clamd")
"""Debian, Fedora, Arch and Alpine, SUSE."""
HOME_FOLDERS = ("", "Downloads", "Desktop", "Documents", "Загрузки", "Рабочий стол", "Документы", ".config/autostart")
SHARED = ("/tmp", "/var/tmp", "/dev/shm", "/srv", "/root")  # noqa: S108 - looked into, not written to
MOST = 48
LARGEST = 2 * MiB
PATIENCE = 0.3


class Infected(Record, frozen=True):
    """A file, and what the antivirus calls the threat in it."""

    path: str
    threat: str


class Scan(Record, frozen=True):
    """What came of a look at some files."""

    infected: tuple[Infected, ...] = ()
    looked: int = 0
    late: int = 0
    """how many were not judged in time"""


def newest(host: Host) -> Scan:
    """Let a clamd that runs look at what came last; none is started for it, and without one nothing is asked."""
    sockets = clamav.settings(host, clamav.CLAMD_CONF).get("LocalSocket", ()) or SOCKETS
    here = [path for path in sockets if intrusions.there(host, path)]
    if not here or not _running(host):
        raise ProbeError(Reason.INAPPLICABLE, "clamd does not run")
    said = host.scan(here[0], folders(host), most=MOST, size=LARGEST, timeout=PATIENCE)
    found = tuple(Infected(row["path"], row["name"]) for row in said["found"])
    return Scan(found, int(said["looked"]), int(said["late"]))


def _running(host: Host) -> bool:
    """Whether the daemon itself runs: its socket alone would start it."""
    try:
        units = services.units(host, *clamav.ENGINES)
    except ProbeError as error:
        if error.reason is Reason.INAPPLICABLE:
            return True
        raise
    return any(unit.active == "active" for unit in units.values())


def folders(host: Host) -> list[str]:
    """Where files arrive: with people, and where everybody may write."""
    return list(dict.fromkeys((*_of_people(host), *SHARED)))


def _of_people(host: Host) -> Iterator[str]:
    for _, home in intrusions.homes(host):
        if home not in {"", "/"}:
            yield from (f"{home}/{name}".rstrip("/") for name in HOME_FOLDERS)
