"""Free space that a volume shows and does not have: Btrfs without free chunks, thin pools filling up."""

from __future__ import annotations

import json
import re
from functools import partial
from typing import TYPE_CHECKING

from techkit.host import ProbeError, attempt
from techkit.model import Reason, Record
from techkit.readings.disk import block_devices, volumes
from techkit.readings.os import kernel_log

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from techkit.host import Host
    from techkit.readings.os.kernel_log import Message

BTRFS = "/sys/fs/btrfs"
SECTOR = 512
_MODE = re.compile(r"device-mapper: thin: (?P<pool>\d{1,5}:\d{1,7}): switching pool to (?P<mode>[\w-]{1,30})")
WRITING = "write"
"""The mode of a pool that has room: dm-thin.c."""


class Btrfs(Record, frozen=True):
    """One Btrfs, in bytes: unallocated space, and its metadata chunks."""

    volume: str
    device: str
    unallocated: int
    metadata_total: int
    metadata_used: int
    data_total: int
    data_used: int


class Pool(Record, frozen=True):
    """One thin pool of LVM: used shares of data and metadata."""

    name: str
    data: float
    metadata: float


class Seen(Record, frozen=True):
    """All of them; `unseen` if there is a pool that may not be queried."""

    btrfs: tuple[Btrfs, ...] = ()
    pools: tuple[Pool, ...] = ()
    stopped: tuple[tuple[str, str], ...] = ()
    """(pool, mode) of those to which the kernel no longer lets anybody write"""
    unseen: Reason | None = None


def allocation(host: Host) -> Seen:
    """Ask sysfs for Btrfs, and LVM only if it has a thin pool; INAPPLICABLE without either."""
    btrfs = tuple(_btrfs(host))
    pools: tuple[Pool, ...] = ()
    unseen = None
    try:
        pools = _pools(host)
    except ProbeError as error:
        unseen = error.reason
    told = parse_modes(attempt(partial(kernel_log.kernel_log, host), (), *Reason))
    if not btrfs and not pools and not unseen and not told:
        raise ProbeError(Reason.INAPPLICABLE, "neither Btrfs nor a thin pool")
    names = {
        pool: attempt(partial(host.read, f"/sys/dev/block/{pool}/dm/name"), pool, *Reason).strip() for pool in told
    }
    return Seen(btrfs, pools, tuple((names[pool], mode) for pool, mode in told.items()), unseen)


def parse_modes(messages: Iterable[Message]) -> dict[str, str]:
    """What the kernel has made of each pool last, by its numbers, but for those that take what is written."""
    found = (_MODE.search(message.text) for message in messages)
    last = {match["pool"]: match["mode"] for match in found if match}
    return {pool: mode for pool, mode in last.items() if mode != WRITING}


def _pools(host: Host) -> tuple[Pool, ...]:
    if not any(
        attempt(partial(host.read, f"/sys/block/{name}/dm/uuid"), "", *Reason).strip().endswith("-tpool")
        for name in block_devices.all_names(host)
        if name.startswith("dm-")
    ):
        return ()
    if not host.elevated:
        raise ProbeError(Reason.FORBIDDEN, "lvs")
    said = host.run("lvs", "--reportformat", "json", "-o", "lv_full_name,segtype,data_percent,metadata_percent")
    return parse_pools(said["out"])


def _btrfs(host: Host) -> Iterator[Btrfs]:
    seen: set[str] = set()
    for mount in volumes.mounts(host):
        if mount.filesystem != "btrfs" or mount.identity in seen or "ro" in mount.options:
            continue
        seen.add(mount.identity)
        name = block_devices.kernel_name(host, mount.device)
        for pool in attempt(partial(host.listdir, BTRFS), [], *Reason):
            devices = attempt(partial(host.listdir, f"{BTRFS}/{pool}/devices"), [], *Reason)
            if name not in devices:
                continue

            def number(path: str) -> int:
                text = attempt(partial(host.read, path), "", *Reason).strip()
                return int(text) if text.isascii() and text.isdigit() else 0

            base = f"{BTRFS}/{pool}/allocation"
            size = sum(number(f"/sys/class/block/{device}/size") * SECTOR for device in devices)
            taken = sum(number(f"{base}/{kind}/disk_total") for kind in ("data", "metadata", "system", "mixed"))
            if size and taken:
                yield Btrfs(
                    mount.mount, mount.device, max(0, size - taken), number(f"{base}/metadata/total_bytes"),
                    number(f"{base}/metadata/bytes_used") + number(f"{BTRFS}/{pool}/allocation/global_rsv_size"),
                    number(f"{base}/data/total_bytes"), number(f"{base}/data/bytes_used"),
                )  # fmt: skip


def parse_pools(text: str) -> tuple[Pool, ...]:
    """`lvs --reportformat json`: the thin pools, with percentages as text."""
    try:
        rows = json.loads(text)["report"][0]["lv"]
        return tuple(
            Pool(row["lv_full_name"], float(row["data_percent"]) / 100, float(row["metadata_percent"] or 0) / 100)
            for row in rows
            if row.get("segtype") == "thin-pool" and row.get("data_percent")
        )
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise ProbeError(Reason.UNREADABLE, "lvs") from error
