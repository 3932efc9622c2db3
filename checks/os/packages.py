"""Every installation of a package has come to its end, and nothing stands in the way of the next."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, ProbeError, Reason, Record, attempt, critical, warning
from techkit.readings import packages, servicing

PACMAN_PATIENCE = 3600
DAMAGED = ("os.integrity.damaged", "os.integrity.damaged_no_copy")


class Seen(Record, frozen=True):
    """What is wrong with the package database, and who holds it."""

    system: str
    """dpkg, rpm (which knows no half-installed package), pacman or windows"""
    broken: tuple[packages.Broken, ...] = ()
    interrupted: int = 0
    """steps that dpkg has begun and not written into its database"""
    unmet: tuple[packages.Unmet, ...] = ()
    unlisted: tuple[str, ...] = ()
    lost_links: tuple[tuple[str, str], ...] = ()
    holder: packages.Holder | None = None
    stale_lock: float | None = None
    """age in seconds of pacman's lock that no process holds"""
    windows: servicing.Servicing | None = None
    """what its component store says"""


class Limits(Record, frozen=True):
    """Seconds for which a package manager, or another program, may hold the lock."""

    manager: float = 3600
    other: float = 60


def probe(host: Host) -> Seen:
    """Ask the one package database that this machine has."""
    if host.system == "windows":
        return Seen("windows", windows=servicing.servicing(host))
    if attempt(lambda: host.stat(packages.STATUS)):
        steps = attempt(lambda: host.listdir(packages.UPDATES), [])
        return Seen(
            "dpkg",
            packages.broken(host),
            sum(name.isdigit() for name in steps),
            attempt(lambda: packages.unmet(host), (), Reason.UNRECORDED),
            attempt(lambda: packages.unlisted(host), (), *Reason),
            packages.lost_links(host),
            packages.holder(host),
        )
    if attempt(lambda: host.stat("/var/lib/pacman/local")):
        lock = attempt(lambda: host.stat(packages.PACMAN_LOCK))
        return Seen("pacman", stale_lock=host.now() - lock["modified"] if lock else None)
    if host.which("rpm"):
        return Seen("rpm", holder=packages.holder(host))
    raise ProbeError(Reason.INAPPLICABLE, "no package database that techkit knows")


def judge(seen: Seen, limits: Limits) -> Iterator[Finding]:
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
    yield from _lost(seen)
    if seen.holder:
        own = bool(packages.MANAGERS.match(seen.holder.program))
        patience = 0 if seen.holder.stopped else limits.manager if own else limits.other
        if seen.holder.age > patience or (not own and seen.holder.program):
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
        yield warning("left_lock", packages.PACMAN_LOCK, lock=packages.PACMAN_LOCK, age=seen.stale_lock)
    if seen.windows and seen.windows.markers:
        yield critical("store_damaged", "-", markers=seen.windows.markers)
    elif seen.windows and seen.windows.stuck:
        one = seen.windows
        yield warning("update_stuck", "-", file=one.stuck, written=one.written, exclusive=one.exclusive)


def _lost(seen: Seen) -> Iterator[Finding]:
    """What is gone of packages that are whole by their state."""
    if seen.unlisted:
        name = seen.unlisted[0]
        yield warning("list_missing", name, package=name, packages=seen.unlisted, folder=packages.INFO)
    for path, target in seen.lost_links:
        yield critical("lost_link", path, path=path, target=target)


CHECK = Check(probe=probe, judge=judge, limits=Limits(), blocked_by=DAMAGED)
