"""Whether the database of installed packages can be read."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from techkit.host import ProbeError, attempt
from techkit.model import Reason, Record
from techkit.readings.os import packages

if TYPE_CHECKING:
    from techkit.host import Host

FOLDER = "/var/lib/dpkg"
COPIES = ("/var/lib/dpkg/status-old", "/var/backups/dpkg.status.0")


class Database(Record, frozen=True):
    """The database, its fault, and an existing backup."""

    path: str
    message: str = ""
    copy: str = ""


def database(host: Host) -> Database:
    """Ask dpkg's or rpm's own reader; raises INAPPLICABLE for others."""
    if attempt(lambda: host.stat(FOLDER)):
        return _dpkg(host)
    if host.which("rpm"):
        return _rpm(host)
    raise ProbeError(Reason.INAPPLICABLE, "neither dpkg nor rpm keeps packages here")


def _dpkg(host: Host) -> Database:
    size = attempt(lambda: host.stat(packages.STATUS), {"size": 0})["size"]
    message = "empty"
    if size:
        said = host.run("dpkg-query", "-W", "-f", packages.STATES)
        if not said["code"] and said["out"]:
            return Database(packages.STATUS)
        message = complaint(said["err"]) or "unreadable"
    copy = next((path for path in COPIES if attempt(partial(host.stat, path), {"size": 0})["size"]), "")
    return Database(packages.STATUS, message, copy)


def _rpm(host: Host) -> Database:
    said = host.run("rpm", "-q", "rpm")
    bad = re.search(r"^(?:error: )?(.*(?:rpmdb|Packages|rpmdb\.sqlite).*)$", said["err"], re.MULTILINE)
    return Database("/var/lib/rpm", " ".join(bad[1].split())[:200] if bad else "")


def complaint(text: str) -> str:
    """The first complaint of dpkg, without its program's name."""
    found = re.search(r"error: (.+(?:\n .+)?)", text)
    return " ".join(found[1].split())[:200] if found else ""
