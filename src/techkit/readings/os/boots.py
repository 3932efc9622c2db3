"""The duration of the last boot, and what delayed it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from techkit.host import ProbeError
from techkit.model import Reason, Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from techkit.host import Host

MARKS = tuple(f"{name}TimestampMonotonic" for name in ("Firmware", "Loader", "InitRD", "Userspace", "Finish"))
PERFORMANCE = "Microsoft-Windows-Diagnostics-Performance/Operational"
BOOT = 100
DELAYS = {101: "program", 102: "driver", 103: "service", 109: "device"}
"""Events that name what delayed the boot."""
DAYS = 30
BRIEF = 5.0
"""Seconds of user space below which details are not asked for."""
FEW = 3
HOLDS = ("Id", "Type", "Before", "InactiveEnterTimestampMonotonic")
_LINK = re.compile(
    r"([\w@:.\\][\w@:.\\-]*\.(?:service|mount|device|socket|target|swap|automount)) @\S.*? \+(.+)$", re.MULTILINE
)
_SPAN = re.compile(r"(\d[\d.]*)(us|ms|min|s|h|d)")
_UNIT = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}


class Delay(Record, frozen=True):
    """One unit that delayed the boot, and for how many seconds."""

    name: str
    seconds: float
    kind: str = ""
    """Type of a systemd service (oneshot, notify, …); program, driver, service or device on Windows"""


class Boot(Record, frozen=True):
    """The last boot, in seconds, and its longest delays."""

    total: float
    """without the firmware and the boot menu"""
    userspace: float = 0
    delays: tuple[Delay, ...] = ()


def boot(host: Host) -> Boot:
    """Ask for the last boot; raises if it is unfinished or was not measured."""
    return _windows(host) if host.system == "windows" else _linux(host)


def _linux(host: Host) -> Boot:
    said = host.run("systemctl", "show", f"--property={','.join(MARKS)}")
    marks = {name: int(value) for name, value in re.findall(r"^(\w+)=(\d+)$", said["out"], re.MULTILINE)}
    begun, ended = marks.get(MARKS[3], 0), marks.get(MARKS[4], 0)
    if not ended:
        raise ProbeError(Reason.MISSING, MARKS[4])
    userspace = (ended - begun) / 1e6
    inside = host.exists("/run/systemd/container")  # there the marks count from the start of the whole machine
    total = userspace if inside else ended / 1e6
    if userspace < BRIEF:
        return Boot(total, userspace)
    chain = parse_chain(host.run("systemd-analyze", "critical-chain", "--no-pager")["out"])
    told = {delay.name: delay.seconds for delay in chain}
    if sum(told.values()) < userspace / 2:  # finished units are left out of the chain
        blamed = parse_blame(host.run("systemd-analyze", "blame", "--no-pager")["out"])
        told = {delay.name: delay.seconds for delay in blamed[:FEW]} | told
    longest = sorted(told, key=lambda name: -told[name])[:FEW]
    services = [name for name in longest if name.endswith(".service")]
    shown = host.run("systemctl", "show", f"--property={','.join(HOLDS)}", "--", *services)["out"] if services else ""
    rows = [dict(line.split("=", 1) for line in block.splitlines() if "=" in line) for block in shown.split("\n\n")]
    kinds = {row.get("Id", ""): row.get("Type", "") for row in rows}
    in_chain = {delay.name for delay in chain}
    held = in_chain | {row.get("Id", "") for row in rows if _held_up(row, ended)}
    return Boot(
        total, userspace, tuple(Delay(name, told[name], kinds.get(name, "")) for name in longest if name in held)
    )


def _held_up(row: Mapping[str, str], ended: int) -> bool:
    """Whether the boot waited for a unit that is no longer active: it ended before the boot finished."""
    ready = row.get("InactiveEnterTimestampMonotonic", "")
    before = any(name.endswith(".target") and name != "shutdown.target" for name in row.get("Before", "").split())
    return before and row.get("Type") == "oneshot" and ready.isdigit() and 0 < int(ready) <= ended


def parse_blame(text: str) -> tuple[Delay, ...]:
    """`systemd-analyze blame`: a time and a unit a line, the longest first."""
    rows = (line.strip().rpartition(" ") for line in text.splitlines())
    return tuple(Delay(name, seconds(span)) for span, _, name in rows if span)


def parse_chain(text: str) -> tuple[Delay, ...]:
    """The units of `systemd-analyze critical-chain` and how long each took to start."""
    return tuple(Delay(name, seconds(span)) for name, span in _LINK.findall(text))


def seconds(span: str) -> float:
    """Read a time span as systemd writes it: 1min 2.345s."""
    return sum(float(number) * _UNIT[unit] for number, unit in _SPAN.findall(span) if number.count(".") < 2)


def _windows(host: Host) -> Boot:
    """The newest measured boot, without those that installed updates. Servers measure none."""
    if host.machine()["edition"] == "server":
        raise ProbeError(Reason.INAPPLICABLE, PERFORMANCE)
    found = host.events(PERFORMANCE, ids=[BOOT, *DELAYS], days=DAYS)
    starts = [event for event in found if event["id"] == BOOT and not _true(event["data"], "BootIsRebootAfterInstall")]
    if not starts:
        raise ProbeError(Reason.MISSING, f"{PERFORMANCE}: {BOOT}")
    last = starts[0]
    return Boot(_milliseconds(last["data"], "BootTime"), delays=_delays(found, last["time"]))


def _delays(events: Iterable[Mapping[str, Any]], when: float) -> tuple[Delay, ...]:
    """The delays logged within minutes of one boot."""
    named = [
        Delay(str(event["data"].get("FriendlyName") or event["data"].get("Name") or ""),
              _milliseconds(event["data"], "TotalTime"), DELAYS[event["id"]])
        for event in events
        if event["id"] in DELAYS and abs(event["time"] - when) < 600 and isinstance(event["data"], dict)
    ]  # fmt: skip
    return tuple(sorted((delay for delay in named if delay.name), key=lambda delay: -delay.seconds)[:3])


def _milliseconds(data: Any, name: str) -> float:
    value = data.get(name) if isinstance(data, dict) else None
    try:
        return float(value or 0) / 1000
    except (TypeError, ValueError):
        return 0.0


def _true(data: Any, name: str) -> bool:
    return isinstance(data, dict) and str(data.get(name)).lower() in {"true", "1"}
