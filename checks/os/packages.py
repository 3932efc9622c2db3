"""Every package installation is complete, and nothing blocks the next."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, Record, Unseen, critical, warning
from techkit.readings.os import packages
from techkit.readings.os.package_locks import PACMAN_LOCK, Holder
from techkit.readings.os.packages import Packages

PACMAN_PATIENCE = 3600
DAMAGED = ("os.integrity.damaged", "os.integrity.damaged_no_copy")


class Limits(Record, frozen=True):
    """Seconds for which a package manager, or another program, may hold the lock."""

    manager: float = 3600
    other: float = 60


def probe(host: Host) -> Packages:
    """Ask the one package database that this machine has."""
    return packages.look(host)


def judge(seen: Packages, limits: Limits) -> Iterator[Finding | Unseen]:
    """Half done, interrupted, held, or marked as damaged."""
    if missing := [package for package in seen.broken if package.missing]:
        first = missing[0]
        yield critical("file_missing", first.name, package=first.name, path=first.missing, states=(first.state,))
    elif seen.broken:
        names = tuple(package.name for package in seen.broken)
        states = tuple(sorted({package.state for package in seen.broken}))
        yield critical("broken", ", ".join(names[:3]), packages=names, states=states)
    elif seen.interrupted:
        yield critical("interrupted", "-", steps=seen.interrupted)
    elif seen.unmet:
        names = tuple(dict.fromkeys(one.name for one in seen.unmet))
        needs = tuple(dict.fromkeys(one.needs for one in seen.unmet))
        yield critical("unmet", ", ".join(names[:3]), packages=names, needs=needs)
    if seen.override:
        name, line, path = seen.override.account, seen.override.line, seen.override.path
        yield critical("unknown_account", name, account=name, file=packages.OVERRIDES, line=line, path=path)
    yield from _lost(seen)
    if seen.holder and _holds_long(seen.holder, limits):
        yield warning(
            "locked",
            seen.holder.program or str(seen.holder.pid),
            program=seen.holder.program or None,
            pid=seen.holder.pid,
            name=seen.holder.name or None,
            started=seen.holder.started,
            lock=seen.holder.lock,
            age=seen.holder.age,
        )
    if seen.stale_lock is not None and seen.stale_lock > PACMAN_PATIENCE:
        yield warning("left_lock", PACMAN_LOCK, lock=PACMAN_LOCK, age=seen.stale_lock)
    if seen.windows and seen.windows.markers:
        yield critical("store_damaged", "-", markers=seen.windows.markers)
    elif seen.windows and seen.windows.stuck:
        one = seen.windows
        yield warning("update_stuck", "-", file=one.stuck, written=one.written, exclusive=one.exclusive)
    yield from seen.unseen


def _holds_long(holder: Holder, limits: Limits) -> bool:
    """Whether it blocks for too long: a program that is no package manager should not hold the lock at all."""
    patience = 0 if holder.stopped else limits.manager if holder.manager else limits.other
    return holder.age > patience or (not holder.manager and bool(holder.program))


def _lost(seen: Packages) -> Iterator[Finding]:
    """Missing parts of packages that count as installed."""
    if seen.unlisted:
        name = seen.unlisted[0]
        yield warning("list_missing", name, package=name, packages=seen.unlisted, folder=packages.INFO)
    for path, target in seen.lost_links:
        yield critical("lost_link", path, path=path, target=target)


CHECK = Check(probe=probe, judge=judge, limits=Limits(), blocked_by=DAMAGED)
