"""The link quality of adapters: errors, duplex, speed, and radio signal."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import ProbeError, attempt
from techkit.model import Reason, Record
from techkit.readings.network import interfaces, routes

if TYPE_CHECKING:
    from techkit.host import Host

COUNTERS = ("rx_packets", "tx_packets", "rx_errors", "tx_errors")
WIRED = 14
"""NdisPhysicalMedium: 802.3"""
SLOW = {10, 100}
"""Megabits per second up to which to ask for the port's capability."""
ABLE = re.compile(r"gigabit|\bGbE\b|\d(\.\d)?G(bE|igabit)?\b(?!Hz)|\bI2[12]\d\b", re.IGNORECASE)
"""Descriptions of adapters that can do 1000 megabits or more; Intel's by model."""
CARD = ("Name", "NdisPhysicalMedium", "FullDuplex", "Speed", "InterfaceDescription")
STATISTICS = (
    "Name", "ReceivedUnicastPackets", "SentUnicastPackets", "ReceivedPacketErrors", "OutboundPacketErrors",
)  # fmt: skip


class Link(Record, frozen=True):
    """One adapter that is in use; counts since it was switched on."""

    interface: str
    packets: int = 0
    errors: int = 0
    half: bool = False
    speed: int | None = None
    """megabits per second"""
    able: int | None = None
    """the port's capability, if asked"""
    sure: bool = True
    """False: the capability is known only from the name"""
    signal: int | None = None
    """dBm of a radio link"""
    band: str = ""
    """of a radio link, in GHz: 2.4, 5, 6, or ambiguous by channel: 2.4/6 or 5/6"""
    channel: int | None = None


def read(host: Host) -> tuple[Link, ...]:
    """Every adapter in use."""
    usable = [adapter for adapter in interfaces.adapters(host) if adapter.usable]
    if host.system == "windows":
        return _windows(host, {adapter.name for adapter in usable})
    return tuple(_linux(host, adapter) for adapter in usable)


def _linux(host: Host, adapter: interfaces.Adapter) -> Link:
    folder = f"{interfaces.NET}/{adapter.name}"
    counts = [_number(host, f"{folder}/statistics/{name}") or 0 for name in COUNTERS]
    packets, errors = counts[0] + counts[1], counts[2] + counts[3]
    if adapter.wireless:
        return Link(adapter.name, packets, errors, signal=signal(host, adapter.name))
    duplex = attempt(lambda: host.read(f"{folder}/duplex"), "", Reason.MISSING, Reason.UNREADABLE).strip()
    speed = _number(host, f"{folder}/speed")
    able = None
    if speed in SLOW and host.which("ethtool"):
        able = parse_ethtool(attempt(partial(host.run, "ethtool", adapter.name), {"out": ""})["out"])
    return Link(adapter.name, packets, errors, half=duplex == "half", speed=speed, able=able)


def _number(host: Host, path: str) -> int | None:
    """A number from sysfs; None without one, or if negative, which means "unknown"."""
    text = attempt(lambda: host.read(path), "", Reason.MISSING, Reason.UNREADABLE).strip()
    return int(text) if text.isascii() and text.isdigit() else None


def parse_ethtool(text: str) -> int | None:
    """The fastest mode that a port supports, in megabits per second."""
    block = re.search(r"Supported link modes:(.*?)Supported pause", text, re.DOTALL)
    modes = [int(mode) for mode in re.findall(r"(\d+)base", block[1])] if block else []
    return max(modes, default=None)


def signal(host: Host, interface: str) -> int | None:
    """The signal of a radio link in dBm; None if unknown."""
    found = parse_wireless(attempt(lambda: host.read("/proc/net/wireless"), "")).get(interface)
    if found is None and host.which("iw"):
        said = attempt(partial(host.run, "iw", "dev", interface, "link"), {"out": ""})["out"]
        match = re.search(r"signal: (-\d+) dBm", said)
        found = int(match[1]) if match else None
    return found


def parse_wireless(text: str) -> dict[str, int]:
    """Signal levels in dBm from /proc/net/wireless by interface; drivers with other units give positive ones."""
    rows = re.findall(r"^\s*(\S+):\s+\S+\s+\S+\s+(-?\d+)\.?\s", text, re.MULTILINE)
    return {name: int(level) for name, level in rows if -120 <= int(level) < 0}


def _windows(host: Host, names: set[str]) -> tuple[Link, ...]:
    if not names:
        raise ProbeError(Reason.INAPPLICABLE, "no adapter is in use")
    rows = routes.instances(host, "MSFT_NetAdapterStatisticsSettingData", *STATISTICS)
    adapters = attempt(
        partial(routes.instances, host, "MSFT_NetAdapter", *CARD),
        [],
        Reason.UNREADABLE,
        Reason.UNRECORDED,
    )
    wired = {row["Name"]: row for row in adapters if row.get("NdisPhysicalMedium") == WIRED}
    found = tuple(_row(row, wired.get(row["Name"], {})) for row in rows if row.get("Name") in names)
    if not found:
        raise ProbeError(Reason.UNREADABLE, "MSFT_NetAdapterStatisticsSettingData", "wmi")
    return found


def _row(row: dict[str, Any], wired: dict[str, Any]) -> Link:
    counts = [int(row.get(name) or 0) for name in STATISTICS[1:]]
    speed = wired.get("Speed")
    megabits = speed // 1_000_000 if isinstance(speed, int) else None
    able = 1000 if megabits in SLOW and ABLE.search(str(wired.get("InterfaceDescription") or "")) else None
    half = wired.get("FullDuplex") is False
    return Link(str(row["Name"]), counts[0] + counts[1], counts[2] + counts[3], half, megabits, able, sure=able is None)
