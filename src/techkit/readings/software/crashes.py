"""Crashes and hangs of programs and of the system: core dumps, crash reports, stop codes, sudden shutdowns."""

from __future__ import annotations

import json
import re
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import msgspec

from techkit.host import ProbeError, attempt
from techkit.model import Reason, Record
from techkit.readings.os import kernel_log, services, unclean_shutdowns
from techkit.readings.os.processes import base

if TYPE_CHECKING:
    from collections.abc import Iterable

    from techkit.host import Host
    from techkit.readings.os.kernel_log import Message
    from techkit.readings.supplements import Supplements

DAY = 86400
WEEK = 7
MONTH = 30
DUMPS = "/var/lib/systemd/coredump"
REPORTS = "/var/crash"
STORES = ("/sys/fs/pstore", "/var/lib/systemd/pstore")
"""pstore, and where systemd moves its contents at the next boot."""
JOURNAL = (
    "journalctl", "MESSAGE_ID=fc2e22bc6ee647b6b90729ab34a250b1", f"--since=-{WEEK}d", "-n", "500", "-o", "json",
    "--output-fields=COREDUMP_EXE,COREDUMP_COMM,COREDUMP_SIGNAL,COREDUMP_SIGNAL_NAME,COREDUMP_UNIT", "--no-pager",
)  # fmt: skip
"""systemd-coredump's own entries; sd-messages(3)."""
LAST = ("last", "-x", "-w", "-n", "60", "--time-format", "iso", "reboot", "shutdown")
OFFICE = re.compile(
    r"(winword|excel|powerpnt|outlook|msaccess|onenote|mspub|visio|winproj)\.exe|soffice\.(bin|exe)", re.IGNORECASE
)
BROWSERS = re.compile(
    r"(chrome|msedge|firefox|opera|browser|brave|vivaldi|iexplore)\.exe|chrome|chromium|firefox|opera|yandex_browser"
    r"|brave|vivaldi-bin|epiphany",
    re.IGNORECASE,
)
"""Yandex' own is called browser.exe."""
ERROR, HANG = "Application Error", "Application Hang"
INSTALLER, INSTALLED = "MsiInstaller", 1033  # the order of its strings is unverified
"""Ends every installation: {product, version, language, status, maker}; learn.microsoft.com, Event Logging of MSI."""
RUNTIME, UNHANDLED, MANAGED = ".NET Runtime", 1026, "e0434352"
"""What the runtime of .NET writes beside a crash with this code: the program, and the name of its exception."""
STOP_CODES = {
    0x0A: "driver", 0xD1: "driver", 0x1E: "driver", 0x3B: "driver", 0x7E: "driver", 0x1000007E: "driver",
    0x9F: "driver", 0x133: "driver", 0x139: "driver", 0x13A: "driver", 0x19: "driver", 0xC2: "driver", 0xC5: "driver",
    0x116: "driver", 0x117: "driver", 0x119: "driver", 0x113: "driver", 0xC4: "verifier", 0x109: "driver",
    0x1A: "hardware", 0x7F: "hardware", 0x124: "hardware", 0x101: "hardware", 0x4E: "hardware", 0x12B: "hardware",
    0x50: "hardware", 0x154: "disk", 0xEF: "disk", 0xF4: "disk", 0x7A: "disk", 0x77: "disk", 0x24: "disk",
    0x7B: "disk", 0xED: "disk",
    0x2E: "hardware", 0x80: "hardware", 0x9C: "hardware", 0xA5: "hardware", 0xB9: "hardware", 0xE0: "hardware",
    0x111: "hardware", 0x122: "hardware", 0x127: "hardware", 0x17E: "hardware", 0x1CF: "hardware",
    0x1000007F: "hardware",
    0x23: "disk", 0x51: "disk", 0xF0: "disk", 0x12C: "disk", 0x140: "disk", 0x149: "disk", 0x1C7: "disk",
    0xC0000218: "disk", 0xC0000221: "disk",
    0xC9: "verifier", 0xE6: "verifier", 0xF1: "verifier", 0xF6: "verifier",
}  # fmt: skip
"""The likely cause of common stop codes; others point to a driver more often than not."""
UNRECORDED = "unrecorded"
_PRINTER_DRIVER = re.compile(r"\\spool\\drivers\\", re.IGNORECASE)
_OOPS = re.compile(
    r"^(BUG: (?!soft lockup|workqueue|sleeping)|kernel BUG at|Oops|general protection fault|Kernel panic"
    r"|Unable to handle kernel|Internal error: |divide error: |Kernel stack is corrupted|invalid opcode: )"
)
_EXCEPTION = re.compile(r"\b((?:[A-Za-z]\w{0,60}\.){1,8}\w{0,60}Exception)\b", re.ASCII)
_PLACE = re.compile(r"(?:RIP: \w+:|pc : |IP: )([\w.]+)\+0x[0-9a-f]+/0x[0-9a-f]+(?: \[(\w+)\])?")


