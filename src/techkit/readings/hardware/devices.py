"""Devices that do not work: no driver, no firmware, refused by the system, or not recognised."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from techkit.host import UNANSWERED, ProbeError, attempt
from techkit.model import Reason, Record
from techkit.readings.os.kernel_log import kernel_log

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from techkit.host import Host
    from techkit.readings.os.kernel_log import Message

BUS = "/sys/bus/pci/devices"
KINDS = {"0x0200": "network", "0x0280": "wifi", "0x0300": "display", "0x0401": "audio", "0x0403": "audio"}
"""PCI classes of devices that a person misses, by base class and subclass."""
COLUMNS = ("Name", "PNPClass", "PNPDeviceID", "Service", "ConfigManagerErrorCode", "Present", "CompatibleID")
CLASSES = ("AudioEndpoint", "Camera", "Display", "SmartCardReader")
"""Device classes that some check asks for, by Windows' names."""
WANTED = " OR ".join(("ConfigManagerErrorCode <> 0", *(f"PNPClass = '{kind}'" for kind in CLASSES)))
SILENT = {21, 24, 45, 46, 51, 54, 55, 56, 57}
"""Problem codes of devices that are removed, being removed, waiting or passed to a guest."""
RESTART = {14, 38, 47}
SWITCHED_OFF = {22, 29}
NO_DRIVER = {1, 28}
DRIVER = {3, 9, 18, 19, 31, 32, 37, 39, 40, 48, 49, 50, 52, 53}
INSIDE = ("PCI\\", "ACPI\\", "HDAUDIO\\", "INTELAUDIO\\")
"""Prefixes of ids of built-in devices."""
PNP = "Microsoft-Windows-Kernel-PnP"
NOT_STARTED = 411
"""In its log Configuration: DeviceInstanceId, …, Problem and Status, both hexadecimal; this provider's manifest."""
SOFTWARE = ("ROOT\\", "SWD\\", "SW\\", "{")
"""Prefixes of ids of software devices: Windows' own, VPNs, virtual Wi-Fi adapters."""

_AT = r"(\S+ [0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.\d): "
_ASKED = re.compile(_AT + r"Direct firmware load for (\S+) failed with error -2")
_GAVE_UP = re.compile(
    _AT + r".*(?:no suitable firmware found|failed to (?:load|request|fetch) (?:the )?firmware|could not fetch firmware"
    r"|firmware \S* ?(?:not found|is missing))",
    re.IGNORECASE,
)
_UNKNOWN_USB = re.compile(r"^usb (\S+?)(?:-port(\d+))?: unable to enumerate USB device")


class Device(Record, frozen=True):
    """One device in trouble.

    `trouble`: no_driver, no_firmware, driver, failed, restart, off (switched off) or unrecognised.
    """

    name: str
    trouble: str
    kind: str = ""
    """network, wifi, display, audio or usb; Windows' own name of the class"""
    place: str = ""
    """its address or id"""
    problem: int | None = None
    """Windows' problem code"""
    driver: str = ""
    file: str = ""
    age: float | None = None
    """seconds since it was seen to fail"""
    virtual: bool = False
    inside: bool = False
    """nobody can unplug it"""
    status: str = ""
    """the NTSTATUS of the failed start, as 0xc00000b5"""


class Devices(Record, frozen=True):
    """Every device in trouble; `unseen` says why the kernel's log could not be read."""

    devices: tuple[Device, ...] = ()
    unseen: Reason | None = None


def devices(host: Host) -> Devices:
    """Ask for every device in trouble; INAPPLICABLE in a container."""
    if host.system == "windows":
        return Devices(tuple(_explained(host, entities(host))))
    hardware = () if host.machine().get("container") else tuple(undriven(host))
    try:
        said = kernel_log(host)
    except ProbeError as error:
        return Devices(hardware, error.reason)
    return Devices((*hardware, *without_firmware(said), *unrecognised(said, host.now())))


def _explained(host: Host, rows: list[dict[str, Any]]) -> Iterable[Device]:
    """The log is asked only about devices in trouble: one failed start is none."""
    found = [(str(row["PNPDeviceID"]).upper(), device) for row in rows if (device := parse(row))]
    failed = [device for _, device in found if device.trouble in {"driver", "failed"}]
    told: dict[tuple[str, int], str] = {}
    if failed:
        ask = partial(host.events, f"{PNP}/Configuration", ids=[NOT_STARTED], days=30, providers=[PNP])
        for event in attempt(ask, [], *Reason):
            told.setdefault(*status(event["data"]))
    return [
        msgspec.structs.replace(device, status=told.get((place, device.problem or 0), "")) for place, device in found
    ]


