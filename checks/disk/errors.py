"""No file system and no disk has reported errors."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, Record, Unseen, critical, info, warning
from techkit.readings.disk import errors


class Limits(Record, frozen=True):
    """How many link errors are tolerated: a few happen at boot or when a plug moves."""

    link: int = 2


def probe(host: Host) -> errors.Errors:
    """Read the kernel's messages, and what file systems remember."""
    return errors.errors(host)


def judge(seen: errors.Errors, limits: Limits) -> Iterator[Finding | Unseen]:
    """Damaged: errors since boot; remembered: since the last check; errors of the disk; errors of its link."""
    for system in seen.systems:
        yield _of_system(system)
    for device in seen.devices:
        facts: dict[str, Fact] = {"disk": device.disk, "count": device.count, "message": device.message}
        if device.gone:
            yield info("unplugged", device.disk, **facts)
        elif device.link:
            if device.count > limits.link:
                yield warning("link", device.disk, **facts, limit=limits.link)
        elif device.medium:
            yield critical("unreadable", device.disk, **facts)
        else:
            yield critical("device", device.disk, **facts)
    if seen.unseen:
        yield Unseen("/dev/kmsg", seen.unseen, seen.detail)
    yield from seen.hidden


def _of_system(system: errors.System) -> Finding:
    """An ext file system that can be unmounted has its own code, because techkit can check it at once."""
    subject = system.volume or system.device
    facts: dict[str, Fact] = {
        "volume": system.volume or None, "device": system.device, "filesystem": system.filesystem, "disk": system.disk,
        "count": system.count, "function": system.function or None, "message": system.message or None,
        "options": system.options,
    }  # fmt: skip
    if system.filesystem == "btrfs" and not system.active:
        return warning("counted", subject, **facts)
    if system.filesystem not in errors.EXT or not system.volume or system.volume in errors.SYSTEM:
        return critical("damaged", subject, **facts) if system.active else warning("remembered", subject, **facts)
    if system.active:
        return critical("damaged_ext", subject, **facts)
    return warning("remembered_ext", subject, **facts)


CHECK = Check(probe=probe, judge=judge, limits=Limits())
