"""Updates come to this machine, and their installation succeeds."""

from collections.abc import Iterator

from techkit import (
    Check,
    Fact,
    Finding,
    Host,
    MiB,
    ProbeError,
    Reason,
    Record,
    Severity,
    Unseen,
    attempt,
    info,
    warning,
)
from techkit.readings.os import apt_settings, packages, timers, updates


class Seen(Record, frozen=True):
    """The results of the last updates, and what blocks the next ones."""

    failures: tuple[updates.Failure, ...] = ()
    timer: str = ""
    """masked or disabled, of the timer that installs what this machine is set to install by itself"""
    disabled: tuple[str, ...] = ()
    paused: float | None = None
    """seconds until Windows asks again"""
    paused_until: float | None = None
    forbidden: bool = False
    age: float | None = None
    """seconds since the newest update of Windows was installed"""
    server: str = ""
    """the company's own update server, and what a connection to it came to"""
    answer: str = ""
    unseen: tuple[Unseen, ...] = ()


class Limits(Record, frozen=True):
    """In seconds: the age of the newest update (they come monthly), and the length of a pause."""

    old: float = 60 * 86400
    missed: float = 36 * 86400
    pause: float = 36 * 86400  # Windows itself offers five weeks
    room: int = 15 * MiB  # that Microsoft asks for on the partition that Windows starts from


def probe(host: Host) -> Seen:
    """Ask unattended-upgrades, or Windows."""
    if host.system == "windows":
        said = updates.windows(host)
        now = host.now()
        paused = said.paused_until - now if said.paused_until and said.paused_until > now else None
        age = now - said.newest if said.newest else None
        more = (said.forbidden, age, said.server, said.answer, said.unseen)
        return Seen(said.failures, "", said.disabled, paused, said.paused_until, *more)
    if not attempt(lambda: host.stat(packages.STATUS)) or not apt_settings.automatic(host):
        raise ProbeError(Reason.INAPPLICABLE, "this machine is not set to install updates by itself")
    failure = updates.last_run(host)
    return Seen((failure,) if failure else (), timers.off(host, updates.TIMER))


def judge(seen: Seen, limits: Limits) -> Iterator[Finding | Unseen]:
    """Failures with their error; blockers only if nothing has failed."""
    for failure in seen.failures:
        yield _failing(failure, limits)
    if seen.server and seen.answer != "open":
        severity = Severity.WARNING if seen.age is not None and seen.age > limits.missed else Severity.INFO
        yield Finding("server_silent", severity, seen.server, {"server": seen.server, "state": seen.answer or None})
    if seen.timer:
        yield warning("timer_off", updates.TIMER, timer=updates.TIMER, state=seen.timer)
    for unit in seen.disabled[:1]:  # the next one shows after this one is fixed
        yield warning("service_off", unit, unit=unit, others=seen.disabled[1:])
    if seen.paused is not None and seen.paused > limits.pause:
        yield warning("paused_long", "-", until=seen.paused_until, left=seen.paused)
    elif seen.paused is not None:
        yield info("paused", "-", until=seen.paused_until)
    if seen.forbidden:
        yield info("forbidden", "-")
    if seen.age is not None and seen.age > limits.old:
        yield warning("old", "-", age=seen.age)
    yield from seen.unseen


def _failing(failure: updates.Failure, limits: Limits) -> Finding:
    """Each remedy needs its own code."""
    if not failure.code:
        return warning("failing", "-", last=failure.last, message=failure.message or None)
    facts: dict[str, Fact] = {"code": failure.code, "updates": failure.titles, "last": failure.last}
    match updates.cure(failure.code, failure.titles):
        case "unreached":
            return warning("failing_unreached", failure.code, **facts)
        case "full":
            return warning("failing_full", failure.code, **facts)
        case "store":
            return warning("failing_store", failure.code, **facts)
        case "download":
            return warning("failing_download", failure.code, **facts)
        case "restart":
            return warning("failing_restart", failure.code, **facts)
        case "partition":
            return warning("failing_partition", failure.code, **facts, room=None, limit=limits.room)
        case "installers" if failure.room is not None and failure.room < limits.room:
            return warning("failing_partition", failure.code, **facts, room=failure.room, limit=limits.room)
        case "installers":
            return warning("failing_installers", failure.code, **facts)
        case _:
            return warning("failing_windows", failure.code, **facts)


CHECK = Check(probe=probe, judge=judge, limits=Limits())
