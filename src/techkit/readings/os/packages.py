"""The state of a machine's package database."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from techkit.host import ProbeError, attempt
from techkit.model import Gap, Reason, Record
from techkit.readings.os import component_store, package_locks
from techkit.readings.os.component_store import Servicing  # noqa: TC001 - as above
from techkit.readings.os.package_locks import Holder  # noqa: TC001 - msgspec reads the annotations
from techkit.readings.supplements import Supplements

if TYPE_CHECKING:
    from techkit.host import Host

STATUS = "/var/lib/dpkg/status"
UPDATES = "/var/lib/dpkg/updates"
OVERRIDES = "/var/lib/dpkg/statoverride"
STATES = "${Package} ${db:Status-Status}\\n"
NEEDS = "${Package}\\t${db:Status-Status}\\t${Provides}\\t${Pre-Depends},${Depends}\\n"
VERSIONS = "${Package} ${db:Status-Want} ${db:Status-Status} ${Version}\\n"
WHOLE = {"installed", "triggers-awaited", "triggers-pending"}
PACMAN = "/var/lib/pacman/local"
INFO = "/var/lib/dpkg/info"
PROGRAMS = "/usr/bin"
LINKS = ("python3", "python", "perl", "sh", "awk", "env", "bash", "editor", "pager", "vi", "java", "nc", "which")
"""Programs that are links on many systems, and that others call by this name."""
FEW = 5
_NAME = re.compile(r"(?:^|[,|])\s*([a-z0-9][a-z0-9+.-]+)")
_ETC = re.compile(r"/etc/[\w./+@-]+")
_NEEDED = re.compile(
    r"(?:(?:\btest|\[)\s+-[efrs]\s+|(?:^|[;\s])\.\s+|\b(?:source|cat|grep \S+)\s+)[\"']?(/etc/[\w./+@-]+)"
)
BROKEN = {"half-installed", "half-configured", "unpacked"}
"""States of a package, dpkg-query(1); one that only waits for triggers is well."""


class Broken(Record, frozen=True):
    """One incompletely installed package; `missing`: a file that its script needs."""

    name: str
    state: str
    missing: str = ""


class Unmet(Record, frozen=True):
    """An installed package with unmet dependencies."""

    name: str
    needs: str


class Override(Record, frozen=True):
    """A line of dpkg's own rights that names an account, or a group, that does not exist: dpkg then does nothing."""

    line: str
    account: str
    path: str


class Packages(Record, frozen=True):
    """Faults of the package database, and the holder of its lock."""

    system: str
    """dpkg, rpm (which knows no half-installed package), pacman or windows"""
    broken: tuple[Broken, ...] = ()
    interrupted: int = 0
    """dpkg's unmerged update files"""
    unmet: tuple[Unmet, ...] = ()
    unlisted: tuple[str, ...] = ()
    lost_links: tuple[tuple[str, str], ...] = ()
    holder: Holder | None = None
    stale_lock: float | None = None
    """age in seconds of pacman's lock that no process holds"""
    override: Override | None = None
    windows: Servicing | None = None
    """what its component store says"""
    unseen: tuple[Gap, ...] = ()


def look(host: Host) -> Packages:
    """Ask the one package database that this machine has."""
    if host.system == "windows":
        return Packages("windows", windows=component_store.servicing(host))
    if attempt(lambda: host.stat(STATUS)):
        return _dpkg(host)
    if attempt(lambda: host.stat(PACMAN)):
        return Packages("pacman", stale_lock=package_locks.stale(host))
    if host.which("rpm"):
        return Packages("rpm", holder=package_locks.holder(host))
    raise ProbeError(Reason.INAPPLICABLE, "no package database that techkit knows")


def _dpkg(host: Host) -> Packages:
    more = Supplements(host)
    steps = attempt(lambda: host.listdir(UPDATES), [])
    return Packages(
        "dpkg",
        broken(host),
        sum(name.isdigit() for name in steps),
        attempt(lambda: unmet(host), (), Reason.UNRECORDED),
        more.ask(lambda: unlisted(host), (), INFO),
        lost_links(host, more),
        package_locks.holder(host),
        override=override(host, more),
        unseen=more.unseen,
    )


def override(host: Host, more: Supplements) -> Override | None:
    """The first line of dpkg-statoverride(1) whose account or group is in neither list."""
    for line in more.read(OVERRIDES).splitlines():
        words = line.split(None, 3)
        if len(words) < 4:
            continue
        for name, file in zip(words, ("/etc/passwd", "/etc/group"), strict=False):
            known = attempt(partial(host.read, file), "", *Reason)
            if known and not name.startswith("#") and not re.search(rf"^{re.escape(name)}:", known, re.MULTILINE):
                return Override(line.strip(), name, words[3])
    return None


