"""Network folders have room left."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, GiB, Host, Record, Unseen, info, warning
from techkit.readings.disk import share_space
from techkit.readings.disk.share_space import Room


class Limits(Record, frozen=True):
    """Higher than for local disks: many people write to a network folder."""

    low: float = 0.15
    floor: int = 20 * GiB
    full: int = 1 * GiB
    """below which large documents can no longer be saved"""


def probe(host: Host) -> tuple[Room, ...]:
    """Ask each network folder that answers."""
    return share_space.room(host)


def judge(seen: tuple[Room, ...], limits: Limits) -> Iterator[Finding | Unseen]:
    """Nearly full hurts whoever saves there; getting full is a note, because others must make room."""
    for one in seen:
        if one.unseen:
            yield Unseen(one.volume, one.unseen, one.device)
        elif one.total and one.free < limits.floor and (share := one.free / one.total) < limits.low:
            facts: dict[str, Fact] = {"volume": one.volume, "device": one.device, "total": one.total, "free": one.free}
            facts |= {"used": 1 - share}
            yield warning("full", one.volume, **facts) if one.free < limits.full else info("low", one.volume, **facts)


CHECK = Check(probe=probe, judge=judge, limits=Limits())
