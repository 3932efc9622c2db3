"""A processor is there for whoever needs it: nothing runs in circles."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, Record, info, warning
from techkit.readings.hardware import busy_processes
from techkit.readings.hardware.busy_processes import Busy


class Limits(Record, frozen=True):
    """In seconds of age, and in shares of one processor."""

    share: float = busy_processes.WHOLE
    daemon: float = (
        busy_processes.YOUNG
    )  # that long a service without any effect may be busy, with nobody waiting for it
    effectless: float = 300  # any program without any effect
    unseen: float = 1800  # where nobody can see what comes of it


def probe(host: Host) -> tuple[Busy, ...]:
    """Look twice at every process, while the network is being asked."""
    return busy_processes.busy(host)


def judge(seen: tuple[Busy, ...], limits: Limits) -> Iterator[Finding]:
    """Endless: busy all its life and nothing comes of it; what may have its use is worth knowing only."""
    for one in seen:
        facts: dict[str, Fact] = {
            "program": one.process.title, "process": one.process.name, "pid": one.process.pid, "unit": one.unit or None,
            "started": one.process.started, "age": one.age, "share": one.share, "now": one.now,
            "cpu": one.process.cpu, "written": one.written, "connections": one.connections,
        }  # fmt: skip
        if one.share >= limits.share and one.age >= _patience(one, limits):
            yield warning("endless", one.process.title, **facts)
        elif one.now >= limits.share:
            yield info("busy", one.process.title, **facts)


def _patience(one: Busy, limits: Limits) -> float:
    """From what age on a process that is busy all its life has gone astray."""
    if one.idle:
        return limits.daemon if one.daemon and not one.oneshot else limits.effectless
    hidden = one.written is None and not one.terminal
    return limits.unseen if (hidden and one.daemon) or one.process.state == "" else float("inf")


CHECK = Check(probe=probe, judge=judge, limits=Limits())
