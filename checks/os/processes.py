"""No zombies pile up, no process is stuck in the kernel, no service is suspended."""

from collections import Counter
from collections.abc import Iterator

from techkit import Check, Finding, Host, Reason, Record, attempt, critical, warning
from techkit.readings.os import hung_tasks, kernel_log, processes
from techkit.readings.os.processes import Process


class Left(Record, frozen=True):
    """A parent that does not collect its children, and how many have ended."""

    parent: Process
    zombies: int
    names: tuple[str, ...]
    unit: str = ""


class Stuck(Record, frozen=True):
    """A process stuck in the kernel, and for how many seconds at least."""

    process: Process
    waited: int


class Halted(Record, frozen=True):
    """A service that somebody has stopped by a signal: it is there and does nothing."""

    process: Process
    unit: str = ""


class Seen(Record, frozen=True):
    """Parents of zombies, processes that the kernel reported as hung and that still are, suspended services."""

    left: tuple[Left, ...] = ()
    stuck: tuple[Stuck, ...] = ()
    halted: tuple[Halted, ...] = ()
    crowd: tuple[Process, int] | None = None
    """the program that runs most often, its oldest process, and how often"""


class Limits(Record, frozen=True):
    """A few zombies are normal: they live for a moment; no program needs hundreds of copies of itself."""

    zombies: int = 10
    copies: int = 500


def probe(host: Host) -> Seen:
    """Count zombies by parent; read the kernel log only if a process waits in the kernel."""
    found = processes.processes(host)
    known = {process.pid: process for process in found}
    dead = [process for process in found if process.state == "Z" and process.ppid in known]
    left = tuple(
        Left(known[pid], count, _names(dead, pid), processes.unit(host, pid))
        for pid, count in Counter(process.ppid for process in dead).most_common(5)
        if count > 1
    )
    waiting = [process for process in found if process.state == "D"]
    said = hung_tasks.hung(attempt(lambda: kernel_log.kernel_log(host), (), *Reason)) if waiting else ()
    waited = {one.pid: one.seconds for one in said}
    copies = Counter(process.title for process in found if not process.kernel and process.state != "Z")
    title, count = next(iter(copies.most_common(1)), ("", 0))
    oldest = min((one for one in found if one.title == title), key=lambda one: one.started, default=None)
    stopped = [process for process in found if process.state == "T" and process.ppid == 1]
    return Seen(
        left,
        tuple(Stuck(one, waited[one.pid]) for one in waiting if one.pid in waited),
        tuple(Halted(one, processes.unit(host, one.pid)) for one in stopped),
        (oldest, count) if oldest else None,
    )


def _names(dead: list[Process], parent: int) -> tuple[str, ...]:
    return tuple(sorted({process.name for process in dead if process.ppid == parent}))[:5]


def judge(seen: Seen, limits: Limits) -> Iterator[Finding]:
    """Name the parent: only it can remove its zombies."""
    for one in seen.left:
        if one.zombies >= limits.zombies and one.parent.pid != 1:
            yield warning(
                "zombies", one.parent.title, program=one.parent.title, process=one.parent.name, pid=one.parent.pid,
                started=one.parent.started, unit=one.unit or None, zombies=one.zombies, names=one.names,
                limit=limits.zombies,
            )  # fmt: skip
    for two in seen.stuck:
        yield critical("stuck", two.process.title, program=two.process.title, pid=two.process.pid, waited=two.waited)
    if seen.crowd and seen.crowd[1] >= limits.copies:
        first, count = seen.crowd
        yield warning(
            "crowd", first.title, program=first.title, process=first.name, pid=first.pid, started=first.started,
            copies=count, limit=limits.copies,
        )  # fmt: skip
    for three in seen.halted:
        yield critical(
            "halted", three.process.title, program=three.process.title, pid=three.process.pid, unit=three.unit or None
        )


CHECK = Check(probe=probe, judge=judge, limits=Limits(), systems=("linux",))
