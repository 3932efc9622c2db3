"""The archives of apt: their keys, their release, and whether they answer."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import ProbeError, attempt
from techkit.model import Gap, Reason, Record
from techkit.readings.os import apt, apt_settings, openpgp, packages, releases, timers
from techkit.readings.os.apt import Malformed, Source  # noqa: TC001 - msgspec reads the annotations
from techkit.readings.supplements import Supplements

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from techkit.host import Host

TIMER = "apt-daily.timer"
TRUSTED = "/etc/apt/trusted.gpg"
OFFICIAL = {
    "debian": r"https?://[^/]*\bdebian\.org/|https?://[^/]+/debian(-security)?/?$",
    "ubuntu": r"https?://[^/]*\bubuntu\.com/|https?://[^/]+/ubuntu/?$",
}
"""The addresses of a distribution's own archives and their mirrors."""
PATIENCE = 1.5
CODENAMES = {
    "debian": ("jessie", "stretch", "buster", "bullseye", "bookworm", "trixie", "forky", "duke"),
    "ubuntu": (
        "trusty", "xenial", "bionic", "focal", "jammy", "kinetic", "lunar", "mantic", "noble", "oracular", "plucky",
        "questing", "resolute",
    ),
}  # fmt: skip
"""Release code names; a name in neither list (stable, third parties') says nothing about the release."""


class Unsigned(Record, frozen=True):
    """Archives signed by no valid key: `key` and `expires` if the keyring exists."""

    keyring: str
    uris: tuple[str, ...]
    key: str = ""
    expires: float | None = None
    there: bool = True


class Silent(Record, frozen=True):
    """An archive that does not answer, or no longer holds this suite: unresolved, refused, timeout, … or a status."""

    uri: str
    suite: str
    host: str
    state: str
    status: int = 0


class Archives(Record, frozen=True):
    """Faults of the archives, and the age of their lists."""

    malformed: tuple[Malformed, ...] = ()
    sources: int = 1
    age: float | None = None
    """seconds since the lists were asked for; None where there are none"""
    timer: str = ""
    """masked, disabled or stopped, of the timer that asks; else empty"""
    unsigned: tuple[Unsigned, ...] = ()
    discs: tuple[Source, ...] = ()
    """installation discs, from which apt fetches no lists"""
    foreign: tuple[Source, ...] = ()
    insecure: bool = False
    """the distribution's archives are configured, but not its security archive"""
    codename: str = ""
    silent: tuple[Silent, ...] = ()
    container: bool = False
    bad_settings: tuple[Malformed, ...] = ()
    forbidden: str = ""
    """the file that forbids every package"""
    shut: tuple[tuple[str, int], ...] = ()
    """(keyring, rights) that apt's helper may not read"""
    unseen: tuple[Gap, ...] = ()
    """files beside the sources that could not be read"""


def look(host: Host) -> Archives:
    """Read sources, keys and lists, and probe each archive."""
    if not attempt(lambda: host.stat(packages.STATUS)):
        if not (host.which("dnf") or host.which("yum") or host.which("zypper")):
            raise ProbeError(Reason.INAPPLICABLE, "no package manager whose archives techkit knows")
        return Archives(age=0, unsigned=repositories(host))
    more = Supplements(host)
    sources, malformed = apt.sources(host)
    names = apt.lists(host)
    fields = releases.os_release(host)
    codename = fields.get("VERSION_CODENAME", "")
    texts = apt_settings.texts(more)
    hidden = bool(more.unseen)  # one of them may name a proxy
    return Archives(
        malformed,
        len(sources),
        host.now() - apt.refreshed(host, names) if any("_Packages" in name for name in names) else None,
        timers.off(host, TIMER),
        unsigned(host, sources),
        tuple(source for source in sources if source.uri.startswith("cdrom:")),
        () if apt_settings.preferred(host) else foreign(sources, fields.get("ID", ""), codename),
        insecure(sources, fields),
        codename,
        () if hidden else silent(host, sources, apt_settings.merged(texts)),
        bool(host.machine()["container"]),
        apt_settings.bad_settings(texts),
        apt_settings.forbidden(more),
        apt.shut_keyrings(host, more, sources),
        more.unseen,
    )


def unsigned(host: Host, sources: Iterable[Source]) -> tuple[Unsigned, ...]:
    """Find the keyrings that are missing, lack the key of an archive, or hold one that has expired."""
    found: dict[tuple[str, str, float | None, bool], list[str]] = {}
    now = host.now()
    for source in sources:
        if source.trusted or not source.host:
            continue
        text = _release(host, source)
        makers = openpgp.signers(text) if text else ()
        keyring, keys = _keys(host, source)
        if keys is None:
            found.setdefault((keyring, next(iter(makers), ""), None, False), []).append(source.uri)
            continue
        good = [key for key in keys if key.id in makers]
        if not makers or any(not key.expires or key.expires > now for key in good):
            continue
        last = max((key.expires for key in good), default=None)
        found.setdefault((keyring, good[0].id if good else makers[0], last, True), []).append(source.uri)
    return tuple(
        Unsigned(keyring, tuple(dict.fromkeys(uris)), key, expires, there)
        for (keyring, key, expires, there), uris in found.items()
    )


def _release(host: Host, source: Source) -> str:
    """The downloaded signature of an archive: inline, or detached."""
    for ending in ("InRelease", "Release.gpg"):
        if text := attempt(partial(host.read, f"{apt.LISTS}/{source.stem}_{ending}")):
            return str(text)
    return ""


