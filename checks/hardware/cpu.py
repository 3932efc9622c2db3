"""No process keeps a processor busy to no effect."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, Record, info, warning
from techkit.readings.hardware import busy_processes
from techkit.readings.hardware.busy_processes import Busy


class Limits(Record, frozen=True):
    """In seconds of age, and in shares of one processor."""

    share: float = busy_processes.WHOLE
    daemon: float = busy_processes.YOUNG  # a service may be busy to no effect that long
    effectless: float = 300  # any program without visible effect
    unseen: float = 1800  # a program whose effect cannot be seen


def probe(host: Host) -> tuple[Busy, ...]:
    """Sample every process twice, while the network checks wait."""
    return busy_processes.busy(host)


def judge(seen: tuple[Busy, ...], limits: Limits) -> Iterator[Finding]:
    """Endless: busy all its life to no effect; what may be useful is only a note."""
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
    """The age from which a process that is always busy counts as runaway."""
    if one.idle:
        return limits.daemon if one.daemon and not one.oneshot else limits.effectless
    hidden = one.written is None and not one.terminal
    return limits.unseen if (hidden and one.daemon) or one.process.state == "" else float("inf")


CHECK = Check(probe=probe, judge=judge, limits=Limits())
