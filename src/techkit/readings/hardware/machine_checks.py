"""Hardware errors reported by processor, memory and buses: machine checks, EDAC counters, WHEA events."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import attempt
from techkit.model import Record
from techkit.readings.os.kernel_log import kernel_log
from techkit.readings.os.uptime import uptime

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from techkit.host import Host
    from techkit.readings.os.kernel_log import Message

EDAC = "/sys/devices/system/edac/mc"
EARLY = 30
"""Seconds after boot in which the kernel reports errors stored by the firmware."""
VALID, UNCORRECTED, ENABLED = 1 << 63, 1 << 61, 1 << 60
"""Bits of IA32_MCi_STATUS; an uncorrected error whose reporting was not enabled is none."""
MEMORY_MASK, MEMORY_CODE = 0xEF80, 0x0080
"""The compound code of errors of the memory controller: 0000 0000 1MMM CCCC."""
WHEA = "Microsoft-Windows-WHEA-Logger"
MEMORY_TEST = "Microsoft-Windows-MemoryDiagnostics-Results"
FATAL_EVENTS = {
    16: "bus", 18: "processor", 20: "processor", 22: "memory", 24: "bus", 26: "bus", 28: "processor", 46: "memory",
}  # fmt: skip
CORRECTED_EVENTS = {
    17: "bus", 19: "processor", 21: "processor", 23: "memory", 25: "bus", 27: "bus", 29: "processor", 47: "memory",
}  # fmt: skip
DAYS = 30
TEST_PASSED, TEST_FAILED = {1101, 1201}, {1102, 1202}

_STATUS = re.compile(r"CPU:? ?(\d+).*Machine Check[^:]*: \S+ Bank (\d+): ([0-9a-f]{16})", re.IGNORECASE)
_EDAC = re.compile(r"EDAC \S+: (\d+) (CE|UE) (.*?)(?: on (\S+))?(?: \(|$)")
_LOST = re.compile(r"^Memory failure: 0x[0-9a-f]+: ", re.IGNORECASE)
_SEVERITY = re.compile(r"\[Hardware Error\]: event severity: (\w+)", re.IGNORECASE)
_EXCEPTION = re.compile(r"Machine check exception|Fatal machine check|Uncorrected hardware memory error", re.IGNORECASE)
_UNSAID = re.compile(r"Machine check events logged|\[Hardware Error\]|Machine check\b.*\berror", re.IGNORECASE)
_SETUP = re.compile(
    r"mce: CPU supports|Using \d+ MCE banks|HEST|firmware.first|disabled|enabled|[Ii]nitializ|GHES: Generic"
)


class Trouble(Record, frozen=True):
    """Errors of one kind at one place: `kind` is uncorrected, corrected, unsaid or test_failed."""

    kind: str
    part: str = ""
    """memory, processor or bus; empty if unknown"""
    place: str = ""
    """the memory module or processor that is named"""
    count: int = 1
    message: str = ""
    early: bool = False
    """reported in the first seconds after boot: it happened before"""


def troubles(host: Host) -> tuple[Trouble, ...]:
    """All errors since boot (Windows: of the last DAYS), one entry per kind and place."""
    if host.system == "windows":
        return _windows(host)
    counted = tuple(counters(host))
    corrupted = re.search(r"^HardwareCorrupted:\s+(\d+) kB", host.read("/proc/meminfo"), re.MULTILINE)
    lost = int(corrupted[1]) if corrupted else 0
    found = [*counted, *([Trouble("uncorrected", "memory", message=f"HardwareCorrupted: {lost} kB")] if lost else ())]
    booted = host.now() - uptime(host)
    return merged((*found, *parse(kernel_log(host), booted, counted=bool(counted))))


def counters(host: Host) -> Iterable[Trouble]:
    """The memory controllers' counts since boot, by module if the driver knows it."""
    for controller in attempt(lambda: host.listdir(EDAC), []):
        if not re.fullmatch(r"mc\d+", controller):
            continue
        for kind, name in (("uncorrected", "ue_count"), ("corrected", "ce_count")):
            text = attempt(partial(host.read, f"{EDAC}/{controller}/{name}"), "0").strip()
            if count := int(text) if text.isascii() and text.isdigit() else 0:
                yield Trouble(kind, "memory", controller, count, f"{EDAC}/{controller}/{name}: {count}")


