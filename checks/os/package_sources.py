"""The archives of packages can be read, answer, are trusted, and were asked not long ago."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, ProbeError, Reason, Record, attempt, critical, warning
from techkit.readings import apt, archives, packages, releases, timers

TIMER = "apt-daily.timer"


class Seen(Record, frozen=True):
    """What is wrong with the archives, and when their lists were downloaded."""

    malformed: tuple[apt.Malformed, ...] = ()
    sources: int = 1
    age: float | None = None
    """seconds since the lists were asked for; None where there are none"""
    timer: str = ""
    """masked, disabled or stopped, of the timer that asks; else empty"""
    unsigned: tuple[archives.Unsigned, ...] = ()
    foreign: tuple[apt.Source, ...] = ()
    insecure: bool = False
    """the distribution's own archives are there, and none of them is the one for security updates"""
    codename: str = ""
    silent: tuple[archives.Silent, ...] = ()
    container: bool = False
    bad_settings: tuple[apt.Malformed, ...] = ()
    forbidden: str = ""
    """the file that forbids every package"""
    shut: tuple[tuple[str, int], ...] = ()
    """(keyring, rights) that apt's helper may not read"""


class Limits(Record, frozen=True):
    """Seconds after which the lists are too old to tell of updates."""

    old: float = 30 * 86400


def probe(host: Host) -> Seen:
    """Read the files of sources, keys and lists, and ask each archive whether it is there."""
    if not attempt(lambda: host.stat(packages.STATUS)):
        if not (host.which("dnf") or host.which("yum") or host.which("zypper")):
            raise ProbeError(Reason.INAPPLICABLE, "no package manager whose archives techkit knows")
        return Seen(age=0, unsigned=archives.repositories(host))
    sources, malformed = apt.sources(host)
    names = apt.lists(host)
    have = any("_Packages" in name for name in names)
    age = host.now() - apt.refreshed(host, names) if have else None
    fields = releases.os_release(host)
    codename = fields.get("VERSION_CODENAME", "")
    return Seen(
        malformed,
        len(sources),
        age,
        timers.off(host, TIMER),
        archives.unsigned(host, sources),
        () if apt.preferred(host) else archives.foreign(sources, fields.get("ID", ""), codename),
        archives.insecure(sources, fields),
        codename,
        archives.silent(host, sources),
        bool(host.machine()["container"]),
        apt.bad_settings(host),
        apt.forbidden(host),
        apt.shut_keyrings(host, sources),
    )


def judge(seen: Seen, limits: Limits) -> Iterator[Finding]:
    """Each archive has one fault at most: unreadable, silent, for another release, or not to be trusted."""
    for bad in seen.malformed:
        yield critical("malformed", f"{bad.file}:{bad.line}", file=bad.file, line=bad.line, text=bad.text)
    yield from _settings(seen)
    if not seen.sources and not seen.malformed and not seen.container:
        yield warning("none", "-")
    yield from _silent(seen)
    yield from _unsigned(seen)
    if seen.foreign:
        suites = tuple(dict.fromkeys(source.suite for source in seen.foreign))
        files = tuple(dict.fromkeys(source.file for source in seen.foreign))
        yield warning("other_release", suites[0], suites=suites, files=files, release=seen.codename)
    elif seen.insecure:
        yield warning("no_security", "-")
    if seen.age is None:
        if seen.sources and not seen.container:
            yield warning("never_fetched", "-")
    elif seen.age > limits.old and seen.timer:
        yield warning("stale_timer_off", TIMER, age=seen.age, timer=TIMER, state=seen.timer)
    elif seen.age > limits.old:
        yield warning("stale", "-", age=seen.age)


def _settings(seen: Seen) -> Iterator[Finding]:
    """What stops apt itself."""
    for bad in seen.bad_settings:
        yield critical("bad_settings", bad.file, file=bad.file, line=bad.line, text=bad.text)
    if seen.forbidden:
        yield critical("forbidden", seen.forbidden, file=seen.forbidden)
    for keyring, mode in seen.shut:
        yield critical("key_shut", keyring, keyring=keyring, mode=f"{mode:04o}", wanted=f"{mode | 0o044:04o}")


def _silent(seen: Seen) -> Iterator[Finding]:
    foreign = {(source.uri, source.suite) for source in seen.foreign}
    for silent in seen.silent:
        if silent.status and (silent.uri, silent.suite) not in foreign:
            yield warning("gone", silent.suite, uri=silent.uri, suite=silent.suite, status=silent.status)
    for server, state in dict.fromkeys((silent.host, silent.state) for silent in seen.silent if not silent.status):
        yield warning("unreachable", server, server=server, state=state)


def _unsigned(seen: Seen) -> Iterator[Finding]:
    for ring in seen.unsigned:
        facts: dict[str, Fact] = {"keyring": ring.keyring, "sources": ring.uris}
        if not ring.there:
            yield warning("keyring_missing", ring.keyring, **facts)
        elif ring.expires is None:
            yield warning("key_missing", ring.key, key=ring.key, **facts)
        else:
            yield warning("key_expired", ring.key, key=ring.key, expired=ring.expires, **facts)


CHECK = Check(probe=probe, judge=judge, limits=Limits(), systems=("linux",))
