"""Autostarts of a Linux machine whose command lines show the signs of a dropper."""

from __future__ import annotations

import re
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from techkit.host import ProbeError, attempt
from techkit.model import Reason, Record
from techkit.readings.antivirus import droppers, intrusions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from techkit.host import Host

TABLE = "/etc/crontab"
TABLE_FOLDER = "/etc/cron.d"
SPOOLS = ("/var/spool/cron/crontabs", "/var/spool/cron/tabs", "/var/spool/cron", "/etc/crontabs")
"""One table per account: Debian (and Alpine's link), SUSE, Fedora and Arch, Alpine."""
JOBS = "/var/spool/cron/atjobs", "/var/spool/at", "/var/spool/atjobs"
SCRIPT_FOLDERS = (
    "/etc/cron.hourly", "/etc/cron.daily", "/etc/cron.weekly", "/etc/cron.monthly", "/etc/periodic/15min",
    "/etc/periodic/hourly", "/etc/periodic/daily",
)  # fmt: skip
LOGIN_FILES = (
    "/etc/rc.local",
    "/etc/rc.d/rc.local",
    "/etc/profile",
    "/etc/bash.bashrc",
    "/etc/bashrc",
    "/etc/environment",
)
LOGIN_FOLDERS = (
    "/etc/profile.d", "/etc/update-motd.d", "/etc/local.d", "/etc/X11/Xsession.d", "/etc/init.d", "/etc/rc.d/init.d",
    "/etc/network/if-up.d", "/etc/network/if-down.d", "/etc/network/if-pre-up.d", "/etc/network/if-post-down.d",
    "/etc/NetworkManager/dispatcher.d", "/etc/dhcp/dhclient-enter-hooks.d", "/etc/dhcp/dhclient-exit-hooks.d",
    "/etc/networkd-dispatcher/routable.d", "/etc/kernel/postinst.d", "/etc/ppp/ip-up.d",
    "/etc/systemd/system-generators", "/etc/systemd/user-generators", "/etc/systemd/system-shutdown",
    "/usr/local/lib/systemd/system-generators",
)  # fmt: skip
PAM = "/etc/pam.d"
QUOTED_FOLDERS = ("/etc/udev/rules.d", "/etc/apt/apt.conf.d")
"""Folders of settings with quoted commands, run for a device or on every update."""
HOME_FILES = (".bashrc", ".bash_profile", ".bash_login", ".profile", ".zshrc", ".zprofile", ".xprofile", ".bash_logout")
UNIT_FOLDERS = ("/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system", "/etc/systemd/user")
MANY = 200
"""Files of one folder that are read."""
MOST = 100_000
"""Characters of one file that are examined."""
LINES = 1000
"""Lines of one file that are examined."""
LONGEST = 300
NOTHING = (Reason.MISSING, Reason.FORBIDDEN, Reason.UNREADABLE, Reason.TIMEOUT)

_CRON = re.compile(r"\s*(?:@\w+|(?:\S+\s+){4}\S+)\s+(.*)")
_EXEC = re.compile(
    r"^\s*Exec(?:Start|StartPre|StartPost|Condition|Reload|Stop|StopPost)?\s*=\s*[-@:+!|]*(.+)$", re.MULTILINE
)
_FUNCTION = re.compile(r"(?:function\s+)?[\w.:-]+\s*\(\s*\)|function\s+[\w.:-]+\s*\{")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_PAM_EXEC = re.compile(r"^[^#\n]*\bpam_exec\.so\s+(?:[\w=./-]*[\w=-]\s+)*?(/\S.*)$", re.MULTILINE)
_KEY = re.compile(r"^[^#\n]*?\bcommand=\"((?:[^\"\\]|\\.)*)\"", re.MULTILINE)


class Start(Record, frozen=True):
    """One autostart with a sign; `kind`: where it is, which decides the remedy."""

    kind: str
    """schedule, unit, login or key; on Windows autorun, folder, task, service, debugger, logon, library, …"""
    file: str
    command: str
    sign: str
    """door, encoded, fetched, smuggled, listening, temporary, hidden, or foreign: does not belong there"""
    unit: str | None = None
    name: str | None = None


def linux(host: Host) -> tuple[tuple[Start, ...], tuple[str, ...]]:
    """The lines with a sign, and the places that could not be looked at."""
    shut: list[str] = []
    found = [start for lines in _places(host, shut) for start in lines]
    return tuple(dict.fromkeys(found)), tuple(dict.fromkeys(shut))


