"""Whether the graphics card uses its own driver, and whether that driver hangs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from techkit.host import ProbeError
from techkit.model import Reason, Record
from techkit.readings.hardware import devices
from techkit.readings.os.kernel_log import kernel_log

if TYPE_CHECKING:
    from collections.abc import Iterable

    from techkit.host import Host
    from techkit.readings.os.kernel_log import Message

MAKERS = {"8086": "Intel", "10DE": "NVIDIA", "1002": "AMD"}
BASIC = "BasicDisplay"
"""The service of the driver that Windows uses where it has no better one."""
RECOVERED = 4101
"""Event of `Display`: the driver named first was reset; TechNet, Event ID 4101."""

_MISMATCH = re.compile(r"NVRM: API mismatch: the client has the version ([\d.]+)")
_HANG = re.compile(
    r"(i915|xe) \S+: \[drm\] GPU HANG|(amdgpu)\b.*\*ERROR\* ring \S+ timeout"
    r"|(NVRM): Xid \(\S+\): (?:48|74|79|95|119|120),"
)


class Graphics(Record, frozen=True):
    """Graphics trouble; `basic` names a card that only has the system's basic driver."""

    basic: str = ""
    maker: str = ""
    """Intel, NVIDIA or AMD, for whose cards a better driver exists"""
    nomodeset: bool = False
    client: str = ""
    """version of NVIDIA's libraries, where they do not fit the kernel module"""
    hangs: int = 0
    recovered: bool = False
    """Windows has reset the driver each time; counted for a week"""
    driver: str = ""
    device: str = ""
    """the card that this driver is for"""
    message: str = ""
    age: float | None = None
    unseen: Reason | None = None
    """why the log could not be read"""
    log: str = "/dev/kmsg"


def graphics(host: Host) -> Graphics:
    """Ask the device list of Windows, or the kernel's command line and log."""
    if host.system == "windows":
        return _windows(host)
    nomodeset = "nomodeset" in host.read("/proc/cmdline").split()
    try:
        said = kernel_log(host)
    except ProbeError as error:
        return Graphics(nomodeset=nomodeset, unseen=error.reason)
    return parse(said, host.now(), nomodeset=nomodeset)


def parse(messages: Iterable[Message], now: float, *, nomodeset: bool = False) -> Graphics:
    """What the kernel's messages tell: versions that do not fit, and how often the card hung."""
    client, hangs, driver, text, age = "", 0, "", "", None
    for message in messages:
        if match := _MISMATCH.search(message.text):
            client = match[1].rstrip(".")
        elif match := _HANG.search(message.text):
            hangs += 1
            driver, text = next(filter(None, match.groups())), message.text
            age = max(0.0, now - message.time) if message.time is not None else None
    return Graphics(
        nomodeset=nomodeset,
        client=client,
        hangs=hangs,
        driver="nvidia" if driver == "NVRM" else driver,
        message=text,
        age=age,
    )


def _windows(host: Host) -> Graphics:
    rows = devices.entities(host, "Display")
    for row in rows:
        place = str(row["PNPDeviceID"]).upper()
        if row["Service"] == BASIC and row["Present"] is not False and (match := re.match(r"PCI\\VEN_(\w{4})", place)):
            return Graphics(str(row["Name"]), MAKERS.get(match[1], ""))
    try:
        events = host.events("System", ids=[RECOVERED], days=7, providers=["Display"])
    except ProbeError as error:
        return Graphics(unseen=error.reason, log="System")
    named = [(driver_of(event["data"]), event["time"]) for event in events]
    if not named:
        return Graphics()
    driver, last = named[0]
    device = next((str(row["Name"]) for row in rows if str(row["Service"]).casefold() == driver.casefold()), "")
    hangs = sum(name == driver for name, _ in named)
    return Graphics(hangs=hangs, recovered=True, driver=driver, device=device, age=max(0.0, host.now() - last))


def driver_of(data: Any) -> str:
    """The driver that hung, as its service is called."""
    said = data.values() if isinstance(data, dict) else data
    return str(next(iter(said), "")).removesuffix(".sys") or "?"
