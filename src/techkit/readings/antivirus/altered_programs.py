"""Whether the tools that would reveal an intruder are unmodified."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from techkit.host import ProbeError, attempt
from techkit.model import Reason, Record

if TYPE_CHECKING:
    from techkit.host import Host

INFO = "/var/lib/dpkg/info"
DIVERSIONS = "/var/lib/dpkg/diversions"
WATCHED = {
    "bash": ("bash",),
    "coreutils": ("ls", "md5sum"),
    "findutils": ("find",),
    "iproute2": ("ss",),
    "login": ("login",),
    "lsof": ("lsof",),
    "net-tools": ("netstat",),
    "openssh-server": ("sshd",),
    "passwd": ("passwd",),
    "procps": ("ps", "top"),
    "sudo": ("sudo",),
    "util-linux": ("su",),
}
"""Programs that intruders replace to hide or to read passwords, by Debian package."""


class Changed(Record, frozen=True):
    """A program that differs from its package's."""

    path: str
    package: str


def changed(host: Host) -> tuple[Changed, ...]:
    """Compare dpkg's checksums with the files; INAPPLICABLE without dpkg."""
    if not attempt(partial(host.stat, INFO)):
        raise ProbeError(Reason.INAPPLICABLE, "dpkg is not here")
    diverted = set(attempt(partial(host.read, DIVERSIONS), "").split("\n"))
    wanted: dict[str, tuple[str, str]] = {}
    for package, names in WATCHED.items():
        for path, checksum in parse_md5sums(attempt(partial(host.read, f"{INFO}/{package}.md5sums"), "")).items():
            if path.rpartition("/")[2] in names and "bin/" in path and path not in diverted:
                wanted[path] = (package, checksum)
    if not wanted:
        raise ProbeError(Reason.MISSING, f"{INFO}/*.md5sums")
    said = host.run("md5sum", "--", *wanted)
    found = {path: checksum for path, checksum in parse_md5sum(said["out"]).items() if path in wanted}
    if not found:
        raise ProbeError(Reason.UNREADABLE, "md5sum")
    return tuple(Changed(path, wanted[path][0]) for path, checksum in found.items() if checksum != wanted[path][1])


def parse_md5sums(text: str) -> dict[str, str]:
    """Read a package's own list: `checksum  path`, the path without its first slash."""
    rows = (line.split(None, 1) for line in text.splitlines())
    return {f"/{words[1]}": words[0] for words in rows if len(words) == 2 and len(words[0]) == 32}


def parse_md5sum(text: str) -> dict[str, str]:
    """Read what md5sum prints: `checksum  path`; a file it could not read is not among them."""
    rows = (line.split(None, 1) for line in text.splitlines())
    return {words[1].lstrip("*"): words[0] for words in rows if len(words) == 2 and len(words[0]) == 32}