def _places(host: Host, shut: list[str]) -> Iterator[Iterator[Start]]:
    for path in (TABLE, *_in(host, (TABLE_FOLDER,), shut)):
        yield _lines(host, path, "schedule", parse_system_table)
    for path in _in(host, SPOOLS, shut):
        yield _lines(host, path, "schedule", parse_table)
    for path in (*_in(host, SCRIPT_FOLDERS, shut), *_in(host, JOBS, shut)):
        yield _lines(host, path, "schedule", parse_script)
    for path in (*LOGIN_FILES, *_in(host, LOGIN_FOLDERS, shut)):
        yield _lines(host, path, "login", parse_login)
    for path in _in(host, QUOTED_FOLDERS, shut):
        yield _lines(host, path, "login", parse_quoted)
    for path in _in(host, (PAM,), shut):
        yield _lines(host, path, "login", parse_pam)
    for path in _in(host, ("/etc/xdg/autostart",), shut):
        yield _lines(host, path, "login", parse_unit)
    yield from _units(host, UNIT_FOLDERS, shut)
    for _, home in intrusions.homes(host):
        if home not in {"", "/"}:
            yield from _home(host, home)


def _home(host: Host, home: str) -> Iterator[Iterator[Start]]:
    for name in HOME_FILES:
        yield _lines(host, f"{home}/{name}", "login", parse_login)
    for path in _in(host, (f"{home}/.config/autostart",), []):
        yield _lines(host, path, "login", parse_unit)
    yield from _units(host, (f"{home}/.config/systemd/user",), [])
    for name in ("authorized_keys", "authorized_keys2"):
        yield _lines(host, f"{home}/.ssh/{name}", "key", parse_keys)


def _units(host: Host, folders: tuple[str, ...], shut: list[str]) -> Iterator[Iterator[Start]]:
    for path in _in(host, folders, shut):
        if path.endswith((".service", ".conf")):
            unit = path.rpartition("/")[2] if path.startswith("/etc/systemd/system/") else None
            yield _lines(host, path, "unit" if unit else "login", parse_unit, unit)


def _in(host: Host, folders: tuple[str, ...], shut: list[str]) -> Iterator[str]:
    for folder in folders:
        try:
            names = host.listdir(folder)
        except ProbeError as error:
            if error.reason is Reason.FORBIDDEN:
                shut.append(folder)
            elif error.reason not in NOTHING:
                raise
            continue
        yield from (f"{folder}/{name}" for name in names[:MANY] if not name.endswith((".dpkg-old", ".dpkg-dist", "~")))


def _lines(
    host: Host, path: str, kind: str, parse: Callable[[str], Iterator[str]], unit: str | None = None
) -> Iterator[Start]:
    text = attempt(partial(host.read, path), "", *NOTHING)[:MOST]
    for command in islice(parse(text), LINES):
        if found := droppers.sign(command):
            yield Start(kind, path, command[:LONGEST], found, unit)


def parse_table(text: str) -> Iterator[str]:
    """The commands of an account's own table of cron, crontab(5)."""
    for line in text.splitlines():
        if not re.match(r"\s*(#|[A-Za-z_]\w*\s*=|$)", line) and (match := _CRON.match(line)):
            yield match[1].strip()


def parse_system_table(text: str) -> Iterator[str]:
    """The commands of a table that names an account before each."""
    for command in parse_table(text):
        yield "".join(command.split(None, 1)[1:])


def parse_script(text: str) -> Iterator[str]:
    """The lines of a script without comments, continuation lines joined."""
    for line in text.replace("\\\n", " ").splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            yield line.strip()


def parse_login(text: str) -> Iterator[str]:
    """The lines of a login script, without aliases and functions that fetch from known hosts."""
    inside = False
    for line in parse_script(text):
        begins = _FUNCTION.match(line)
        named = inside or begins or line.startswith("alias ")
        inside = not re.search(r"\}\s*;?$", line) if begins else inside and not line.startswith("}")
        if not (named and droppers.sign(line) == "fetched"):
            yield line


def parse_quoted(text: str) -> Iterator[str]:
    """Quoted strings outside comments: the programs of udev rules and apt hooks."""
    for line in text.splitlines():
        if not line.lstrip().startswith(("#", "//")):
            yield from (match[1].replace('\\"', '"') for match in _QUOTED.finditer(line))


def parse_pam(text: str) -> Iterator[str]:
    """What signing in is made to start, and perhaps is told the password; pam_exec(8)."""
    for match in _PAM_EXEC.finditer(text.replace("\\\n", " ")):
        yield match[1].strip()


def parse_unit(text: str) -> Iterator[str]:
    """What a unit, or a desktop entry, starts."""
    for match in _EXEC.finditer(text.replace("\\\n", " ")):
        yield match[1].strip()


def parse_keys(text: str) -> Iterator[str]:
    """The forced commands of keys; sshd(8)."""
    for match in _KEY.finditer(text):
        yield match[1].replace('\\"', '"')