class Crash(Record, frozen=True):
    """One program, as often as it crashed or hung in a week."""

    program: str
    count: int
    time: float
    """the last time, seconds since 1970"""
    hung: bool = False
    how: str = ""
    """the signal's name, or the exception's number"""
    module: str = ""
    unit: str = ""
    path: str = ""
    service: str = ""
    """Windows: the service whose program it is"""
    driver: bool = False
    """Windows: it crashed in a printer driver"""


class Oops(Record, frozen=True):
    """A kernel oops in this boot."""

    message: str
    count: int = 1
    place: str = ""
    """the function, or the module, where it happened"""
    time: float | None = None


class Stop(Record, frozen=True):
    """A stop code, and how often in a month; or the trace of a Linux panic."""

    code: int
    count: int
    time: float
    points: str = ""
    """driver, verifier, hardware or disk; unrecorded: nobody can say"""
    path: str = ""
    undumped: int = 0
    """how often Windows could not write its memory down"""


def application_log(host: Host) -> list[dict[str, Any]]:
    """What Windows has told in a week of programs that fell and of programs that were set up, one question for all."""
    return host.events("Application", ids=[1000, 1002, INSTALLED], days=WEEK, providers=[ERROR, HANG, INSTALLER])


def programs(host: Host) -> tuple[Crash, ...]:
    """Programs that crashed in a week, most often first; INAPPLICABLE without any crash records."""
    if host.system == "windows":
        records = [record for record in application_log(host) if record["provider"] in {ERROR, HANG}]
        return _served(host, _unhandled(host, _grouped(filter(None, map(windows_crash, records)))))
    reports = attempt(partial(host.listdir, REPORTS))
    found = list(_reported(host, reports or []))
    if host.exists(DUMPS):
        said = host.run(*JOURNAL, timeout=6)
        if said["code"] and not said["out"]:
            raise ProbeError(Reason.FORBIDDEN, "journalctl")
        found += parse_journal(said["out"])
    elif reports is None:
        raise ProbeError(Reason.INAPPLICABLE, "nobody keeps core dumps here")
    return _grouped(found)


def _unhandled(host: Host, found: tuple[Crash, ...]) -> tuple[Crash, ...]:
    """Name the exception instead of the code that is the same for all of them."""
    if not any(crash.how == MANAGED for crash in found):
        return found
    ask = partial(host.events, "Application", ids=[UNHANDLED], days=WEEK, providers=[RUNTIME])
    texts = [" ".join(map(str, _values(record["data"]))) for record in attempt(ask, [], *Reason)]
    return tuple(
        msgspec.structs.replace(crash, how=exception(texts, crash.program) or crash.how)
        if crash.how == MANAGED
        else crash
        for crash in found
    )


def exception(texts: Iterable[str], program: str) -> str:
    """The newest exception of a program; the first lines of its text name both, whatever the language around them."""
    for text in texts:
        if program.casefold() in text[:300].casefold() and (said := _EXCEPTION.search(text)):
            return said[1]
    return ""


def _values(data: Any) -> Iterable[Any]:
    return data.values() if isinstance(data, dict) else data


def _grouped(rows: Iterable[Crash]) -> tuple[Crash, ...]:
    found: dict[tuple[str, bool], Crash] = {}
    for row in rows:
        old = found.get((row.program, row.hung))
        newest = max((row, old), key=lambda one: one.time) if old else row
        found[row.program, row.hung] = Crash(
            row.program, (old.count if old else 0) + row.count, newest.time, row.hung, newest.how, newest.module,
            newest.unit, newest.path, driver=newest.driver,
        )  # fmt: skip
    return tuple(sorted(found.values(), key=lambda one: (-one.count, one.program)))


def _served(host: Host, found: tuple[Crash, ...]) -> tuple[Crash, ...]:
    """Add the service of each program, except the shared svchost."""
    if not found:
        return ()
    rows = attempt(partial(services.win32, host), [], *Reason)
    owners = {path.casefold(): str(row["Name"]) for row in rows if (path := services.program_of(row))}
    return tuple(msgspec.structs.replace(one, service=owners.get(one.path.casefold(), "")) for one in found)


def parse_journal(text: str) -> list[Crash]:
    """One entry a line; a field may be missing, or be a list of bytes."""
    found = []
    for line in text.splitlines():
        try:
            row = json.loads(line)
            when = int(row["__REALTIME_TIMESTAMP"]) / 1e6
            path, name = str(row.get("COREDUMP_EXE") or ""), str(row.get("COREDUMP_COMM") or "")
        except (ValueError, KeyError, TypeError, AttributeError):
            continue
        if path or name:
            how = str(row.get("COREDUMP_SIGNAL_NAME") or row.get("COREDUMP_SIGNAL") or "")
            found.append(
                Crash(base(path) or name, 1, when, how=how, unit=str(row.get("COREDUMP_UNIT") or ""), path=path)
            )
    return found


