"""Programs do not queue up for processors and disks."""

from collections import Counter
from collections.abc import Iterable, Iterator

from techkit import Check, Fact, Finding, Host, Record, warning
from techkit.readings.os import load, processes
from techkit.readings.os.load import Load


class Queue(Record, frozen=True):
    """The load, and who runs (R) or waits for a device (D) at this moment."""

    load: Load
    running: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()


class Limits(Record, frozen=True):
    """Per processor; the last minute tells whether it is still so."""

    five: float = 4.0
    one: float = 2.0
    devices: float = 0.5  # of those that queue


def probe(host: Host) -> Queue:
    """Read two small files; ask who waits only where somebody may."""
    found = load.load(host)
    if found.five < found.processors * Limits().one:
        return Queue(found)
    every = processes.processes(host)
    running = [process.title for process in every if process.state == "R" and not process.own]
    waiting = [process.title for process in every if process.state == "D"]
    return Queue(load.with_pressure(host, found), _most(running), _most(waiting))


def _most(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name, count in Counter(names).most_common(20) for _ in range(min(count, 50)))


def judge(seen: Queue, limits: Limits) -> Iterator[Finding]:
    """High: more programs are at work than the processors can serve; waiting: they wait for a device."""
    now, cores = seen.load, seen.load.processors
    if now.five < limits.five * cores or now.one < limits.one * cores:
        return
    facts: dict[str, Fact] = {
        "load": now.one, "load5": now.five, "load15": now.fifteen, "processors": cores, "limit": limits.five * cores,
        "running": tuple(dict.fromkeys(seen.running)), "waiting": tuple(dict.fromkeys(seen.waiting)),
        "pressure": now.cpu, "pressure_disks": now.io,
    }  # fmt: skip
    if len(seen.waiting) >= limits.devices * now.one:
        yield warning("devices", "load", count=len(seen.waiting), **facts)
    else:
        yield warning("high", "load", **facts)


CHECK = Check(probe=probe, judge=judge, limits=Limits(), systems=("linux",))
