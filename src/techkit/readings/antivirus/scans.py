"""The installed antivirus' verdict on recently arrived files."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from techkit.host import ProbeError, attempt
from techkit.model import MiB, Reason, Record
from techkit.readings.antivirus import clamav, intrusions, threats
from techkit.readings.os import services

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techkit.host import Host

SOCKETS = ("/run/clamav/clamd.ctl", "/run/clamd.scan/clamd.sock", "/run/clamav/clamd.sock", "/var/run/clamav/clamd")
"""Debian, Fedora, Arch and Alpine, SUSE."""
HOME_FOLDERS = ("", "Downloads", "Desktop", "Documents", "Загрузки", "Рабочий стол", "Документы", ".config/autostart")
SHARED = (
    "/tmp", "/var/tmp", "/dev/shm", "/srv", "/root", "/opt", "/mnt", "/media", "/home", "/var/mail",  # noqa: S108
    "/var/www", "/var/www/html", "/var/www/html/uploads", "/srv/www", "/srv/www/htdocs", "/srv/http",
    "/usr/share/nginx/html", "/var/ftp", "/srv/ftp",
)  # fmt: skip
"""Folders where anybody, or anybody on the network, leaves files."""
INNER = ("/srv", "/opt", "/mnt", "/media")
DEEP = ("/Downloads", "/Documents", "/Desktop", "/Загрузки", "/Документы", "/Рабочий стол")
"""Folders whose subfolders are scanned too."""
FEW = 12
MOST = 48
LARGEST = 2 * MiB
PATIENCE = 0.3
STARTS = (
    "/etc/cron.d",
    "/etc/cron.daily",
    "/etc/cron.hourly",
    "/etc/systemd/system",
    "/etc/profile.d",
    "/usr/local/bin",
)
MINUTES = 10
FOUND = 1
"""What clamscan and clamdscan end with where they found something; 2 is an error."""
PLATFORM = r"C:\ProgramData\Microsoft\Windows Defender\Platform"
DEFENDER = r"C:\Program Files\Windows Defender\MpCmdRun.exe"

_VERDICT = re.compile(r"^(/.+): (\S+?)(?:\([0-9a-f:]+\))? FOUND$", re.MULTILINE)


class Infected(Record, frozen=True):
    """A file, and what the antivirus calls the threat in it."""

    path: str
    threat: str


class Scan(Record, frozen=True):
    """The result of scanning some files."""

    infected: tuple[Infected, ...] = ()
    looked: int = 0
    late: int = 0
    """how many were not judged in time"""


def newest(host: Host) -> Scan:
    """Have a running clamd scan the newest files; none is started for it."""
    sockets = clamav.settings(host, clamav.CLAMD_CONF).get("LocalSocket", ()) or SOCKETS
    here = [path for path in sockets if host.there(path)]
    if not here or not _running(host):
        raise ProbeError(Reason.INAPPLICABLE, "clamd does not run")
    said = host.scan(here[0], folders(host), most=MOST, size=LARGEST, timeout=PATIENCE)
    found = tuple(Infected(row["path"], row["name"]) for row in said["found"])
    return Scan(found, int(said["looked"]), int(said["late"]))


def _running(host: Host) -> bool:
    """Whether the daemon itself runs, because its socket alone would start it."""
    try:
        units = services.units(host, *clamav.ENGINES)
    except ProbeError as error:
        if error.reason is Reason.INAPPLICABLE:
            return True
        raise
    return any(unit.active == "active" for unit in units.values())


def folders(host: Host) -> list[str]:
    """Where files arrive: people's folders, world-writable folders, and their subfolders."""
    places = list(dict.fromkeys((*_of_people(host), *SHARED)))
    deep = [place for place in places if place.startswith(INNER) or place.endswith(DEEP)]
    inside = (_inside(host, place) for place in deep)
    return list(dict.fromkeys((*places, *(folder for some in inside for folder in some))))


def _inside(host: Host, place: str) -> list[str]:
    """Names that look like folders; the scan skips what is none."""
    names = attempt(partial(host.listdir, place), [], *Reason)
    return [f"{place}/{name}" for name in names if "." not in name][:FEW]


def _of_people(host: Host) -> Iterator[str]:
    for _, home in intrusions.homes(host):
        if home not in {"", "/"}:
            yield from (f"{home}/{name}".rstrip("/") for name in HOME_FOLDERS)


def thorough(host: Host) -> Scan:
    """Scan where files arrive and start, by the daemon or, without one, by clamscan.

    Files that antivirus.downloads or antivirus.threats report are left out.
    """
    if host.system == "windows":
        return _by_defender(host)
    told = {file.path for file in attempt(partial(newest, host), Scan(), *Reason).infected}
    told |= {one.path for one in attempt(partial(threats.linux, host), (), *Reason) if one.state == "there"}
    places = [place for place in dict.fromkeys((*folders(host), *STARTS)) if host.there(place)]
    seconds = MINUTES * 60
    if host.which("clamdscan") and _listens(host):
        said = host.run("clamdscan", "--fdpass", "--multiscan", "--no-summary", "-i", *places, timeout=seconds)
    else:
        said = host.run(
            "clamscan", "-r", "-i", "--no-summary", "--max-filesize=25M", "--cross-fs=no", *places, timeout=seconds
        )
    if said["code"] > FOUND and not _VERDICT.search(said["out"]):
        raise ProbeError(Reason.UNREADABLE, said["err"].strip()[-200:])
    return Scan(tuple(one for one in parse_verdicts(said["out"]) if one.path not in told))


def _listens(host: Host) -> bool:
    try:
        return _running(host)
    except ProbeError:
        return False


def parse_verdicts(text: str) -> tuple[Infected, ...]:
    """Read what clamscan and clamdscan print with -i: `path: name FOUND`."""
    return tuple(Infected(path, name) for path, name in _VERDICT.findall(text))


def _by_defender(host: Host) -> Scan:
    """Have Defender scan the person's downloads without remediation."""
    home = str(host.person().get("home") or "")
    if not home:
        raise ProbeError(Reason.INAPPLICABLE, "nobody is signed in")
    versions = attempt(partial(host.listdir, PLATFORM), [])
    tool = rf"{PLATFORM}\{versions[-1]}\MpCmdRun.exe" if versions else DEFENDER
    if not host.there(tool):
        raise ProbeError(Reason.INAPPLICABLE, "Defender is not here")
    place = rf"{home}\Downloads"
    said = host.run(tool, "-Scan", "-ScanType", "3", "-File", place, "-DisableRemediation", timeout=MINUTES * 60)
    found = parse_defender(said["out"])
    if said["code"] and not found:  # its exit code is 2 both for a find and for a failure
        raise ProbeError(Reason.UNREADABLE, f"MpCmdRun: {said['code']}")
    return Scan(found)


def parse_defender(text: str) -> tuple[Infected, ...]:
    """Read the list that MpCmdRun prints with -DisableRemediation: a threat, then the files that hold it."""
    found: list[Infected] = []
    threat = ""
    for line in text.splitlines():
        name, _, value = (part.strip() for part in line.partition(":"))
        if name == "Threat" and value:
            threat = value
        elif name in {"file", "containerfile"} and threat and value:
            found.append(Infected(value.partition("->")[0], threat))
    return tuple(dict.fromkeys(found))
