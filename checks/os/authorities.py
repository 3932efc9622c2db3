"""The file of trusted certificate authorities, which most programs of Linux read, holds some."""

import posixpath
from collections.abc import Iterator
from functools import partial

from techkit import Check, Finding, Host, ProbeError, Reason, Record, attempt, critical

BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/var/lib/ca-certificates/ca-bundle.pem",
    "/etc/ca-certificates/extracted/tls-ca-bundle.pem",
)
"""Where Debian and Alpine, Fedora and its kin, openSUSE, and Arch keep it."""
MAKERS = ("update-ca-certificates", "update-ca-trust")


class Bundle(Record, frozen=True):
    """The file and its size in bytes; None where it is gone though the tool that makes it is there."""

    file: str
    size: int | None = None


class Limits(Record, frozen=True):
    """In bytes: less than one certificate takes."""

    least: int = 500


def probe(host: Host) -> Bundle:
    """Look at the one that is there, else at what this system would make."""
    for file in BUNDLES:
        if seen := attempt(partial(host.stat, file), {}):
            return Bundle(file, seen["size"])
    if not any(host.which(maker) for maker in MAKERS):
        raise ProbeError(Reason.INAPPLICABLE, "no store of certificate authorities")
    known = (file for file in reversed(BUNDLES) if host.exists(posixpath.dirname(file)))
    return Bundle(next(known, BUNDLES[0]))


def judge(seen: Bundle, limits: Limits) -> Iterator[Finding]:
    """Empty or gone: programs refuse every secure connection."""
    if seen.size is None or seen.size < limits.least:
        yield critical("empty", seen.file, file=seen.file, size=seen.size or 0)


CHECK = Check(probe=probe, judge=judge, limits=Limits(), systems=("linux",))
