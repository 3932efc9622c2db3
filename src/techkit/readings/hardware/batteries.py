"""Batteries of a laptop: capacity left, and charging state."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import UNANSWERED, ProbeError, attempt
from techkit.model import Reason, Record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from techkit.host import Host

SUPPLIES = "/sys/class/power_supply"
WMI = "root\\wmi"
DISCHARGING = {1, 4, 5}
CHARGING = {6, 7, 8, 9}
FULL = 3
"""BatteryStatus of Win32_Battery."""


class Battery(Record, frozen=True):
    """One battery; `health` is full capacity divided by design capacity."""

    name: str
    health: float | None = None
    level: int | None = None
    """percent"""
    state: str = ""
    """charging, discharging, full, idle (on mains, not charged), or empty (unknown)"""
    cycles: int | None = None
    ceiling: int | None = None
    """charge limit in percent, set on purpose"""


class Power(Record, frozen=True):
    """The batteries, and whether mains is connected; None: unknown."""

    batteries: tuple[Battery, ...]
    mains: bool | None = None


def power(host: Host) -> Power:
    """Ask for the batteries of this machine, not of its peripherals; INAPPLICABLE without one."""
    found = _windows(host) if host.system == "windows" else _linux(host)
    if not found.batteries:
        raise ProbeError(Reason.INAPPLICABLE, "no battery is built in")
    return found


def _linux(host: Host) -> Power:
    names = attempt(lambda: host.listdir(SUPPLIES), [])
    texts = {name: attempt(partial(host.read, f"{SUPPLIES}/{name}/uevent"), "") for name in names}
    told = {name: parse_uevent(text) for name, text in texts.items()}
    mains = [said.get("ONLINE") for said in told.values() if said.get("TYPE") in {"Mains", "USB"} and "ONLINE" in said]
    batteries = []
    for name, said in told.items():
        if said.get("TYPE") != "Battery" or said.get("SCOPE") == "Device" or said.get("PRESENT") == "0":
            continue
        host.private("serial", said.get("SERIAL_NUMBER", "").strip())
        ceiling = attempt(
            partial(host.read, f"{SUPPLIES}/{name}/charge_control_end_threshold"), "", Reason.MISSING, Reason.UNREADABLE
        )
        batteries.append(battery(name, said, _number(ceiling.strip())))
    return Power(tuple(batteries), any(value == "1" for value in mains) if mains else None)


def parse_uevent(text: str) -> dict[str, str]:
    """The properties of one power supply, by the last part of their names."""
    lines = (line.partition("=") for line in text.splitlines())
    return {name.removeprefix("POWER_SUPPLY_"): value for name, sign, value in lines if sign}


def battery(name: str, said: Mapping[str, str], ceiling: int | None = None) -> Battery:
    """One battery from its properties; capacities in µWh, else in µAh."""
    pairs = [
        (_number(said.get(f"{kind}_FULL", "")), _number(said.get(f"{kind}_FULL_DESIGN", "")))
        for kind in ("ENERGY", "CHARGE")
    ]
    now, new = next(((now, new) for now, new in pairs if now and new), (None, None))
    states = {"Charging": "charging", "Discharging": "discharging", "Full": "full", "Not charging": "idle"}
    return Battery(
        name,
        health=now / new if now and new else None,
        level=_number(said.get("CAPACITY", "")),
        state=states.get(said.get("STATUS", ""), ""),
        cycles=_number(said.get("CYCLE_COUNT", "")) or None,
        ceiling=ceiling if ceiling and ceiling < 100 else None,
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None


# ---------------------------------------------------------------------- Windows
def _windows(host: Host) -> Power:
    ask = partial(host.wmi, "Win32_Battery", "DeviceID", "Name", "BatteryStatus", "EstimatedChargeRemaining")
    if (rows := attempt(ask, None, *UNANSWERED)) is None:
        return _without_wmi(host)
    if not rows:
        return Power(())
    full, new, cycles, state = (
        _rows(host, "BatteryFullChargedCapacity", "FullChargedCapacity"),
        _rows(host, "BatteryStaticData", "DesignedCapacity"),
        _rows(host, "BatteryCycleCount", "CycleCount"),
        _rows(host, "BatteryStatus", "PowerOnline"),
    )
    online = [row["PowerOnline"] for row in state if row["PowerOnline"] is not None]
    mains = any(online) if online else None
    return Power(
        tuple(
            windows_battery(
                row,
                sum(one["FullChargedCapacity"] or 0 for one in full),
                sum(one["DesignedCapacity"] or 0 for one in new),
                max((one["CycleCount"] or 0 for one in cycles), default=0),
                mains=mains,
            )
            for row in rows[:1]  # the instances of the capacities are named differently: use the sum
        ),
        mains,
    )


def _without_wmi(host: Host) -> Power:
    """Only the power state; wear is not reported there."""
    said = host.psutil("sensors_battery")
    if said is None:
        return Power(())
    raise ProbeError(Reason.UNREADABLE, "Win32_Battery")


def _rows(host: Host, name: str, column: str) -> list[dict[str, Any]]:
    """Query a driver class that many machines lack; empty if it fails."""
    reasons = (Reason.MISSING, Reason.FORBIDDEN, Reason.UNREADABLE)
    found: list[dict[str, Any]] = attempt(lambda: host.wmi(name, column, namespace=WMI), [], *reasons)
    return found


def windows_battery(row: Mapping[str, Any], full: int, new: int, cycles: int, *, mains: bool | None) -> Battery:
    """One battery from Win32_Battery, with the capacities of all in mWh."""
    status = row["BatteryStatus"]
    state = (
        "charging"
        if status in CHARGING
        else "full"
        if status == FULL
        else "discharging"
        if status in DISCHARGING
        else "idle"
        if mains
        else ""
    )
    return Battery(
        str(row["Name"] or row["DeviceID"] or "battery"),
        health=full / new if full and new else None,
        level=row["EstimatedChargeRemaining"],
        state=state,
        cycles=cycles or None,
    )
