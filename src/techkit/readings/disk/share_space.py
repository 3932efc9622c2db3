"""How much room a person has left in the network folders that answer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from techkit.host import ProbeError
from techkit.model import Reason, Record
from techkit.readings.disk import mapped_drives, shares

if TYPE_CHECKING:
    from techkit.host import Host


class Room(Record, frozen=True):
    """Bytes of one network folder: all, and those that may still be written, by quota where there is one."""

    volume: str
    device: str = ""
    total: int = 0
    free: int = 0
    unseen: Reason | None = None


def room(host: Host) -> tuple[Room, ...]:
    """Ask each folder whose server answers; that one does not is told where it is asked whether it is there."""
    places = _drives(host) if host.system == "windows" else _mounted(host)
    answers = host.side_by_side([partial(host.statvfs, path, timeout=shares.PATIENCE) for _, _, path in places])
    return tuple(
        Room(volume, device, unseen=answer.reason)
        if isinstance(answer, ProbeError)
        else Room(volume, device, answer["total"], answer["available"])
        for (volume, device, _), answer in zip(places, answers, strict=True)
    )


def _drives(host: Host) -> list[tuple[str, str, str]]:
    """By their paths, for an elevated program has no such letters; a web folder shows the room of the disk here."""
    drives = mapped_drives.drives(host)
    if unseen := [drive.unseen for drive in drives if drive.unseen and not drive.device]:
        raise ProbeError(unseen[0], drives[0].detail)
    return [
        (drive.volume, drive.device, drive.device)
        for drive in drives
        if drive.state == "open" and drive.port == mapped_drives.SMB
    ]


def _mounted(host: Host) -> list[tuple[str, str, str]]:
    return [(share.volume, share.device, share.volume) for share in shares.shares(host) if share.state == "there"]