def _keys(host: Host, source: Source) -> tuple[str, tuple[openpgp.Key, ...] | None]:
    """The path and keys of an archive's keyring; None if it is missing."""
    paths = [word for word in source.signed_by if word.startswith("/")]
    if source.signed_by and "BEGIN PGP" in source.signed_by[0]:
        try:
            return source.file, openpgp.keys(re.sub(r"^\s*\.$", "", source.signed_by[0], flags=re.MULTILINE))
        except ValueError:
            return source.file, ()
    if paths:
        there = [path for path in paths if host.exists(path)]
        return (there or paths)[0], sum((_ring(host, path) for path in there), ()) if there else None
    names = attempt(lambda: host.listdir(f"{TRUSTED}.d"), [])
    files = [TRUSTED, *(f"{TRUSTED}.d/{name}" for name in names if name.endswith((".gpg", ".asc")))]
    return f"{TRUSTED}.d", sum((_ring(host, path) for path in files), ())


def _ring(host: Host, path: str) -> tuple[openpgp.Key, ...]:
    """The keys of one file; none where it holds none."""
    text = attempt(lambda: host.read(path), "")
    try:
        return openpgp.keys(text) if text else ()
    except ValueError:
        return ()


def foreign(sources: Sequence[Source], name: str, codename: str) -> tuple[Source, ...]:
    """The distribution's own archives for another release than the installed one."""
    known = CODENAMES.get(name, ())
    if codename not in known:
        return ()
    return tuple(
        source
        for source in sources
        if re.match(OFFICIAL[name], source.uri)
        and (base := re.split(r"[-/]", source.suite)[0]) in known
        and base != codename
    )


def insecure(sources: Sequence[Source], fields: Mapping[str, str]) -> bool:
    """Whether a stable release of Debian or Ubuntu uses its own archives, and not the one for security updates."""
    name, codename = fields.get("ID", ""), fields.get("VERSION_CODENAME", "")
    if codename not in CODENAMES.get(name, ()) or not fields.get("VERSION_ID"):
        return False
    own = [source for source in sources if re.match(OFFICIAL[name], source.uri) and source.suite.startswith(codename)]
    return bool(own) and not any("security" in f"{source.uri} {source.suite}" for source in sources)


def silent(host: Host, sources: Sequence[Source], settings: Mapping[str, str]) -> tuple[Silent, ...]:
    """Request the release file of each archive; nothing behind a proxy."""
    proxies = host.person().get("environment") or {}
    if any(name.startswith("acquire::http") and "proxy" in name for name in settings) or any(
        name.lower() in {"http_proxy", "https_proxy", "all_proxy"} for name in proxies
    ):
        return ()
    asked = [source for source in sources if source.host and re.match(r"https?://", source.uri)]
    return tuple(
        Silent(source.uri, source.suite, source.host, said["state"], said.get("status") or 0)
        for source, said in zip(asked, host.side_by_side(partial(_ask, host, s) for s in asked), strict=True)
        if not isinstance(said, ProbeError) and (said["state"] != "open" or said.get("status"))
    )


def _ask(host: Host, source: Source) -> dict[str, Any]:
    """{state: open, or why not, status: 404 or 410}; for https only the connection is tried."""
    if source.uri.startswith("https"):
        port = re.match(r"https://(?:[^/@]*@)?[^/:]+:(\d+)", source.uri)
        if host.resolve(source.host, timeout=4)["error"] == "unknown":
            return {"state": "unresolved"}
        said = host.connect(source.host, int(port[1]) if port else 443)
        return {"state": said["state"]}
    suite = source.suite
    place = suite if suite.endswith("/") else f"dists/{suite}/"
    said = host.http(f"{source.uri.rstrip('/')}/{place.lstrip('/')}InRelease", timeout=PATIENCE)
    if said["state"] != "answered":
        return {"state": said["state"]}
    if said["status"] in {404, 410}:  # an old archive signs beside its release
        said = host.http(f"{source.uri.rstrip('/')}/{place.lstrip('/')}Release", timeout=PATIENCE)
        return {"state": "open", "status": said["status"] if said["status"] in {404, 410} else 0}
    return {"state": "open"}


def repositories(host: Host) -> tuple[Unsigned, ...]:
    """Enabled archives of dnf and zypper whose key file is missing."""
    found: dict[str, list[str]] = {}
    for folder in ("/etc/yum.repos.d", "/etc/zypp/repos.d"):
        names = attempt(partial(host.listdir, folder), [])
        for name in (name for name in names if name.endswith(".repo")):
            for section, fields in parse_repo(attempt(partial(host.read, f"{folder}/{name}"), "")).items():
                if fields.get("enabled", "1") == "0" or fields.get("gpgcheck", "0") == "0":
                    continue
                for path in re.findall(r"file://(/\S+)", fields.get("gpgkey", "")):
                    if "$" not in path and not host.exists(path):
                        found.setdefault(path, []).append(section)
    return tuple(Unsigned(path, tuple(sections), there=False) for path, sections in found.items())


def parse_repo(text: str) -> dict[str, dict[str, str]]:
    """Read a .repo file of dnf.conf(5): fields by section; a line that begins with a blank goes on."""
    found: dict[str, dict[str, str]] = {}
    fields: dict[str, str] = {}
    name = ""
    for line in text.splitlines():
        if section := re.match(r"\[([^\]]+)\]", line):
            fields = found.setdefault(section[1], {})
        elif line[:1] in {" ", "\t"} and name in fields:
            fields[name] += " " + line.strip()
        elif "=" in line and not line.startswith(("#", ";")):
            name, _, value = (part.strip() for part in line.partition("="))
            fields[name] = value
    return found
