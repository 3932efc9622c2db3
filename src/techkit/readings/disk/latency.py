"""How long disks take: their averages since the start, programs that hung on them, limits that were set on purpose."""

from __future__ import annotations

import posixpath
import re
from functools import partial
from typing import TYPE_CHECKING

from techkit.host import ProbeError, attempt
from techkit.model import Reason, Record
from techkit.readings.disk import block_devices
from techkit.readings.os import kernel_log

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from techkit.host import Host
    from techkit.readings.os.kernel_log import Message

OTHERS = re.compile(r"(dm-|drbd|fd|loop|md|mtdblock|nbd|ram|rbd|sr|zd|zram)\d*")
"""Devices that are not disks: mappings, loop devices, media drives, network block devices."""
GROUPS = "/sys/fs/cgroup"
SUSPICIOUS = 50
"""Milliseconds from which to ask whether the disk is a stick or a card, which are slow by nature."""
_HUNG = re.compile(r"INFO: task (?P<program>.+?):\d+ blocked for more than (?P<seconds>\d+) seconds")


class Disk(Record, frozen=True):
    """Transfers of one disk, and milliseconds per transfer."""

    disk: str
    transfers: int
    milliseconds: float
    busy: float | None = None
    """the share of the time in which it had something to do"""


class Throttle(Record, frozen=True):
    """A throttling limit on a disk; bytes or transfers per second."""

    disk: str
    group: str
    bytes: int | None = None
    transfers: int | None = None


class Latency(Record, frozen=True):
    """What is known without waiting."""

    disks: tuple[Disk, ...] = ()
    throttles: tuple[Throttle, ...] = ()
    hung: tuple[str, ...] = ()
    """programs that the kernel saw waiting for minutes"""
    hung_seconds: int = 0


def latency(host: Host) -> Latency:
    """Averages since boot, limits, and kernel messages, as far as available."""
    every = parse_diskstats(host.read("/proc/diskstats"))
    disks = tuple(disk for disk in every if disk.milliseconds < SUSPICIOUS or not _is_removable(host, disk.disk))
    try:
        hung, seconds = parse_hung(kernel_log.kernel_log(host))
    except ProbeError:
        hung, seconds = (), 0
    return Latency(disks, tuple(_throttles(host)), hung, seconds)


def sampled(host: Host, seconds: float) -> tuple[Disk, ...]:
    """What each disk does now, sampled."""
    said = host.sample("disks", seconds)
    if host.system == "windows" and not said["disks"]:
        raise ProbeError(Reason.UNREADABLE, "disks")
    found = []
    for name, row in sorted(said["disks"].items()):
        if host.system != "windows" and not _is_disk(name):
            continue
        transfers = row["reads"] + row["writes"]
        took = (row["reading"] + row["writing"]) / transfers if transfers else 0.0
        busy = min(1.0, row["busy"] / 1000 / said["seconds"]) if row.get("busy") is not None else None
        found.append(Disk(_named(name), transfers, took, busy))
    return tuple(found)


def parse_diskstats(text: str) -> tuple[Disk, ...]:
    """/proc/diskstats, Documentation/admin-guide/iostats.rst; partitions are left out."""
    found = []
    for line in text.splitlines():
        words = line.split()
        if len(words) < 14 or not _is_disk(words[2]):
            continue
        counts = [words[place] for place in (3, 6, 7, 10)]
        if not all(map(str.isdecimal, counts)):
            continue
        reads, reading, writes, writing = map(int, counts)
        if transfers := reads + writes:
            found.append(Disk(_named(words[2]), transfers, (reading + writing) / transfers))
    return tuple(found)


def _is_disk(name: str) -> bool:
    part = re.fullmatch(r"(sd|hd|vd|xvd)[a-z]+\d+|(nvme\d+n\d+|mmcblk\d+)(p\d+|boot\d+|rpmb)", name)
    return not part and not OTHERS.fullmatch(name)


def _is_removable(host: Host, disk: str) -> bool:
    name = posixpath.basename(disk)
    removable = attempt(partial(host.read, f"/sys/block/{name}/removable"), "", *Reason).strip() == "1"
    return removable or name.startswith("mmcblk")


def _named(name: str) -> str:
    """As disk.health names them."""
    return name if name.startswith("PhysicalDrive") else f"/dev/{block_devices.controller(name)}"


def parse_hung(log: Iterable[Message]) -> tuple[tuple[str, ...], int]:
    """(the programs, the longest wait in seconds)."""
    found = [match for line in log if (match := _HUNG.search(line.text))]
    names = tuple(dict.fromkeys(match["program"] for match in found))
    return names, max((int(match["seconds"]) for match in found), default=0)


# ---------------------------------------------------------------------- limits
def _throttles(host: Host) -> Iterator[Throttle]:
    """Limits of our control groups and the top-level slices: io.max, or the older blkio.throttle."""
    own = re.search(r"^0::/(.*)$", attempt(partial(host.read, "/proc/self/cgroup"), "", *Reason), re.MULTILINE)
    steps = own[1].strip("/").split("/") if own and own[1].strip("/") else []
    groups = ["/".join(steps[:depth]) for depth in range(1, len(steps) + 1)]
    for group in dict.fromkeys((*groups, "system.slice", "user.slice", "machine.slice")):
        text = attempt(partial(host.read, f"{GROUPS}/{group}/io.max"), "", *Reason)
        for number, size, transfers in parse_limits(text):
            yield Throttle(_by_number(host, number), group, size, transfers)
    for direction in ("read", "write"):
        path = f"{GROUPS}/blkio/blkio.throttle.{direction}_bps_device"
        for number, size, _ in parse_limits(attempt(partial(host.read, path), "", *Reason)):
            yield Throttle(_by_number(host, number), "blkio", size)


def parse_limits(text: str) -> tuple[tuple[str, int | None, int | None], ...]:
    """(major:minor, the least bytes a second, the least transfers): `8:0 rbps=1048576 wbps=max …`, `8:0 1048576`."""
    found = []
    for line in text.splitlines():
        number, *words = line.split()
        told = dict(word.split("=", 1) for word in words if "=" in word)
        if words and words[0].isdigit():
            told = {"rbps": words[0]}
        sizes = [int(told[key]) for key in ("rbps", "wbps") if told.get(key, "").isdigit()]
        counts = [int(told[key]) for key in ("riops", "wiops") if told.get(key, "").isdigit()]
        if sizes or counts:
            found.append((number, min(sizes, default=None), min(counts, default=None)))
    return tuple(found)


def _by_number(host: Host, number: str) -> str:
    link = attempt(partial(host.stat, f"/sys/dev/block/{number}"), {}, *Reason).get("link")
    return f"/dev/{block_devices.controller(posixpath.basename(link))}" if link else number
