"""Temperatures, fans and throttling, from the kernel's hardware monitors or Windows' thermal zones."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import ProbeError, attempt
from techkit.model import Gap, Reason, Record
from techkit.readings.os import kernel_log
from techkit.readings.os.uptime import uptime
from techkit.readings.supplements import Supplements

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from techkit.host import Host
    from techkit.readings.os.kernel_log import Message

MONITORS = "/sys/class/hwmon"
THROTTLE = "/sys/devices/system/cpu/cpu0/thermal_throttle"
CHIPS = {
    "coretemp": "processor", "k10temp": "processor", "zenpower": "processor", "fam15h_power": "processor",
    "cpu_thermal": "processor", "soc_thermal": "processor", "amdgpu": "graphics", "nouveau": "graphics",
    "radeon": "graphics", "xe": "graphics", "i915": "graphics",
}  # fmt: skip
"""Chips with reliable temperatures; a board's own chip has unconnected inputs, disks are read elsewhere."""
PLAUSIBLE = range(1, 150)
ZERO = 2732
"""0 °C in tenths of a kelvin: what a zone without a sensor shows."""
ZONES = "MSAcpi_ThermalZoneTemperature"
POWER, TOO_HOT = "Microsoft-Windows-Kernel-Power", (86, 88)
"""Windows switches itself off, or hibernates, at the critical temperature of a zone; by Kernel-Power's own manifest."""
MONTH = 30
PROCESSORS, HELD_BACK = "Microsoft-Windows-Kernel-Processor-Power", 37
"""The firmware limits the speed of one processor: logged repeatedly while it lasts, with its seconds.

TpcChanges counts thermal limits, PpcChanges and PccChanges platform power limits.
"""
NOTABLE = 600
"""Seconds; a minute or two happen on every laptop."""
MOST_EVENTS = 500
"""Records of a log that are given at most, the newest."""
DAY = 86400
_SLOWED = re.compile(
    r"temperature(?:/speed)? (?:is )?above threshold, cpu clock (?:is )?throttled \(total events = (\d{1,9})\)"
)
UNSURE = (Reason.MISSING, Reason.UNREADABLE, Reason.FORBIDDEN)


class Heat(Record, frozen=True):
    """One temperature in °C with the limit at which the part protects itself; None: the part does not say."""

    part: str
    """processor, graphics or zone"""
    label: str
    celsius: float
    critical: float | None = None


class Limit(Record, frozen=True):
    """How long the firmware of a Windows PC has held a processor back, out of how many seconds."""

    seconds: float
    window: float
    age: float
    """seconds since it was last told"""
    heat: bool = False


class Climate(Record, frozen=True):
    """All temperatures, broken fans, and how long the processor was throttled since boot."""

    heats: tuple[Heat, ...] = ()
    fans: tuple[str, ...] = ()
    throttled: float | None = None
    """seconds"""
    uptime: float = 0
    events: int = 0
    """how often the kernel says that it was slowed down"""
    shut_down: tuple[float, ...] = ()
    """when Windows switched itself off for heat in a month, the newest first"""
    limit: Limit | None = None
    unseen: tuple[Gap, ...] = ()


def climate(host: Host) -> Climate:
    """Ask every sensor; INAPPLICABLE without any, as in virtual machines."""
    found = _windows(host) if host.system == "windows" else _linux(host)
    told = found.heats or found.fans or found.events or found.shut_down or found.limit or found.unseen
    if not told and found.throttled is None:
        raise ProbeError(Reason.INAPPLICABLE, "no temperature sensor")
    return found


