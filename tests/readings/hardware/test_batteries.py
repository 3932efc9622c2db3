"""Batteries, as Linux and Windows tell them."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import MACHINE, given

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.hardware import batteries
from techkit.readings.hardware.batteries import Battery, Power

UEVENT = """\
POWER_SUPPLY_NAME=BAT0
POWER_SUPPLY_TYPE=Battery
POWER_SUPPLY_STATUS=Not charging
POWER_SUPPLY_PRESENT=1
POWER_SUPPLY_TECHNOLOGY=Li-poly
POWER_SUPPLY_CYCLE_COUNT=312
POWER_SUPPLY_ENERGY_FULL_DESIGN=50450000
POWER_SUPPLY_ENERGY_FULL=40360000
POWER_SUPPLY_ENERGY_NOW=32000000
POWER_SUPPLY_CAPACITY=79
POWER_SUPPLY_SERIAL_NUMBER= 1234
"""
MOUSE = "POWER_SUPPLY_TYPE=Battery\nPOWER_SUPPLY_SCOPE=Device\nPOWER_SUPPLY_CAPACITY=5\n"
WINDOWS = ("Win32_Battery", ("DeviceID", "Name", "BatteryStatus", "EstimatedChargeRemaining"))


def linux(supplies: dict[str, str], ceiling: Any = None) -> Any:
    """A host with these power supplies."""
    answers: dict[tuple[Any, ...], Any] = {("listdir", batteries.SUPPLIES): sorted(supplies)}
    for name, text in supplies.items():
        answers["read", f"{batteries.SUPPLIES}/{name}/uevent"] = text
        answers["read", f"{batteries.SUPPLIES}/{name}/charge_control_end_threshold"] = ceiling or ProbeError(
            Reason.MISSING
        )
    return given(answers)


def test_a_laptop_with_its_mouse() -> None:
    host = linux(
        {"BAT0": UEVENT, "hidpp_battery_0": MOUSE, "AC": "POWER_SUPPLY_TYPE=Mains\nPOWER_SUPPLY_ONLINE=1\n"}, "80\n"
    )
    assert batteries.power(host) == Power((Battery("BAT0", 0.8, 79, "idle", 312, 80),), mains=True)
    assert ("serial", "1234") in {(one.kind, one.value) for one in host.privates}


@pytest.mark.parametrize(
    "supplies", [{}, {"mouse": MOUSE}, {"BAT1": "POWER_SUPPLY_TYPE=Battery\nPOWER_SUPPLY_PRESENT=0\n"}]
)
def test_a_machine_without_a_battery(supplies: dict[str, str]) -> None:
    with pytest.raises(ProbeError) as caught:
        batteries.power(linux(supplies))
    assert caught.value.reason is Reason.INAPPLICABLE


@pytest.mark.parametrize(
    "text", ["", "POWER_SUPPLY_CAPACITY=\n", "x", "POWER_SUPPLY_ENERGY_FULL=-1\nPOWER_SUPPLY_ENERGY_FULL_DESIGN=0\n"]
)
def test_a_battery_that_tells_nothing(text: str) -> None:
    assert batteries.battery("BAT0", batteries.parse_uevent(text)) == Battery("BAT0")


def test_windows_tells_capacities_elsewhere() -> None:
    def of(name: str, column: str, value: Any) -> dict[tuple[Any, ...], Any]:
        return {("wmi", batteries.WMI, name, (column,), ""): value}

    row = {
        "DeviceID": "1 Hewlett-PackardPrimary",
        "Name": "Primary",
        "BatteryStatus": 2,
        "EstimatedChargeRemaining": 30,
    }
    answers = {
        ("machine",): MACHINE | {"system": "windows"},
        ("wmi", "root\\cimv2", *WINDOWS, ""): [row],
        **of("BatteryFullChargedCapacity", "FullChargedCapacity", [{"FullChargedCapacity": 25000}]),
        **of("BatteryStaticData", "DesignedCapacity", ProbeError(Reason.UNREADABLE)),
        **of("BatteryCycleCount", "CycleCount", [{"CycleCount": 0}]),
        **of("BatteryStatus", "PowerOnline", [{"PowerOnline": True}]),
    }
    assert batteries.power(given(answers)) == Power((Battery("Primary", None, 30, "idle"),), mains=True)
    answers |= of("BatteryStaticData", "DesignedCapacity", [{"DesignedCapacity": 50000}])
    assert batteries.power(given(answers)).batteries[0].health == 0.5
    with pytest.raises(ProbeError):
        batteries.power(given(answers | {("wmi", "root\\cimv2", *WINDOWS, ""): []}))


def test_without_wmi_a_pc_still_says_that_it_has_no_battery() -> None:
    name, columns = WINDOWS
    answers: dict[tuple[Any, ...], Any] = {
        ("machine",): MACHINE | {"system": "windows"},
        ("wmi", "root\\cimv2", name, columns, ""): ProbeError(Reason.UNREADABLE, "0x80041013"),
    }
    for said, reason in ((None, Reason.INAPPLICABLE), ({"percent": 80}, Reason.UNREADABLE)):
        with pytest.raises(ProbeError) as caught:
            batteries.power(given({**answers, ("psutil", "sensors_battery"): said}))
        assert caught.value.reason is reason
