"""ClamAV: its signature database, and whether and how it is kept up to date."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from techkit.host import ProbeError, attempt
from techkit.model import Reason, Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from techkit.host import Host
    from techkit.readings.os.services import Unit

ENGINES = ("clamav-daemon.service", "clamd.service", "clamd@scan.service")
"""Debian and Arch, SUSE, Fedora."""
ON_ACCESS = ("clamav-clamonacc.service", "clamonacc.service")
SOCKETS = {"clamav-daemon.service": "clamav-daemon.socket"}
UPDATERS = ("clamav-freshclam.service", "freshclam.service")
TIMERS = ("clamav-freshclam-once.timer", "clamav-freshclam.timer", "freshclam.timer")
UNITS = (*ENGINES, *ON_ACCESS, *SOCKETS.values(), *UPDATERS, *TIMERS)
DAEMON_PACKAGE = "/var/lib/dpkg/info/clamav-daemon.list"
"""Debian packages the daemon separately and enables it: its installation implies that it should run."""
FRESHCLAM_CONF = ("/etc/clamav/freshclam.conf", "/etc/freshclam.conf")
CLAMD_CONF = ("/etc/clamav/clamd.conf", "/etc/clamd.d/scan.conf", "/etc/clamd.conf")
FOLDER = "/var/lib/clamav"
OWNER = "clamav"
"""The default account of the updater; DatabaseOwner in freshclam.conf(5)."""
MIRROR = "database.clamav.net"
CRON_FOLDERS = ("/etc/cron.d", "/etc/cron.hourly", "/etc/cron.daily", "/etc/cron.weekly")
HOOK = ("/etc/network/if-up.d/clamav-freshclam-ifupdown", "/var/lib/clamav/interface")
"""Debian's if-up hook, and the list of interfaces without which it does nothing."""
CRONTABS = ("/etc/crontab", "/var/spool/cron/crontabs/root", "/var/spool/cron/root")
CONTAINERS = (".cvd", ".cld", ".cud")
"""Files whose first 512 bytes say when they were built; libclamav/cvd.c."""
PLAIN = (
    ".cdb", ".crb", ".db", ".hdb", ".hdu", ".hsb", ".hsu", ".idb", ".ldb", ".ldu", ".mdb", ".mdu", ".msb", ".msu",
    ".ndb", ".ndu", ".yar", ".yara",
)  # fmt: skip
"""Single files of signatures; libclamav/readdb.h."""
HEADER = 512
PATIENCE = 2
LINES = 60
MONTHS = {name: number for number, name in enumerate(calendar.month_abbr) if name}
MOST = 3
LONGEST = 200

_DATE = re.compile(r"(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2})-(\d{2})(?: ([+-])(\d{2})(\d{2}))?")
_BEGUN = re.compile(r"update process started", re.IGNORECASE)
_STAMP = re.compile(
    r"^(?:(?:WARNING|ERROR):\s*|[\^!*])*(?:\w{3} \w{3} +\d+ [\d:]+ \d{4} -> )?(?:(?:WARNING|ERROR):\s*|[\^!*])*"
)
_DONE = re.compile(r"^(\S+)\.\w+ (?:database )?(?:is up-to-date|is up to date|updated) \(version")
_LOST = re.compile(r"^(?:getcvd: )?Can't download (\S+)\.(?!cdiff)\w+ from ")
_MALFORMED = re.compile(r"^LibClamAV Error: Can't load (/\S+): (?:Malformed|Broken)", re.MULTILINE)
_PARSE = re.compile(r"^ERROR: Parse error at (/[^:\n]+):(\d+): (.{1,120})", re.MULTILINE)
_FROM = re.compile(r" from (https?://\S+)$")
_REFUSED = re.compile(
    r"file not found: |Unexpected response \(\d+\)|error code [45]\d\d|rate limit|cool-?down", re.IGNORECASE
)
_LOCAL = re.compile(
    r"Can't (?:create|open|save|chdir|write)|not writable|Permission denied|No space left", re.IGNORECASE
)


