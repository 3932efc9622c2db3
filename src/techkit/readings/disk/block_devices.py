"""Block devices of a Linux machine: which are real disks, and which disk a volume lies on; sysfs(5)."""

from __future__ import annotations

import posixpath
import re
from functools import partial
from typing import TYPE_CHECKING

from techkit.host import attempt
from techkit.model import Reason

if TYPE_CHECKING:
    from collections.abc import Callable

    from techkit.host import Answer, Host

VIRTUAL = re.compile(r"(bcache|dm-|drbd|fd|loop|md|mmcblk|mtdblock|nbd|ram|rbd|sr|ublkb|vd|xvd|zd|zram)\d*")
"""Names of devices without health data of their own: mappings, virtual disks, cards, optical drives."""
EMULATED = re.compile(r"QEMU|VBOX|VMware|Virtual|Amazon Elastic|PersistentDisk|EphemeralDisk|nvme_card", re.IGNORECASE)
"""Models that virtual machines and clouds show for a disk."""
LAYERS = 8
"""Layers that are followed: partition, encryption, volume group …"""


def disks(host: Host) -> tuple[str, ...]:
    """The names of the physical disks: nothing virtual or removable, no empty card readers."""
    return tuple(name for name in all_names(host) if not VIRTUAL.match(name) and _is_real(host, name))


def all_names(host: Host) -> tuple[str, ...]:
    """The names of all block devices except partitions; none without sysfs."""
    return tuple(_try(lambda: host.listdir("/sys/block"), ()))


def _is_real(host: Host, name: str) -> bool:
    def told(file: str) -> str:
        return str(_try(lambda: host.read(f"/sys/block/{name}/{file}"), "")).strip()

    made = f"{told('device/vendor')} {told('device/model')}"
    return told("removable") != "1" and told("size") != "0" and not EMULATED.search(made)


def kernel_name(host: Host, device: str) -> str:
    """The kernel's own name of a device: sda1 for /dev/sda1, dm-0 for /dev/mapper/vg-root."""
    link = _try(lambda: host.stat(device), {}).get("link")
    return posixpath.basename(link or device)


def disk_of(host: Host, device: str) -> str | None:
    """The disk that carries a device, as smartctl names it; None where several do, or it cannot be told."""
    if not device.startswith("/dev/"):
        return None
    name = kernel_name(host, device)
    for _ in range(LAYERS):
        link = _try(partial(host.stat, f"/sys/class/block/{name}"), {}).get("link")
        if not link:
            return None
        if _try(partial(host.stat, f"/sys/class/block/{name}/partition"), None):
            name = posixpath.basename(posixpath.dirname(link))
        beneath = _try(partial(host.listdir, f"/sys/block/{name}/slaves"), [])
        if not beneath:
            return None if VIRTUAL.match(name) else f"/dev/{controller(name)}"
        if len(beneath) > 1:
            return None
        name = beneath[0]
    return None


def controller(name: str) -> str:
    """nvme0 for nvme0n1, as smartctl names it; any other name unchanged."""
    return re.sub(r"^(nvme\d+)n\d+$", r"\1", name)


def _try(question: Callable[[], Answer], otherwise: Answer) -> Answer:
    return attempt(question, otherwise, *Reason)
