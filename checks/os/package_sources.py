"""The package archives are readable, reachable, trusted and recently queried."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, Record, Unseen, critical, warning
from techkit.readings.os import apt_archives
from techkit.readings.os.apt_archives import TIMER, Archives


class Limits(Record, frozen=True):
    """Seconds after which the lists are too old to tell of updates."""

    old: float = 30 * 86400


def probe(host: Host) -> Archives:
    """Read what tells of them, and ask each whether it is there."""
    return apt_archives.look(host)


def judge(seen: Archives, limits: Limits) -> Iterator[Finding | Unseen]:
    """Each archive has one fault at most: unreadable, silent, for another release, or not to be trusted."""
    for bad in seen.malformed:
        yield critical("malformed", f"{bad.file}:{bad.line}", file=bad.file, line=bad.line, text=bad.text)
    yield from _settings(seen)
    if seen.discs:
        files = tuple(dict.fromkeys(source.file for source in seen.discs))
        yield warning("disc", files[0], file=files[0], files=files, uri=seen.discs[0].uri)
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
    yield from seen.unseen


def _settings(seen: Archives) -> Iterator[Finding]:
    """What stops apt itself."""
    for bad in seen.bad_settings:
        yield critical("bad_settings", bad.file, file=bad.file, line=bad.line, text=bad.text)
    if seen.forbidden:
        yield critical("forbidden", seen.forbidden, file=seen.forbidden)
    for keyring, mode in seen.shut:
        yield critical("key_shut", keyring, keyring=keyring, mode=f"{mode:04o}", wanted=f"{mode | 0o044:04o}")


def _silent(seen: Archives) -> Iterator[Finding]:
    foreign = {(source.uri, source.suite) for source in seen.foreign}
    for silent in seen.silent:
        if silent.status and (silent.uri, silent.suite) not in foreign:
            yield warning("gone", silent.suite, uri=silent.uri, suite=silent.suite, status=silent.status)
    for server, state in dict.fromkeys((silent.host, silent.state) for silent in seen.silent if not silent.status):
        yield warning("unreachable", server, server=server, state=state)


def _unsigned(seen: Archives) -> Iterator[Finding]:
    for ring in seen.unsigned:
        facts: dict[str, Fact] = {"keyring": ring.keyring, "sources": ring.uris}
        if not ring.there:
            yield warning("keyring_missing", ring.keyring, **facts)
        elif ring.expires is None:
            yield warning("key_missing", ring.key, key=ring.key, **facts)
        else:
            yield warning("key_expired", ring.key, key=ring.key, expired=ring.expires, **facts)


CHECK = Check(probe=probe, judge=judge, limits=Limits(), systems=("linux",))