def _reported(host: Host, names: Iterable[str]) -> Iterable[Crash]:
    """Reports of apport: `_usr_bin_program.1000.crash`."""
    for name in names:
        if parts := re.fullmatch(r"(_.+)\.\d+\.crash", name):
            when = float(host.stat(f"{REPORTS}/{name}")["modified"])
            if host.now() - when < WEEK * DAY:
                path = parts[1].replace("_", "/")
                yield Crash(base(path), 1, when, path=path)


def windows_crash(record: dict[str, Any]) -> Crash | None:
    """Events 1000 and 1002: named fields, or before 22H2 the same strings in the same order."""
    data, hung = record["data"], record["provider"] == HANG
    if isinstance(data, dict):
        keys = ("AppName", "ModuleName", "ExceptionCode", "ExeFileName" if hung else "AppPath")
        name, module, how, path = (str(data.get(key) or "") for key in keys)
    else:
        name, module, how, path = ([*data, *[""] * 11][place] for place in (0, 3, 6, 5 if hung else 10))
    if not name:
        return None
    how = "" if hung else how.lower().removeprefix("0x")
    place = "" if hung else str(data.get("ModulePath") if isinstance(data, dict) else "".join(data[11:12]))
    module = "" if hung or module == "unknown" else module
    return Crash(name, 1, record["time"], hung, how, module, path=path, driver=bool(_PRINTER_DRIVER.search(place)))


def oopses(messages: Iterable[Message]) -> Oops | None:
    """The first kernel oops, and how many there were."""
    first, place, count = None, "", 0
    for message in messages:
        if _OOPS.search(message.text):
            count += 1
            first = first or message
        elif count and not place and (said := _PLACE.search(message.text)):
            place = said[2] or said[1]
    return Oops(first.text[:200], count, place, first.time) if first else None


def oops(host: Host) -> Oops | None:
    """From this boot's kernel log."""
    return oopses(kernel_log.kernel_log(host))


def remains(host: Host, more: Supplements) -> tuple[Stop, ...]:
    """Traces of kernel panics in a month: pstore, and kdump's folders."""
    places = [
        f"{store}/{name}" for store in STORES for name in more.listdir(store) if "dmesg" in name or name.isdigit()
    ]
    places += [f"{REPORTS}/{name}" for name in more.listdir(REPORTS) if re.search(r"\d{4}-?\d\d-?\d\d", name)]
    times = [(float(host.stat(place)["modified"]), place) for place in places[:50]]
    recent = [(when, place) for when, place in times if host.now() - when < MONTH * DAY]
    if not recent:
        return ()
    when, place = max(recent)
    return (Stop(0, len({round(when / 60) for when, _ in recent}), when, path=place),)


def bluescreens(host: Host) -> tuple[Stop, ...]:
    """Windows: stop codes of a month, and crashes without a recorded code."""
    found: dict[int, Stop] = {}
    for end in unclean_shutdowns.ends(host):
        if not (end.code or end.undumped):
            continue
        old = found.get(end.code)
        points = STOP_CODES.get(end.code, "driver") if end.code else UNRECORDED
        undumped = end.undumped + (old.undumped if old else 0)
        found[end.code] = Stop(
            end.code, (old.count if old else 0) + 1, old.time if old else end.time, points, undumped=undumped
        )
    return tuple(found.values())


class Sudden(Record, frozen=True):
    """A sudden shutdown: the time of the next boot, and whether the power button was held."""

    time: float
    button: bool = False
    asked: bool = False
    """it was shutting down"""


def sudden(host: Host) -> tuple[Sudden, ...]:
    """Sudden shutdowns in a week, the newest first, without crashes with a stop code."""
    if host.system == "windows":
        since = host.now() - WEEK * DAY
        plain = (end for end in unclean_shutdowns.ends(host) if end.time >= since and not (end.code or end.undumped))
        return tuple(Sudden(end.time, end.button, end.asked) for end in plain)
    said = host.run(*LAST)
    oldest = host.now() - WEEK * DAY
    return tuple(one for one in parse_last(said["out"]) if one.time >= oldest)


def parse_last(text: str) -> tuple[Sudden, ...]:
    """`last -x`, newest first: a start right after another start means that nobody had shut the machine down."""
    from datetime import datetime

    rows = [line.split() for line in text.splitlines()]
    events = [(row[0], row) for row in rows if row and row[0] in {"reboot", "shutdown"}]
    found = []
    for (word, row), (earlier, _) in pairwise(events):
        if word == earlier == "reboot":
            stamp = next((word for word in row if re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:]{8}[+-][\d:]{4,5}", word)), "")
            if stamp:
                found.append(Sudden(datetime.fromisoformat(stamp).timestamp()))
    return tuple(found)