class Database(Record, frozen=True):
    """What lies in the folder of signatures; `dated`: when the newest daily part was built, seconds since 1970."""

    folder: str
    files: tuple[str, ...] = ()
    dated: float | None = None
    damaged: tuple[str, ...] = ()
    """parts with a wrong header"""
    owner: str | None = None
    """the account that must write there and may not"""
    rights: str | None = None
    """of the folder, octal, if they keep that account out"""
    shut: tuple[str, str, str] | None = None
    """(file, account, rights) of signatures that the engine may not read"""
    unseen: Reason | None = None


class Complaint(Record, frozen=True):
    """Why a daemon did not start: unreadable signature files, or a wrong line in its settings."""

    damaged: tuple[str, ...] = ()
    file: str = ""
    line: str = ""
    message: str = ""


class Attempt(Record, frozen=True):
    """How the last attempt to update ended.

    succeeded; refused: by the server; failed: on this machine; unreached: no server was found; unfinished; unknown.
    """

    outcome: str = "unknown"
    message: str = ""


def settings(host: Host, files: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Parse the first existing file; options may repeat; an unreadable file counts as empty."""
    for file in files:
        text = attempt(partial(host.read, file), None, Reason.MISSING, Reason.FORBIDDEN)
        if text is not None:
            return parse_settings(text)
    return {}


def parse_settings(text: str) -> dict[str, tuple[str, ...]]:
    """Read lines of `Option Argument`; freshclam.conf(5)."""
    found: dict[str, tuple[str, ...]] = {}
    for line in text.splitlines():
        words = line.split(None, 1)
        if len(words) == 2 and not words[0].startswith("#"):
            found[words[0]] = (*found.get(words[0], ()), words[1].strip().strip("\"'"))
    return found


def database(host: Host) -> Database:
    """List the signatures in the updater's folder, else in the daemon's."""
    told = [*_told(settings(host, FRESHCLAM_CONF)), *_told(settings(host, CLAMD_CONF))]
    folder = told[0] if told else FOLDER
    owner, rights = _kept_out(host, folder)
    try:
        names = [name for name in host.listdir(folder) if name.lower().endswith((*CONTAINERS, *PLAIN))]
        built = {name: _built(host, folder, name) for name in names}
    except ProbeError as error:
        unseen = None if error.reason is Reason.MISSING else error.reason
        return Database(folder, owner=owner, rights=rights, unseen=unseen)
    daily = [when for name, when in built.items() if name.startswith("daily.") and when is not None]
    every = [when for when in built.values() if when is not None]
    return Database(
        folder=folder,
        files=tuple(names),
        dated=max(daily or every, default=None),
        damaged=tuple(name for name, when in built.items() if when is None),
        owner=owner,
        rights=rights,
        shut=_shut(host, [f"{folder}/{name}" for name in names]),
    )


def _shut(host: Host, paths: Sequence[str]) -> tuple[str, str, str] | None:
    """The first of these files that the account of the engine may not read; User in clamd.conf(5)."""
    name = settings(host, CLAMD_CONF).get("User", ("",))[-1]
    account = _account(host, name)
    if not account or not int(account[2]):
        return None
    for path in paths:
        entry = attempt(partial(host.stat, path), {}, *Reason)
        ours = 0o400 if str(entry.get("uid")) == account[2] else 0o044
        if entry and not int(entry["mode"]) & ours:
            return path, name, f"{int(entry['mode']) & 0o7777:04o}"
    return None


def _account(host: Host, name: str) -> list[str] | None:
    """The line of /etc/passwd, in parts."""
    text = attempt(partial(host.read, "/etc/passwd"), "", Reason.MISSING, Reason.UNRECORDED)
    parts = (line.split(":") for line in text.splitlines())
    return next((words for words in parts if words[0] == name and len(words) > 3 and words[2].isdecimal()), None)


def _kept_out(host: Host, folder: str) -> tuple[str | None, str | None]:
    """(the updater's account, the folder's mode) if it may not write there; else empty."""
    said = settings(host, FRESHCLAM_CONF)
    name = said.get("DatabaseOwner", (OWNER,))[-1]
    entry = attempt(partial(host.stat, folder), None, Reason.FORBIDDEN, Reason.MISSING, Reason.UNRECORDED)
    account = _account(host, name)
    if not said or not entry or not account or int(account[2]) == 0:
        return None, None
    mode = int(entry["mode"])
    # the account may be in the folder's group
    needed = (0o300,) if entry["uid"] == int(account[2]) else (0o030, 0o003)
    return (None, None) if any(mode & bits == bits for bits in needed) else (name, f"{mode & 0o7777:04o}")


def _told(said: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(path for path in said.get("DatabaseDirectory", ()) if path.startswith("/"))


def _built(host: Host, folder: str, name: str) -> float | None:
    """The build time of a file by its header, else its modification time; None: no valid header."""
    path = f"{folder}/{name}"
    if name.lower().endswith(CONTAINERS):
        header = attempt(partial(host.head, path, HEADER), None, Reason.FORBIDDEN)
        if header is not None:
            return parse_header(header)
    return float(host.stat(path)["modified"])


def parse_header(text: str) -> float | None:
    """Read `ClamAV-VDB:07 Jul 2026 10-05 +0000:…:builder:seconds`; None where it does not begin so."""
    if not text.startswith("ClamAV-VDB:"):
        return None
    if seconds := re.search(r":(\d{9,11})\s*$", text):
        return float(seconds[1])
    match = _DATE.match(text.removeprefix("ClamAV-VDB:"))
    if not match or match[2] not in MONTHS:
        return None
    day, year, hour, minute = (int(match[place]) for place in (1, 3, 4, 5))
    offset = (int(match[7]) * 3600 + int(match[8]) * 60) * (-1 if match[6] == "-" else 1) if match[6] else 0
    try:
        built = datetime(year, MONTHS[match[2]], day, hour, minute, tzinfo=UTC)
    except ValueError:
        return None
    return built.timestamp() - offset


def updater(host: Host, units: Mapping[str, Unit]) -> tuple[str | None, str]:
    """Name the unit that updates, and its state.

    running; replaced: by cron; waiting: not yet started since boot; stopped, failed, disabled, masked;
    absent: there is none; unknown: no service manager.
    """
    if not units:
        return None, "unknown"
    known = [units[name] for name in UPDATERS if units[name].loaded or units[name].startup.startswith("masked")]
    timers = [units[name] for name in TIMERS if units[name].running]
    unit = next((unit for unit in known if unit.running), known[0] if known else None)
    name = unit.name if unit else None
    if timers or (unit and unit.active in {"active", "reloading", "activating"} and unit.sub != "auto-restart"):
        return name, "running"
    if _by_cron(host):
        return name, "replaced"
    if unit is None:
        return None, "absent"
    if unit.startup.startswith("masked"):
        return name, "masked"
    if unit.active == "failed" or unit.sub == "auto-restart":
        return name, "failed"
    if not unit.automatic:
        return name, "disabled"
    return name, "stopped" if unit.ran else "waiting"


def _by_cron(host: Host) -> bool:
    """Whether cron or an if-up hook starts the updater."""
    if all(attempt(partial(host.exists, path), True, Reason.FORBIDDEN) for path in HOOK):  # noqa: FBT003 - shut is there
        return True
    tables = list(CRONTABS)
    for folder in CRON_FOLDERS:
        names = attempt(partial(host.listdir, folder), [], Reason.MISSING, Reason.FORBIDDEN)
        if "clamav-update" in names:
            return True
        tables += [f"{folder}/{name}" for name in names if not name.startswith(".")]
    texts = (attempt(partial(host.read, table), "", Reason.MISSING, Reason.FORBIDDEN) for table in tables)
    return any(re.search(r"^\s*[^#\s].*freshclam", text, re.MULTILINE) for text in texts)


def last_attempt(host: Host, unit: str) -> Attempt:
    """Read the result of the last update from the journal; unknown if we may not read it."""
    said = attempt(
        partial(host.run, "journalctl", "-u", unit, "-n", str(LINES), "-o", "cat", "--no-pager", timeout=6),
        {"out": ""},
        Reason.MISSING,
        Reason.FORBIDDEN,
    )
    return parse_attempt(said["out"])


def parse_attempt(text: str) -> Attempt:
    """Read the last run in freshclam's log, which is never translated.

    A failed download counts until that part is up to date; if a patch (.cdiff) is missing,
    the whole part is downloaded instead.
    """
    lines = [_STAMP.sub("", line.strip()) for line in text.splitlines()]
    begun = [number for number, line in enumerate(lines) if _BEGUN.search(line)]
    if not begun:
        return Attempt()
    lost: dict[str, str] = {}
    failed = ""
    done = refused = False
    for line in lines[begun[-1] :]:
        refused = refused or (bool(_REFUSED.search(line)) and ".cdiff" not in line)
        failed = failed or (line if _LOCAL.search(line) else "")
        if match := _DONE.match(line):
            done = True
            lost.pop(match[1], None)
        elif match := _LOST.match(line):
            lost[match[1]] = line
    if failed:
        return Attempt("failed", failed[:LONGEST])
    if lost:
        return Attempt("refused" if refused else "unreached", next(iter(lost.values()))[:LONGEST])
    return Attempt("succeeded" if done else "unfinished")


def lost_socket(host: Host) -> str:
    """The place at which the engine is to be asked, where nothing is any more; LocalSocket in clamd.conf(5)."""
    path = settings(host, CLAMD_CONF).get("LocalSocket", ("",))[-1]
    there = not path or attempt(partial(host.exists, path), True, Reason.FORBIDDEN)  # noqa: FBT003 - shut is there
    return "" if there else path


def complaint(host: Host, unit: str) -> Complaint:
    """Read from the journal why a daemon could not start; unknown if we may not read it."""
    said = attempt(
        partial(host.run, "journalctl", "-u", unit, "-n", str(LINES), "-o", "cat", "--no-pager", timeout=6),
        {"out": ""},
        *Reason,
    )
    return parse_complaint(said["out"])


def parse_complaint(text: str) -> Complaint:
    """Read what clamd wrote when it started last; its words are never translated."""
    last = text.rpartition("Starting ")[2]
    broken = tuple(dict.fromkeys(path.rpartition("/")[2] for path in _MALFORMED.findall(last)))
    match = _PARSE.search(last)
    return Complaint(broken, *match.groups()) if match else Complaint(broken)


def unreached(host: Host, message: str = "") -> tuple[str, str] | None:
    """Name the first update server and why it cannot be reached; None where one of them answers.

    `message`: what the updater said; if it names a server, only that one is asked.
    """
    said = settings(host, FRESHCLAM_CONF)
    missed = _FROM.search(message)
    if missed and missed[1] in said.get("DatabaseCustomURL", ()):
        said = {name: value for name, value in said.items() if "Proxy" in name} | {"PrivateMirror": (missed[1],)}
    servers = list(_servers(said))[:MOST]
    answers = host.side_by_side(partial(host.connect, name, port, timeout=PATIENCE) for name, port in servers)
    states = [
        # slower than a connection may be: it waited for its name
        ("unresolved" if answer.reason is Reason.TIMEOUT else "")
        if isinstance(answer, ProbeError)
        else str(answer["state"])
        for answer in answers
    ]
    return None if "open" in states or not all(states) else (servers[0][0], states[0])


def refused(host: Host, message: str) -> str:
    """Try the server that the updater could not reach; empty if it answers now.

    Only for plain HTTP without a proxy.
    """
    missed = _FROM.search(message)
    if not missed or not missed[1].startswith("http://") or "HTTPProxyServer" in settings(host, FRESHCLAM_CONF):
        return ""
    status = int(attempt(partial(host.http, missed[1]), {"status": 0}, *Reason)["status"] or 0)
    return f"{missed[1]}: HTTP {status}" if status >= 400 else ""


def servers(host: Host) -> tuple[tuple[str, int], ...]:
    """(name, port) of every server that the updater is told to ask."""
    return tuple(_servers(settings(host, FRESHCLAM_CONF)))


def _servers(said: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, int]]:
    """The proxy if there is one, else every server that signatures come from."""
    if proxies := said.get("HTTPProxyServer"):
        told = said.get("HTTPProxyPort", ("",))[-1]
        yield urlsplit(proxies[-1]).hostname or proxies[-1], int(told) if told.isdecimal() else 8080
        return
    mirrors = said.get("PrivateMirror") or said.get("DatabaseMirror") or (MIRROR,)
    for place in dict.fromkeys((*reversed(mirrors), *said.get("DatabaseCustomURL", ()))):
        try:
            url = urlsplit(place if "://" in place else f"https://{place}")
            port = url.port or (80 if url.scheme == "http" else 443)
        except ValueError:
            continue
        if url.hostname and url.scheme in {"http", "https"}:
            yield url.hostname, port
