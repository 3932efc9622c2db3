"""Arrays of disks that keep a copy of everything: software RAID, ZFS, Btrfs, LVM, Windows' storage pools."""

from __future__ import annotations

import json
import re
from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import ProbeError, attempt
from techkit.model import Gap, Reason, Record
from techkit.readings.disk import block_devices
from techkit.readings.disk.windows_disks import STORAGE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techkit.host import Host

CONFIGURED = ("/etc/mdadm/mdadm.conf", "/etc/mdadm.conf")
ZFS = "/proc/spl/kstat/zfs"
BTRFS = "/sys/fs/btrfs"
ZFS_STATES = {"ONLINE": "whole", "DEGRADED": "degraded"}
WINDOWS_HEALTH = {0: "whole", 1: "degraded", 2: "broken"}
"""MSFT_VirtualDisk and MSFT_StoragePool, HealthStatus: healthy, warning, unhealthy."""
IN_SERVICE, DETACHED, INCOMPLETE = 11, 0xD002, 0xD003
"""MSFT_VirtualDisk.OperationalStatus: in service; detached; incomplete."""
BY_POLICY = 2
"""MSFT_VirtualDisk.DetachedReason"""
VIRTUAL_DISK = ("FriendlyName", "HealthStatus", "OperationalStatus", "DetachedReason")
POOL = ("FriendlyName", "HealthStatus", "IsPrimordial", "ReadOnlyReason")
MOST_DISKS_GONE = 3
"""MSFT_StoragePool.ReadOnlyReason"""
_LINE = re.compile(
    r"^(md\S+) : (active|inactive)(?: \([\w-]+\))?(?: (raid\d+|linear|multipath|faulty))?(.*)$", re.MULTILINE
)


class Array(Record, frozen=True):
    """One array; `state`: whole, degraded (a copy is missing), rebuilding, or broken (data cannot be reached)."""

    name: str
    level: str
    state: str
    wanted: int | None = None
    present: int | None = None
    failed: tuple[str, ...] = ()
    progress: str = ""


class Seen(Record, frozen=True):
    """All arrays; `unseen` are kinds of arrays that exist and may not be queried."""

    arrays: tuple[Array, ...] = ()
    unseen: tuple[Gap, ...] = ()


def arrays(host: Host) -> Seen:
    """Every array of this machine; raises INAPPLICABLE where there is none."""
    unseen: list[Gap] = []
    kinds = {"Windows": _windows} if host.system == "windows" else {
        "md": _md, "ZFS": _zfs, "Btrfs": _btrfs, "LVM": _lvm,
    }  # fmt: skip
    found: list[Array] = []
    for kind, ask in kinds.items():
        try:
            found += ask(host)
        except ProbeError as error:
            unseen.append(Gap(kind, error.reason, question=error.question))
    if not found and not unseen:
        raise ProbeError(Reason.INAPPLICABLE, "no array of disks")
    return Seen(tuple(found), tuple(unseen))


# ---------------------------------------------------------------------- Linux software RAID
def _md(host: Host) -> Iterator[Array]:
    text = attempt(partial(host.read, "/proc/mdstat"), None)
    if text is not None:
        yield from parse_mdstat(text)
        return
    for file in CONFIGURED:
        for name in re.findall(r"^ARRAY\s+(/dev/\S+)", attempt(partial(host.read, file), "", *Reason), re.MULTILINE):
            said: dict[str, Any] = attempt(partial(host.run, "mdadm", "--detail", name), {})
            if one := parse_detail(said.get("out", "")):
                yield one


def parse_mdstat(text: str) -> tuple[Array, ...]:
    """/proc/mdstat, md(4): the lines after an array's own belong to it."""
    lines = list(_LINE.finditer(text))
    ends = [*(match.start() for match in lines[1:]), len(text)][: len(lines)]
    found = []
    for match, end in zip(lines, ends, strict=True):
        body = text[match.end() : end]
        name, active, level, members = match.groups()
        if "super external" in body and active == "inactive":
            continue  # a container that holds arrays, not an array itself
        failed = tuple(f"/dev/{one}" for one in re.findall(r"(\w+)\[\d+\](?:\([A-Z]\))*\(F\)", members))
        counted = re.search(r"\[(\d+)/(\d+)\] \[([U_]+)\]", body)
        wanted, present = (int(counted[1]), counted[3].count("U")) if counted else (None, None)
        work = re.search(r"(recovery|resync|reshape)\s*=\s*([\d.]+%)", body)
        state = "whole"
        if active == "inactive":
            state = "broken"
        elif counted and "_" in counted[3]:
            state = "rebuilding" if work and not failed else "degraded"
        elif failed and not counted:
            state = "broken"
        found.append(Array(name, level or "", state, wanted, present, failed, work[2] if work else ""))
    return tuple(found)


