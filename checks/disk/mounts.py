"""Every volume that is meant to be there is mounted."""

import re
from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, Record, attempt, critical, warning
from techkit.readings import fstab, volumes

BY = {"UUID": "by-uuid", "LABEL": "by-label", "PARTUUID": "by-partuuid", "PARTLABEL": "by-partlabel"}
"""Folders of /dev/disk by the word in fstab."""
SWAP = {"swap", "none"}


class Entry(Record, frozen=True):
    """One line of fstab that does not hold; `device_there` is None where it cannot be told."""

    line: int
    volume: str = ""
    device: str = ""
    filesystem: str = ""
    device_there: bool | None = None
    folder_there: bool = True
    type_known: bool = True
    broken: str = ""
    network: bool = False


class Seen(Record, frozen=True):
    """The lines of fstab that do not hold."""

    file: str
    entries: tuple[Entry, ...]


def probe(host: Host) -> Seen:
    """Compare fstab with what is mounted; only what is missing is looked at."""
    mounted = {mount.mount for mount in volumes.mounts(host)}
    lines = fstab.entries(host)
    missing = [line for line in lines if line.broken or (line.expected and line.mount not in mounted)]
    kinds = _types(host) if missing else set()
    return Seen(fstab.PATH, tuple(_look(host, line, kinds) for line in missing if line.filesystem not in SWAP))


def _types(host: Host) -> set[str]:
    """The file systems that the kernel knows now."""
    return {words[-1] for line in host.read("/proc/filesystems").splitlines() if (words := line.split())}


def _look(host: Host, line: fstab.Entry, kinds: set[str]) -> Entry:
    if line.broken:
        return Entry(line.line, broken=line.broken)
    network = line.filesystem in volumes.NETWORK
    known = line.filesystem in kinds | volumes.LOCAL | volumes.NETWORK or line.filesystem.startswith(("fuse", "auto"))
    return Entry(
        line.line,
        line.mount,
        line.device,
        line.filesystem,
        device_there=None if network else _there(host, line.device),
        folder_there=attempt(lambda: host.stat(line.mount)) is not None,
        type_known=known,
        network=network,
    )


def _there(host: Host, device: str) -> bool | None:
    """Whether a device exists; None for what is no device, and where the machine keeps no list of them."""
    word, _, value = device.partition("=")
    if word in BY:
        value = value.strip('"')
        names = attempt(lambda: host.listdir(f"/dev/disk/{BY[word]}"))
        if names is not None:
            return value.casefold() in {_plain(name).casefold() for name in names}
        answer = attempt(lambda: host.run("blkid", "-t", f"{word}={value}", "-o", "device"))
        return None if answer is None else bool(answer["out"].strip())
    if device.startswith("/dev/"):
        return attempt(lambda: host.stat(device)) is not None
    return None


def _plain(name: str) -> str:
    """A label as udev writes it, read back."""
    return re.sub(r"\\x([0-9a-fA-F]{2})", lambda match: chr(int(match[1], 16)), name)


def judge(seen: Seen, _: None) -> Iterator[Finding]:
    """A line that cannot be read, a device that is gone, or a volume that is merely not mounted."""
    for entry in seen.entries:
        facts: dict[str, Fact] = {"file": seen.file, "line": entry.line, "device": entry.device}
        facts |= {"volume": entry.volume or None, "filesystem": entry.filesystem}
        if entry.broken or not entry.type_known:
            yield warning("broken_line", f"{seen.file}:{entry.line}", **facts, text=entry.broken or entry.filesystem)
        elif entry.device_there is False:
            yield critical("device_absent", entry.volume, **facts)
        elif not entry.folder_there:
            yield warning("folder_absent", entry.volume, **facts)
        elif entry.network:
            yield critical("share_missing", entry.volume, **facts)
        else:
            yield critical("missing", entry.volume, **facts)


CHECK = Check(probe=probe, judge=judge, limits=None, systems=("linux",))