def broken(host: Host) -> tuple[Broken, ...]:
    """The packages of dpkg's database that are neither whole nor absent, a few of them with what their script needs."""
    found = parse_status(_rows(host, STATES))
    return tuple(_explained(host, package) if place < FEW else package for place, package in enumerate(found))


def _explained(host: Host, package: Broken) -> Broken:
    """Find a missing file that the failed maintainer script needs."""
    if package.state != "half-configured":
        return package
    script = attempt(lambda: host.read(f"{INFO}/{package.name}.postinst"), "", Reason.MISSING, Reason.FORBIDDEN)
    missing = [path for path in needs(script) if not attempt(partial(host.exists, path), path, *Reason)]
    return Broken(package.name, package.state, missing[0] if len(missing) == 1 else "")


def needs(script: str) -> tuple[str, ...]:
    """Files under /etc that a shell script unconditionally tests or reads."""
    optional: set[str] = set()
    found: list[str] = []
    for line in (line.strip() for line in script.splitlines()):
        paths = _NEEDED.findall(line)
        if re.match(r"(el)?if\b|while\b|!", line) or re.search(r"&&|\|\|\s*(true|:|return|exit 0)\b", line):
            optional.update(_ETC.findall(line))
        elif not line.startswith("#"):
            found += paths
    return tuple(dict.fromkeys(path for path in found if path not in optional))


def unmet(host: Host) -> tuple[Unmet, ...]:
    """Unmet dependencies of installed packages, which block every installation."""
    return parse_needs(_rows(host, NEEDS))


def parse_needs(text: str) -> tuple[Unmet, ...]:
    """A package a line: name, state, what it provides, what it needs; versions are left to apt."""
    rows = [line.split("\t") for line in text.splitlines()]
    rows = [row for row in rows if len(row) == 4 and row[1] in WHOLE | BROKEN]
    there = {row[0] for row in rows} | {name for row in rows for name in _NAME.findall(row[2])}
    found: list[Unmet] = []
    for name, state, _, wanted in rows:
        for clause in wanted.split(",") if state in WHOLE else ():
            names = _NAME.findall(clause)
            if names and there.isdisjoint(names):
                found.append(Unmet(name, " | ".join(names)))
    return tuple(found)


def installed(host: Host) -> dict[str, str]:
    """Versions by name, of the packages that are installed and not held."""
    return parse_installed(_rows(host, VERSIONS))


def _rows(host: Host, form: str) -> str:
    said = host.run("dpkg-query", "-W", "-f", form)
    if said["code"] or not said["out"]:
        raise ProbeError(Reason.UNREADABLE, "dpkg-query")
    return str(said["out"])


def parse_status(text: str) -> tuple[Broken, ...]:
    """Packages by their state, a line each: `name state`."""
    rows = (line.split() for line in text.splitlines())
    return tuple(Broken(words[0], words[1]) for words in rows if len(words) == 2 and words[1] in BROKEN)


def parse_installed(text: str) -> dict[str, str]:
    """Versions by name, a line each: `name wanted state version`."""
    rows = (line.split() for line in text.splitlines())
    return {words[0]: words[3] for words in rows if len(words) == 4 and words[1] == "install" and words[2] in WHOLE}


def unlisted(host: Host) -> tuple[str, ...]:
    """Installed packages whose file list is missing, so that dpkg cannot upgrade or remove them."""
    there = {name.removesuffix(".list").partition(":")[0] for name in host.listdir(INFO) if name.endswith(".list")}
    rows = (line.split() for line in _rows(host, STATES).splitlines())
    return tuple(row[0] for row in rows if len(row) == 2 and row[1] in WHOLE and row[0] not in there)


def lost_links(host: Host, more: Supplements) -> tuple[tuple[str, str], ...]:
    """(link, target) of broken links to programs that the system calls by this name."""
    there = set(more.listdir(PROGRAMS))
    found = []
    for name in LINKS:
        path = f"{PROGRAMS}/{name}"
        if name in there and not attempt(partial(host.there, path), True, *Reason):  # noqa: FBT003 - doubt is there
            said = attempt(partial(host.run, "readlink", path), {"out": ""}, *Reason)
            found.append((path, str(said["out"]).strip()))
    return tuple(found)
