"""The component store of Windows, by the markers that DISM /CheckHealth checks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from techkit.host import attempt
from techkit.model import Reason, Record
from techkit.readings.disk import volumes
from techkit.readings.os import uptime

if TYPE_CHECKING:
    from techkit.host import Host

KEY = "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Component Based Servicing"
MARKERS = ("Corrupt", "Corruption", "Unserviceable")
"""Values left by a failed update or scan of the component store; their absence proves nothing."""
SETTLED = 2 * 3600
"""Seconds after boot by which an update's pending work is done."""


class Servicing(Record, frozen=True):
    """Faults; `stuck`: the list of work that the last boot should have done and did not."""

    markers: tuple[str, ...] = ()
    stuck: str = ""
    written: float | None = None
    """when that list was written, seconds since 1970"""
    exclusive: bool = False
    """a servicing session holds the store exclusively"""


def servicing(host: Host) -> Servicing:
    """Read the registry and the work list; a list younger than the last boot is in progress."""
    values = host.registry(KEY)["values"]  # every Windows has it
    markers = tuple(name for name in MARKERS if values.get(name))
    root = str(_values(host, volumes.CURRENT_VERSION).get("SystemRoot") or r"C:\Windows")
    path = rf"{root}\WinSxS\pending.xml"
    found = attempt(lambda: host.stat(path), None, *Reason)
    since = attempt(lambda: uptime.uptime(host), 0.0, *Reason)
    if not found or since < SETTLED or found["modified"] > host.now() - since:
        return Servicing(markers)
    exclusive = bool(_values(host, f"{KEY}\\SessionsPending").get("Exclusive"))
    return Servicing(markers, path, float(found["modified"]), exclusive)


def _values(host: Host, key: str) -> dict[str, Any]:
    return dict(attempt(lambda: host.registry(key), {"values": {}}, Reason.MISSING, Reason.FORBIDDEN)["values"])