def status(data: Any) -> tuple[tuple[str, int], str]:
    """Which device did not start, with which problem code, and the status of that; "" where there is none."""
    values = data if isinstance(data, dict) else {}
    problem, said = (_number(values.get(name)) for name in ("Problem", "Status"))
    return (str(values.get("DeviceInstanceId")).upper(), problem), f"0x{said:08x}" if said else ""


def _number(text: Any) -> int:
    found = re.fullmatch(r"0x([0-9a-f]{1,8})", str(text).lower())
    return int(found[1], 16) if found else 0


def entities(host: Host, kind: str = "") -> list[dict[str, Any]]:
    """Windows devices of one class, or all with a problem code, by one shared question.

    WMI first, because many recordings show its answers; the device manager gives the same without it.
    """
    ask = partial(host.wmi, "Win32_PnPEntity", *COLUMNS, where=WANTED, timeout=8)
    rows = attempt(ask, None, *UNANSWERED)
    if rows is None:
        rows = host.device_manager(CLASSES)
    return [row for row in rows if (row["PNPClass"] == kind if kind else row["ConfigManagerErrorCode"])]


def parse(row: Mapping[str, Any]) -> Device | None:
    """What a row of Win32_PnPEntity says; nothing for a device that is not there."""
    code = row["ConfigManagerErrorCode"]
    if code is None or code in SILENT or row["Present"] is False:
        return None
    trouble = (
        "off"
        if code in SWITCHED_OFF
        else "no_driver"
        if code in NO_DRIVER
        else "restart"
        if code in RESTART
        else "driver"
        if code in DRIVER
        else "failed"
    )
    place = str(row["PNPDeviceID"] or "")
    return Device(
        str(row["Name"] or place),
        trouble,
        str(row["PNPClass"] or _kind(row.get("CompatibleID"))),
        place.rpartition("\\")[0] or place,
        code,
        str(row["Service"] or ""),
        virtual=place.upper().startswith(SOFTWARE),
        inside=place.upper().startswith(INSIDE),
    )


def _kind(ids: Any) -> str:
    r"""The kind of a PCI device without driver and class, from its PCI class code, PCI\CC_0200."""
    classes = {f"PCI\\CC_{number[2:]}".upper(): kind for number, kind in KINDS.items()}
    return next((classes[text.upper()] for text in ids or () if text.upper() in classes), "")


def undriven(host: Host) -> Iterable[Device]:
    """PCI devices that a person misses and that have no driver."""
    for address in attempt(lambda: host.listdir(BUS), []):
        folder = f"{BUS}/{address}"
        kind = KINDS.get(attempt(partial(host.read, f"{folder}/class"), "")[:6])
        if not kind or attempt(partial(host.stat, f"{folder}/driver")) is not None:
            continue
        ids = [host.read(f"{folder}/{name}").strip().removeprefix("0x") for name in ("vendor", "device")]
        yield Device(":".join(ids), "no_driver", kind, address)


def without_firmware(messages: Iterable[Message]) -> Iterable[Device]:
    """Devices whose driver gave up without its firmware; a failed request alone is normal."""
    asked: dict[str, str] = {}
    gave_up: dict[str, None] = {}
    for message in messages:
        if match := _ASKED.search(message.text):
            asked[match[1]] = match[2]
        elif match := _GAVE_UP.search(message.text):
            gave_up[match[1]] = None
    for device in gave_up:
        if device in asked:
            driver, _, address = device.partition(" ")
            yield Device(driver, "no_firmware", place=address, driver=driver, file=asked[device])


def unrecognised(messages: Iterable[Message], now: float) -> Iterable[Device]:
    """USB ports whose device could not be enumerated, with the last time."""
    last: dict[str, float | None] = {}
    for message in messages:
        if match := _UNKNOWN_USB.search(message.text):
            last[f"{match[1]} port {match[2]}" if match[2] else match[1]] = message.time
    for socket, when in last.items():
        yield Device(socket, "unrecognised", "usb", socket, age=max(0.0, now - when) if when is not None else None)