def _linux(host: Host) -> Climate:
    heats: list[Heat] = []
    fans: list[str] = []
    for monitor in attempt(lambda: host.listdir(MONITORS), []):
        folder = f"{MONITORS}/{monitor}"
        chip = _text(host, f"{folder}/name")
        names = attempt(partial(host.listdir, folder), [], *UNSURE)
        fans += [
            f"{chip} {name[:-6]}"
            for name in names
            if re.fullmatch(r"fan\d+_fault", name) and _text(host, f"{folder}/{name}") == "1"
        ]
        if chip in CHIPS:
            heats += [
                heat
                for name in names
                if re.fullmatch(r"temp\d+_input", name) and (heat := _heat(host, folder, name[:-6], chip))
            ]
    slowed = _text(host, f"{THROTTLE}/package_throttle_total_time_ms")
    throttled = int(slowed) / 1000 if slowed.isdigit() else None
    more = Supplements(host)
    said = more.ask(partial(kernel_log.kernel_log, host), (), "kernel log") if throttled is None else ()
    unseen = more.unseen if heats or fans else ()  # without sensors nothing is missed: virtual machines
    return Climate(tuple(heats), tuple(fans), throttled, uptime(host), parse_slowed(said), unseen=unseen)


def parse_slowed(log: Iterable[Message]) -> int:
    """The highest throttle count of any processor."""
    return max((int(match[1]) for line in log if (match := _SLOWED.search(line.text))), default=0)


def _text(host: Host, path: str) -> str:
    return str(attempt(lambda: host.read(path), "", *UNSURE)).strip()


def _heat(host: Host, folder: str, sensor: str, chip: str) -> Heat | None:
    """The value of a sensor; one that is off gives an error, a broken one reports a fault."""
    value, limit = (_millidegrees(_text(host, f"{folder}/{sensor}_{what}")) for what in ("input", "crit"))
    if value is None or _text(host, f"{folder}/{sensor}_fault") == "1":
        return None
    label = _text(host, f"{folder}/{sensor}_label") or sensor
    return Heat(CHIPS[chip], label, value, limit)


def _millidegrees(text: str) -> float | None:
    number = int(text) / 1000 if re.fullmatch(r"-?\d{1,7}", text) else None
    return number if number is not None and int(number) in PLAUSIBLE else None


def _windows(host: Host) -> Climate:
    """ACPI thermal zones, usually for administrators only, and thermal shutdowns, for everybody."""
    more = Supplements(host)
    records = more.ask(partial(host.events, "System", ids=TOO_HOT, days=MONTH, providers=[POWER]), [], POWER)
    shut_down = tuple(float(record["time"]) for record in records)
    ask_limits = partial(host.events, "System", ids=[HELD_BACK], days=1, providers=[PROCESSORS])
    held_back = parse_limits(more.ask(ask_limits, [], PROCESSORS), host.now())
    columns = ("InstanceName", "CurrentTemperature", "CriticalTripPoint")
    ask = partial(host.wmi, ZONES, *columns, namespace="root\\wmi")
    heats = []
    for row in more.ask(ask, [], ZONES) if shut_down or held_back else attempt(ask, []):
        value, limit = (_kelvin(row[name]) for name in ("CurrentTemperature", "CriticalTripPoint"))
        if value is not None:
            heats.append(Heat("zone", str(row["InstanceName"] or "").rpartition("\\")[2], value, limit))
    return Climate(tuple(heats), shut_down=shut_down, limit=held_back, unseen=more.unseen)


def parse_limits(records: Sequence[Mapping[str, Any]], now: float) -> Limit | None:
    """The processor that was limited longest, within the time that the log covers."""
    seconds: dict[tuple[str, str], float] = {}
    heat = False
    for record in records:
        data = record["data"] if isinstance(record["data"], dict) else {}
        lasted, hot = (str(data.get(name) or "") for name in ("CapDurationInSeconds", "TpcChanges"))
        if re.fullmatch(r"[0-9]{1,6}", lasted):
            key = str(data.get("Group")), str(data.get("Number"))
            seconds[key] = seconds.get(key, 0) + int(lasted)
            heat = heat or hot.strip("0") != ""
    if max(seconds.values(), default=0) < NOTABLE:
        return None
    window = now - float(records[-1]["time"]) if len(records) >= MOST_EVENTS else float(DAY)
    longest = float(max(seconds.values()))
    return Limit(longest, max(window, longest), now - float(records[0]["time"]), heat)


def _kelvin(tenths: int | None) -> float | None:
    celsius = round((tenths or 0) / 10 - 273.15, 1)
    return celsius if tenths != ZERO and int(celsius) in PLAUSIBLE else None