def parse(messages: Iterable[Message], booted: float, *, counted: bool = False) -> Iterable[Trouble]:
    """Errors in the kernel log; modules already `counted` by EDAC are left out."""
    for message in messages:
        text = message.text
        early = message.time is not None and message.time - booted < EARLY
        if _SETUP.search(text):
            continue
        if match := _STATUS.search(text):
            yield _status(match, text, early=early)
        elif match := _EDAC.search(text):
            if not counted:
                kind = "uncorrected" if match[2] == "UE" else "corrected"
                yield Trouble(kind, "memory", match[4] or "", int(match[1]), text)
        elif _LOST.match(text):
            yield Trouble("uncorrected", "memory", message=text)
        elif match := _SEVERITY.search(text):
            kind = "corrected" if match[1].lower() in {"corrected", "info"} else "uncorrected"
            yield Trouble(kind, message=text, early=early)
        elif _EXCEPTION.search(text):
            yield Trouble("uncorrected", "processor", message=text, early=early)
        elif _UNSAID.search(text):
            yield Trouble("unsaid", message=text, early=early)


def _status(match: re.Match[str], text: str, *, early: bool) -> Trouble:
    status = int(match[3], 16)
    kind = "uncorrected" if status & UNCORRECTED else "corrected"
    if not status & VALID or (status & UNCORRECTED and not status & ENABLED):
        kind = "unsaid"
    if status & MEMORY_MASK == MEMORY_CODE:
        return Trouble(kind, "memory", message=text, early=early)
    return Trouble(kind, "processor", f"CPU {match[1]}", message=text, early=early)


def merged(found: Iterable[Trouble]) -> tuple[Trouble, ...]:
    """One entry per kind, part and place; less precise reports are merged into more precise ones."""
    kept: dict[tuple[str, str, str, bool], Trouble] = {}
    for one in found:
        key = one.kind, one.part, one.place, one.early
        count = one.count + (kept[key].count if key in kept else 0)
        kept[key] = Trouble(one.kind, one.part, one.place, count, kept.get(key, one).message, one.early)
    told = [one for one in kept.values() if one.kind != "unsaid"] or list(kept.values())
    named = {(one.kind, one.part) for one in told if one.place}
    return tuple(one for one in told if one.place or (one.kind, one.part) not in named)


# ---------------------------------------------------------------------- Windows
def _windows(host: Host) -> tuple[Trouble, ...]:
    ids = [*FATAL_EVENTS, *CORRECTED_EVENTS]
    found = [trouble(event) for event in host.events("System", ids=ids, days=DAYS, providers=[WHEA])]
    tests = attempt(
        lambda: host.events("System", ids=sorted(TEST_PASSED | TEST_FAILED), days=DAYS, providers=[MEMORY_TEST]),
        [],
    )
    if tests and tests[0]["id"] in TEST_FAILED:
        found.append(Trouble("test_failed", "memory", message=f"{MEMORY_TEST} {tests[0]['id']}"))
    return merged(found)


def trouble(event: Mapping[str, Any]) -> Trouble:
    """What one event of WHEA-Logger tells."""
    number, data = event["id"], event["data"] if isinstance(event["data"], dict) else {}
    part = FATAL_EVENTS.get(number) or CORRECTED_EVENTS[number]
    place = ""
    if part == "processor" and str(data.get("ApicId", "")):
        place = f"CPU {data['ApicId']}"
    elif part == "bus" and data.get("VendorID"):
        place = f"{data.get('VendorID')}:{data.get('DeviceID')}"
    elif part == "memory":
        place = str(data.get("FRUText") or "")
    kind = "uncorrected" if number in FATAL_EVENTS else "corrected"
    return Trouble(kind, part, place, message=f"{WHEA} {number}")