def parse_detail(text: str) -> Array | None:
    """`mdadm --detail`: for machines without /proc/mdstat."""
    told = dict(re.findall(r"^\s*([A-Z][\w ]+?) : (.*?)\s*$", text, re.MULTILINE))
    name = re.search(r"^/dev/(\S+):", text, re.MULTILINE)
    if not name or "State" not in told:
        return None
    failed = tuple(re.findall(r"\bfaulty\b.*?(/dev/\S+)$", text, re.MULTILINE))
    words = {word.strip() for word in told["State"].split(",")}
    state = "whole"
    if "FAILED" in words or "inactive" in words:
        state = "broken"
    elif "degraded" in words:
        state = "rebuilding" if {"recovering", "resyncing", "reshaping"} & words and not failed else "degraded"
    wanted, present = (
        int(told[key]) if told.get(key, "").isdigit() else None for key in ("Raid Devices", "Active Devices")
    )
    return Array(name[1], told.get("Raid Level", ""), state, wanted, present, failed, told.get("Rebuild Status", ""))


# ---------------------------------------------------------------------- ZFS, Btrfs, LVM
def _zfs(host: Host) -> Iterator[Array]:
    """Each pool's state from the kernel's statistics, else from zpool."""
    entries = attempt(partial(host.listdir, ZFS), [], *Reason)
    states = {name: attempt(partial(host.read, f"{ZFS}/{name}/state"), "", *Reason).strip() for name in entries}
    states = {name: state for name, state in states.items() if state}
    if entries and not states:
        said = attempt(partial(host.run, "zpool", "list", "-H", "-o", "name,health"), {"out": ""})
        states = dict(line.split("\t")[:2] for line in said["out"].splitlines() if "\t" in line)
    for name, state in sorted(states.items()):
        yield Array(name, "ZFS", ZFS_STATES.get(state, "broken"))


def _btrfs(host: Host) -> Iterator[Array]:
    for pool in attempt(partial(host.listdir, BTRFS), [], *Reason):
        parts = attempt(partial(host.listdir, f"{BTRFS}/{pool}/devinfo"), [], *Reason)
        if len(parts) < 2:
            continue
        missing = [
            part
            for part in parts
            if attempt(partial(host.read, f"{BTRFS}/{pool}/devinfo/{part}/missing"), "0", *Reason).strip() == "1"
        ]
        label = attempt(partial(host.read, f"{BTRFS}/{pool}/label"), "", *Reason).strip()
        state = "degraded" if missing else "whole"
        yield Array(label or pool, "Btrfs", state, len(parts), len(parts) - len(missing))


def _lvm(host: Host) -> Iterator[Array]:
    """LVM is asked only if its volumes span several devices: otherwise none can be missing."""
    beneath: set[str] = set()
    for name in block_devices.all_names(host):
        if name.startswith("dm-") and attempt(partial(host.read, f"/sys/block/{name}/dm/uuid"), "", *Reason).startswith(
            "LVM-"
        ):
            slaves = attempt(partial(host.listdir, f"/sys/block/{name}/slaves"), [], *Reason)
            beneath |= {one for one in slaves if not one.startswith("dm-")}
    if len(beneath) < 2:
        return
    if not host.elevated:
        raise ProbeError(Reason.FORBIDDEN, "lvs")
    said = host.run("lvs", "--reportformat", "json", "-o", "lv_full_name,segtype,vg_missing_pv_count,lv_health_status")
    yield from parse_lvs(said["out"])


def parse_lvs(text: str) -> tuple[Array, ...]:
    """`lvs --reportformat json`: volumes that keep copies, or that have lost a part."""
    try:
        rows = json.loads(text)["report"][0]["lv"]
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise ProbeError(Reason.UNREADABLE, "lvs") from error
    found = []
    for row in rows:
        copies = row.get("segtype", "").startswith(("raid", "mirror"))
        health = row.get("lv_health_status", "")
        state = "whole"
        if health == "partial":
            state = "degraded" if copies else "broken"
        elif health in {"refresh needed", "mismatches exist"}:
            state = "degraded"
        if copies or state != "whole":
            found.append(Array(row["lv_full_name"], row.get("segtype", ""), state))
    return tuple(found)


# ---------------------------------------------------------------------- Windows
def _windows(host: Host) -> Iterator[Array]:
    """Storage Spaces: its virtual disks, and pools without a reported virtual disk."""
    rows = host.wmi("MSFT_VirtualDisk", *VIRTUAL_DISK, namespace=STORAGE, timeout=8)
    found = [
        Array(str(row.get("FriendlyName") or "").strip(), "Storage Spaces", state)
        for row in rows
        if (state := virtual_state(row))
    ]
    yield from found
    if all(one.state == "whole" for one in found):
        for row in host.wmi("MSFT_StoragePool", *POOL, namespace=STORAGE, timeout=8):
            gone = row.get("ReadOnlyReason") == MOST_DISKS_GONE
            if not row.get("IsPrimordial") and (gone or row.get("HealthStatus") in {1, 2}):
                name = str(row.get("FriendlyName") or "").strip()
                yield Array(name, "Storage Spaces", "broken" if gone else WINDOWS_HEALTH[row["HealthStatus"]])


def virtual_state(row: dict[str, Any]) -> str:
    """The state of a virtual disk by its row; empty if unknown, or detached on purpose."""
    status = row.get("OperationalStatus")
    told = set(status if isinstance(status, list) else [status])
    if DETACHED in told and row.get("DetachedReason") == BY_POLICY:
        return ""
    if {DETACHED, INCOMPLETE} & told:
        return "broken"
    state = WINDOWS_HEALTH.get(row.get("HealthStatus", -1), "")
    return "rebuilding" if IN_SERVICE in told and state == "degraded" else state
