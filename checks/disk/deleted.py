"""No deleted file still takes space because a program holds it open."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, GiB, Host, MiB, Record, Unseen, info, warning
from techkit.readings.disk import deleted_files


class Limits(Record, frozen=True):
    """Sizes, and shares of a volume, from which what is held matters; `tight` and `floor` as in disk.space."""

    worth: int = 16 * MiB
    large: int = 10 * GiB
    share: float = 0.1
    tight: float = 0.20
    floor: int = 20 * GiB


def probe(host: Host) -> tuple[deleted_files.Volume, ...]:
    """Look at deleted open files where little space is left; elsewhere they do not matter."""
    return deleted_files.volumes_short(host)


def judge(seen: tuple[deleted_files.Volume, ...], limits: Limits) -> Iterator[Finding | Unseen]:
    """One finding for each program and volume; a volume whose holders may not be looked at is unseen."""
    for volume in seen:
        for held in volume.held:
            facts: dict[str, Fact] = {
                "volume": volume.mount, "program": held.program, "pid": held.pid, "started": held.started,
                "size": held.size, "file": held.file, "files": held.files, "share": held.size / volume.total,
                "total": volume.total, "free": volume.free, "unit": held.unit or None,
            }  # fmt: skip
            subject = f"{held.program} ({held.pid})"
            tight = volume.free < limits.floor and volume.free < volume.total * limits.tight
            if held.size >= limits.large or (tight and held.size >= volume.total * limits.share):
                if held.unit:
                    yield warning("held_by_service", subject, **facts)
                else:
                    yield warning("held", subject, **facts)
            elif held.size >= limits.worth:
                yield info("noted", subject, **facts)
        if volume.unseen:
            yield Unseen(volume.mount, volume.unseen, volume.detail)


CHECK = Check(probe=probe, judge=judge, limits=Limits(), systems=("linux",))
