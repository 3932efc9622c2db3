"""Clutter that can be regenerated or was thrown away, on volumes that are short of space."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import attempt
from techkit.model import Reason, Record
from techkit.readings.disk import big_files, logs, volumes

if TYPE_CHECKING:
    from techkit.host import Host

LINUX = {
    "temporary": ("/tmp", "/var/tmp"),  # noqa: S108 - looked at, not used
    "packages": (
        "/var/cache/apt/archives", "/var/cache/dnf", "/var/cache/libdnf5", "/var/cache/yum", "/var/cache/zypp/packages",
        "/var/cache/pacman/pkg", "/var/cache/apk",
    ),
    "crashes": ("/var/lib/systemd/coredump", "/var/crash", "/var/spool/abrt", "/var/lib/apport/coredump"),
    "trash": ("{home}/.local/share/Trash",),
    "caches": ("{home}/.cache",),
    "containers": ("/var/lib/docker", "/var/lib/containers"),
}  # fmt: skip
WINDOWS = {
    "temporary": ("{root}\\Temp", "{home}\\AppData\\Local\\Temp"),
    "packages": ("{root}\\SoftwareDistribution\\Download",),
    "crashes": ("{root}\\Minidump", "{root}\\LiveKernelReports", "{data}\\Microsoft\\Windows\\WER"),
    "trash": ("{drive}\\$Recycle.Bin",),
    "old_windows": ("{drive}\\Windows.old",),
}


class Pile(Record, frozen=True):
    """Clutter of one kind on one volume; `folders` are those that are not empty."""

    kind: str
    volume: str
    size: int
    total: int
    free: int
    folders: tuple[str, ...] = ()


def piles(host: Host) -> tuple[Pile, ...]:
    """Only volumes that are short of space are measured: elsewhere clutter does not matter."""
    windows = host.system == "windows"
    spaces: dict[str, dict[str, Any]] = {}
    for one in volumes.local(host):
        said = attempt(partial(host.statvfs, one.mount), None, *Reason)
        if said and big_files.is_tight(said["total"], said["available"]):
            spaces[one.mount] = {"total": said["total"], "free": said["available"]}
    if not spaces:
        return ()
    mounted = {one.mount for one in volumes.local(host)}
    names = _names(host)
    found: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for kind, patterns in (WINDOWS if windows else LINUX).items():
        for folder in (pattern.format(**names) for pattern in patterns):
            volume = big_files.volume_of(folder.upper() if windows else folder, mounted)
            if volume in spaces and volume != folder and (size := big_files.tree(host, folder).size):
                found.setdefault((kind, volume), []).append((folder, size))
    return tuple(
        Pile(kind, volume, sum(size for _, size in kept), **spaces[volume], folders=tuple(name for name, _ in kept))
        for (kind, volume), kept in found.items()
    )


def _names(host: Host) -> dict[str, str]:
    home = str(attempt(host.person, {}, *Reason).get("home") or "/root")
    if host.system != "windows":
        return {"home": home}
    version = attempt(partial(host.registry, logs.VERSION), {}, *Reason)
    root = str(version.get("values", {}).get("SystemRoot") or "C:\\Windows")
    return {"home": home, "root": root, "drive": root[:2], "data": f"{root[:2]}\\ProgramData"}
