"""Every array of disks has all its copies."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, Unseen, critical, info
from techkit.readings.disk import arrays


def probe(host: Host) -> arrays.Seen:
    """Ask every array; without one the question does not apply."""
    return arrays.arrays(host)


def judge(seen: arrays.Seen, _: None) -> Iterator[Finding | Unseen]:
    """Broken: data unavailable; degraded: the next failure loses data; rebuilding: recovering."""
    for array in seen.arrays:
        facts: dict[str, Fact] = {
            "array": array.name, "level": array.level, "wanted": array.wanted, "present": array.present,
            "failed": array.failed, "disk": _disk(array.failed[0]) if len(array.failed) == 1 else None,
            "progress": array.progress or None,
        }  # fmt: skip
        if array.state == "broken":
            yield critical("broken", array.name, **facts)
        elif array.state == "degraded" and array.present is not None:
            yield critical("degraded", array.name, **facts)
        elif array.state == "degraded":
            yield critical("incomplete", array.name, **facts)
        elif array.state == "rebuilding":
            yield info("rebuilding", array.name, **facts)
    yield from seen.unseen


def _disk(member: str) -> str:
    """The disk of a member: /dev/sda for /dev/sda1, /dev/nvme0 for /dev/nvme0n1p2."""
    name = member.rpartition("/")[2]
    return f"/dev/{name.partition('n1')[0]}" if name.startswith("nvme") else f"/dev/{name.rstrip('0123456789')}"


CHECK = Check(probe=probe, judge=judge, limits=None)
