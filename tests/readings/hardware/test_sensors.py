"""Temperatures and fans, as Linux and Windows tell them."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import MACHINE, given

from techkit.host import Host, ProbeError
from techkit.model import Gap, Reason
from techkit.readings.hardware import sensors
from techkit.readings.hardware.sensors import Heat, Limit
from techkit.readings.os.kernel_log import Message

ZONE = ("InstanceName", "CurrentTemperature", "CriticalTripPoint")


def host(files: dict[str, str]) -> Any:
    """A Linux machine with these files below the folder of hardware monitors."""

    class Files:
        """Answers from a dictionary of files."""

        def answer(self, question: str, args: list[Any], timeout: float) -> Any:  # noqa: ARG002 - never waits
            if question == "machine":
                return MACHINE
            if question == "listdir":
                below = {
                    path.removeprefix(f"{args[0]}/").split("/")[0] for path in files if path.startswith(f"{args[0]}/")
                }
                return sorted(below)
            if question == "read" and args[0] in files:
                return files[args[0]]
            raise ProbeError(Reason.MISSING, str(args))

        def now(self) -> float:
            return 0.0

    return Host(Files())


def test_only_chips_that_mean_what_they_say() -> None:
    folder = sensors.MONITORS
    files = {
        "/proc/uptime": "1000.0 1\n",
        f"{folder}/hwmon0/name": "coretemp\n",
        f"{folder}/hwmon0/temp1_input": "101000\n",
        f"{folder}/hwmon0/temp1_crit": "100000\n",
        f"{folder}/hwmon0/temp1_label": "Package id 0\n",
        f"{folder}/hwmon0/temp2_input": "\n",
        f"{folder}/hwmon1/name": "nct6775\n",
        f"{folder}/hwmon1/temp2_input": "127000\n",
        f"{folder}/hwmon1/fan1_fault": "1\n",
        f"{folder}/hwmon1/fan2_fault": "0\n",
        f"{folder}/hwmon2/name": "k10temp\n",
        f"{folder}/hwmon2/temp1_input": "-273000\n",
        f"{sensors.THROTTLE}/package_throttle_total_time_ms": "90500\n",
    }
    seen = sensors.climate(host(files))
    assert seen.heats == (Heat("processor", "Package id 0", 101.0, 100.0),)
    assert seen.fans == ("nct6775 fan1",)
    assert seen.throttled == 90.5


def test_the_kernel_counts_how_often_it_was_slowed_down() -> None:
    log = (
        "CPU1: Core temperature above threshold, cpu clock throttled (total events = 12)",
        "mce: CPU1: Package temperature/speed is above threshold, cpu clock is throttled (total events = 900)",
        "CPU1: Core temperature/speed normal (total events = 9000)",
    )
    assert sensors.parse_slowed(map(Message, log)) == 900


def test_a_virtual_machine_has_no_sensors() -> None:
    with pytest.raises(ProbeError) as caught:
        sensors.climate(host({"/proc/uptime": "1000.0 1\n"}))
    assert caught.value.reason is Reason.INAPPLICABLE


def test_thermal_zones_of_windows() -> None:
    rows = [
        {"InstanceName": "ACPI\\ThermalZone\\TZ00_0", "CurrentTemperature": 3632, "CriticalTripPoint": 3782},
        {"InstanceName": "ACPI\\ThermalZone\\TZ01_0", "CurrentTemperature": 2732, "CriticalTripPoint": 3932},
    ]
    machine: dict[tuple[Any, ...], Any] = {("machine",): MACHINE | {"system": "windows"}}
    question = ("wmi", "root\\wmi", "MSAcpi_ThermalZoneTemperature", ZONE, "")
    seen = sensors.climate(given(machine | {question: rows}))
    assert seen.heats == (Heat("zone", "TZ00_0", 90.1, 105.1),)
    with pytest.raises(ProbeError) as caught:
        sensors.climate(given(machine | {question: ProbeError(Reason.FORBIDDEN)}))
    assert caught.value.reason is Reason.FORBIDDEN
    events = ("events", "System", sensors.TOO_HOT, sensors.MONTH, (sensors.POWER,))
    machine |= {("events", "System", (sensors.HELD_BACK,), 1, (sensors.PROCESSORS,)): []}
    answers = {question: ProbeError(Reason.FORBIDDEN), events: [{"time": 9.0}, {"time": 5.0}]}
    seen = sensors.climate(given(machine | answers))
    assert seen.shut_down == (9.0, 5.0)
    assert seen.unseen == (Gap(sensors.ZONES, Reason.FORBIDDEN, question="wmi"),)
    shut = sensors.climate(given(machine | {question: rows, events: ProbeError(Reason.FORBIDDEN)}))
    assert (len(shut.heats), shut.unseen) == (1, (Gap(sensors.POWER, Reason.FORBIDDEN, question="events"),))


def held(number: int, when: float, seconds: str, **changes: str) -> dict[str, Any]:
    data = {"Group": "0", "Number": f"{number}", "CapDurationInSeconds": seconds, "PpcChanges": "1"}
    data |= {"TpcChanges": "0", "PccChanges": "0"} | changes
    return {"id": 37, "provider": sensors.PROCESSORS, "level": 3, "time": when, "data": data}


def test_how_long_the_firmware_holds_a_processor_back() -> None:
    day = [held(number % 2, 90_000.0 - number * 71, "71") for number in range(40)]
    assert sensors.parse_limits(day, 90_100.0) == Limit(1420.0, 86400.0, 100.0)
    cut = [held(number % 4, 90_000.0 - number * 17.75, "71") for number in range(500)]
    limit = sensors.parse_limits(cut, 90_000.0)
    assert limit is not None
    assert limit.seconds / limit.window > 0.98
    hot = sensors.parse_limits([held(0, 90_000.0, "700", TpcChanges="3")], 90_000.0)
    assert hot is not None
    assert hot.heat
    assert sensors.parse_limits([held(0, 90_000.0, "71"), held(1, 90_000.0, "many")], 90_000.0) is None
    assert sensors.parse_limits([], 90_000.0) is None
