"""Whether pictures are drawn by the graphics card's own driver, and whether that driver has given up."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from techkit.host import ProbeError
from techkit.model import Reason, Record
from techkit.readings import devices
from techkit.readings.kernel_log import kernel_log

if TYPE_CHECKING:
    from collections.abc import Iterable

    from techkit.host import Host
    from techkit.readings.kernel_log import Message

MAKERS = {"8086": "Intel", "10DE": "NVIDIA", "1002": "AMD"}
BASIC = "BasicDisplay"
"""The service of the driver that Windows uses where it has no better one."""

_MISMATCH = re.compile(r"NVRM: API mismatch: the client has the version ([\d.]+)")
_HANG = re.compile(
    r"(i915|xe) \S+: \[drm\] GPU HANG|(amdgpu)\b.*\*ERROR\* ring \S+ timeout"
    r"|(NVRM): Xid \(\S+\): (?:48|74|79|95|119|120),"
)


class Graphics(Record, frozen=True):
    """What keeps pictures from being drawn well; `basic` names a card that only has the system's basic driver."""

    basic: str = ""
    maker: str = ""
    """Intel, NVIDIA or AMD, for whose cards a better driver exists"""
    nomodeset: bool = False
    client: str = ""
    """version of NVIDIA's libraries, where they do not fit the kernel module"""
    hangs: int = 0
    driver: str = ""
    message: str = ""
    age: float | None = None
    unseen: Reason | None = None
    """why the kernel's log could not be read"""


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
    for row in devices.entities(host, "Display"):
        place = str(row["PNPDeviceID"]).upper()
        if row["Service"] == BASIC and row["Present"] is not False and (match := re.match(r"PCI\\VEN_(\w{4})", place)):
            return Graphics(str(row["Name"]), MAKERS.get(match[1], ""))
    return Graphics()
