"""The bundle of trusted certificate authorities is not empty."""

import posixpath
from collections.abc import Iterator
from functools import partial

from techkit import Check, Finding, Host, ProbeError, Reason, Record, Unseen, attempt, critical
from techkit.readings.supplements import Supplements

BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/var/lib/ca-certificates/ca-bundle.pem",
    "/etc/ca-certificates/extracted/tls-ca-bundle.pem",
)
"""Its path on Debian and Alpine, Fedora and RHEL, openSUSE, Arch."""
MAKERS = ("update-ca-certificates", "update-ca-trust")


VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "GIT_SSL_CAINFO")
"""Environment variables that name another bundle: OpenSSL, curl, Python's requests, git."""
ENVIRONMENT = "/etc/environment"
MARK = "-----BEGIN "


class Elsewhere(Record, frozen=True):
    """A variable that names a missing path; `file`: where it is set, empty for the session."""

    variable: str
    target: str
    file: str = ""


class Bundle(Record, frozen=True):
    """The file and its size in bytes; None if it is missing although its tool is installed."""

    file: str
    size: int | None = None
    certificates: bool = True
    """whether there is one in it"""
    elsewhere: tuple[Elsewhere, ...] = ()
    unseen: tuple[Unseen, ...] = ()


class Limits(Record, frozen=True):
    """In bytes: smaller than any certificate."""

    least: int = 500


def probe(host: Host) -> Bundle:
    """Look at the existing one, else at the path that this system would use."""
    for file in BUNDLES:
        if seen := attempt(partial(host.stat, file), {}):
            more = Supplements(host)
            text = more.ask(partial(host.read, file), MARK, file)
            return Bundle(file, seen["size"], MARK in text, _elsewhere(host, more), more.unseen)
    if not any(host.which(maker) for maker in MAKERS):
        raise ProbeError(Reason.INAPPLICABLE, "no store of certificate authorities")
    known = (file for file in reversed(BUNDLES) if host.exists(posixpath.dirname(file)))
    return Bundle(next(known, BUNDLES[0]))


def _elsewhere(host: Host, more: Supplements) -> tuple[Elsewhere, ...]:
    """Variables of the session, or of /etc/environment, that name a missing path."""
    lines = (line.removeprefix("export ").partition("=") for line in more.read(ENVIRONMENT).splitlines())
    told = {name.strip(): value.strip().strip("\"'") for name, _, value in lines}
    mine: dict[str, str] = host.person()["environment"]
    found = []
    for name in VARIABLES:
        target = told.get(name) or mine.get(name) or ""
        if target.startswith("/") and not attempt(partial(host.there, target), True, *Reason):  # noqa: FBT003 - doubt is there
            found.append(Elsewhere(name, target, ENVIRONMENT if told.get(name) else ""))
    return tuple(found)


def judge(seen: Bundle, limits: Limits) -> Iterator[Finding | Unseen]:
    """Empty or gone: programs refuse every secure connection."""
    if seen.size is None or seen.size < limits.least:
        yield critical("empty", seen.file, file=seen.file, size=seen.size or 0)
    elif not seen.certificates:
        yield critical("damaged", seen.file, file=seen.file, size=seen.size)
    for one in seen.elsewhere:
        yield critical("elsewhere", one.variable, variable=one.variable, target=one.target, file=one.file or None)
    yield from seen.unseen


CHECK = Check(probe=probe, judge=judge, limits=Limits(), systems=("linux",))
