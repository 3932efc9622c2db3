"""The printers of a machine and their queues, from CUPS or Windows."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from techkit.host import UNANSWERED, ProbeError, attempt
from techkit.model import Reason, Record
from techkit.readings.os import services

if TYPE_CHECKING:
    from techkit.host import Host

CONFIGURED = "/etc/cups/printers.conf"
STATE = ("-r", "-d", "-v", "-a", "-l", "-p", "-o")
DOWN = re.compile(
    r"cheduler is not running|\A\s*lpstat: (Transport endpoint is not connected|Connection (refused|reset by peer))$",
    re.MULTILINE,
)
"""How lpstat says that nobody answers it: by itself, or in the words of connect(2) and send(2)."""
NONE = "No destinations added"
PORTS = {"socket": 9100, "ipp": 631, "ipps": 631, "http": 80, "https": 443, "lpd": 515, "smb": 445}
"""Schemes of CUPS for printers in the network, with the port of each."""
NO_SERVICE = (
    "printing.spooler.stopped",
    "printing.spooler.jammed",
    "printing.spooler.disabled",
    "printing.spooler.hung",
)
"""Codes that make every question to a printer meaningless."""
VERSION = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion"
RAW, LPR, SMB = 9100, 515, 445
LPR_PROTOCOL = 2
"""Protocol of a standard TCP/IP port of Windows: 1 raw, 2 LPR."""
PRINT = r"HKLM\SYSTEM\CurrentControlSet\Control\Print"
PORT_MONITOR = PRINT + r"\Monitors\Standard TCP/IP Port\Ports"
ROWS = (
    "Name", "Default", "PortName", "ServerName", "Network", "WorkOffline", "PrinterStatus", "ExtendedPrinterStatus",
    "DetectedErrorState",
)  # fmt: skip
PAUSED = 8
"""ExtendedPrinterStatus of a printer that somebody has paused."""
AWAY, DETECTED_AWAY = 7, 9
"""PrinterStatus and DetectedErrorState of a printer that its driver finds offline."""
WINDOWS_NEEDS = {4: "media-empty", 6: "toner-empty", 7: "door-open", 8: "media-jam", 10: "service", 11: "output-full"}
"""DetectedErrorState: conditions that need somebody at the printer."""
WORK_OFFLINE = 0x400
"""PRINTER_ATTRIBUTE_WORK_OFFLINE"""
STOPPED, OFFLINE = 0x1, 0x80
"""PRINTER_STATUS_PAUSED, PRINTER_STATUS_OFFLINE"""
SPOOLER_NEEDS = {
    0x8: "media-jam", 0x10: "media-empty", 0x800: "output-full", 0x40000: "toner-empty", 0x100000: "service",
    0x400000: "door-open",
}  # fmt: skip
"""PRINTER_STATUS_PAPER_JAM, PAPER_OUT, OUTPUT_BIN_FULL, NO_TONER, USER_INTERVENTION, DOOR_OPEN"""
NEEDS = {
    "media-empty": "media-empty", "media-needed": "media-empty", "media-jam": "media-jam", "door-open": "door-open",
    "cover-open": "door-open", "interlock-open": "door-open", "input-tray-missing": "tray-missing",
    "toner-empty": "toner-empty", "marker-supply-empty": "toner-empty", "developer-empty": "toner-empty",
    "output-area-full": "output-full", "marker-waste-full": "waste-full",
}  # fmt: skip
"""IPP printer-state-reasons that need somebody at the printer."""
VIRTUAL_PORT = re.compile(
    r"portprompt:|nul:?$|file:|shrfax:|fax:|xpsport:|microsoft\.office\.|onenote|print ?to|.*pdf|ts\d{3}$",
    re.IGNORECASE,
)
"""Windows ports without a physical printer: files, faxes, redirected ones of a remote session."""
HELD = 1
PAST = 4 | 128 | 256
"""Bits of a job's StatusMask: paused; being deleted, printed, deleted."""
JOB_OFFLINE = 32
JOB_NEEDS = {64: "media-empty", 1024: "service"}
"""Bits of the same that many drivers report only per document: no paper, user intervention."""

_PRINTER = re.compile(r"printer (?P<name>\S+) (?P<state>.*?)(?P<enabled>enabled|disabled) since ")
_JOB = re.compile(r"(?P<name>\S+)-(?P<number>\d+)\s+.*?\s\d+\s+(?P<when>[A-Z][a-z]{2} .*\d{4})$")
_WHEN = "%a %b %d %H:%M:%S %Y"


class Printer(Record, frozen=True):
    """One printer, or rather its queue."""

    name: str
    enabled: bool = True
    """False: somebody or the print service has stopped it"""
    accepting: bool = True
    message: str = ""
    """what the print service says of it"""
    needs: tuple[str, ...] = ()
    """media-empty, media-jam, door-open, tray-missing, toner-empty, output-full, waste-full, service"""
    default: bool = False
    offline: bool = False
    """Windows: detected as offline, or set to be used offline"""
    host: str = ""
    """where it is in the network; empty for one at this machine"""
    port: int = 0
    usb: bool = False
    """at a USB socket of this machine"""
    virtual: bool = False
    """not a physical printer: it writes files or sends faxes"""


class Job(Record, frozen=True):
    """One document that waits; `age` in seconds."""

    printer: str
    number: int
    age: float
    held: bool = False
    """whether somebody told it to wait"""


class Printing(Record, frozen=True):
    """All printers and their jobs; `default` is the default printer."""

    running: bool = True
    printers: tuple[Printer, ...] = ()
    jobs: tuple[Job, ...] = ()
    default: str = ""


def printing(host: Host) -> Printing:
    """Ask for printers and jobs; INAPPLICABLE where none is set up."""
    if host.system == "windows":
        return _windows(host)
    if not configured(host):
        raise ProbeError(Reason.INAPPLICABLE, "no printer is set up here")
    said = host.run("lpstat", *STATE, timeout=6)
    now = datetime.fromtimestamp(host.now(), timezone(timedelta(seconds=host.machine().get("utc_offset") or 0)))
    found = parse_lpstat(said["out"] + "\n" + said["err"], now)
    if found.running and not found.printers:
        reason = Reason.INAPPLICABLE if NONE in said["err"] else Reason.UNREADABLE
        raise ProbeError(reason, f"lpstat: {said['err'].strip()[: services.LONGEST]}")
    return found


def served(host: Host) -> Printing:
    """The same where the print service runs, else INAPPLICABLE."""
    found = printing(host)
    if not found.running:
        raise ProbeError(Reason.INAPPLICABLE, "the print service does not run")
    return found


def configured(host: Host) -> bool:
    """Whether CUPS of this machine knows a printer; its list is for root alone, its size is not."""
    about = attempt(lambda: host.stat(CONFIGURED))
    if about is None:
        return False
    text = attempt(lambda: host.read(CONFIGURED), None, Reason.FORBIDDEN, Reason.MISSING)
    if text is None:
        return int(about["size"]) > 250  # the heading alone is shorter
    return bool(re.search(r"^<(Default)?Printer ", text, re.MULTILINE))


def parse_lpstat(text: str, now: datetime) -> Printing:
    """Read what `lpstat -r -d -v -a -l -p -o` says under LC_ALL=C; `now` in the machine's own time zone.

    The indented lines belong to the line above them: of a printer the first that is no label is its message.
    """
    if DOWN.search(text):
        return Printing(running=False)
    found: dict[str, dict[str, Any]] = {}
    jobs: list[dict[str, Any]] = []
    default, fresh = "", False
    last: dict[str, Any] = {}
    for line in text.splitlines():
        if line[:1].isspace():
            _detail(last, line.strip(), first=fresh)
            fresh = False
            continue
        last, fresh = {}, True
        if line.startswith("system default destination: "):
            default = line.partition(": ")[2].strip()
        elif line.startswith("device for "):
            name, _, uri = line.removeprefix("device for ").partition(": ")
            last = found.setdefault(name, {})
            last |= _place(uri.strip())
        elif match := re.match(r"(\S+) (not )?accepting requests since ", line):
            last = found.setdefault(match[1], {})
            last["accepting"] = not match[2]
        elif match := _PRINTER.match(line):
            last = found.setdefault(match["name"], {})
            last["enabled"] = match["enabled"] == "enabled"
            if "jammed" in match["state"]:
                last["needs"] = ("media-jam",)
        elif match := _JOB.match(line):
            last = {"printer": match["name"], "number": int(match["number"]), "age": _age(match["when"], now)}
            jobs.append(last)
    return Printing(
        printers=tuple(
            Printer(name, default=name == default, **{key: value for key, value in told.items() if key != "held"})
            for name, told in found.items()
        ),
        jobs=tuple(
            Job(job["printer"], job["number"], job["age"], held=bool(job.get("held")))
            for job in jobs
            if job["age"] is not None
        ),
        default=default,
    )


def _detail(told: dict[str, Any], text: str, *, first: bool) -> None:
    label, colon, value = text.partition(":")
    if colon and label == "Alerts":
        reasons = value.split()
        if "number" in told:
            told["held"] = any(reason.startswith(("job-hold", "job-incoming")) for reason in reasons)
            return
        plain = [re.sub(r"-(error|warning|report)$", "", reason) for reason in reasons]
        told["needs"] = tuple(dict.fromkeys(NEEDS[reason] for reason in plain if reason in NEEDS))
    elif first and "number" not in told and told and not text.startswith(("Form mounted", "Description:")):
        told["message"] = "" if text == "reason unknown" else text


def _age(when: str, now: datetime) -> float | None:
    try:
        there = datetime.strptime(when, _WHEN).replace(tzinfo=now.tzinfo)
    except ValueError:
        return None
    return max(0.0, (now - there).total_seconds())


def _place(uri: str) -> dict[str, Any]:
    """The host and port of a CUPS device; local and DNS-SD addresses are not resolved."""
    try:
        parts = urlsplit(uri)
        port = parts.port or PORTS.get(parts.scheme, 0)
    except ValueError:
        return {}
    if parts.scheme == "usb" or uri.startswith("hp:/usb/"):
        return {"usb": True}
    if parts.scheme not in PORTS:
        return {"virtual": uri.startswith(("/dev/null", "file:", "cups-pdf:"))}
    name = parts.hostname or ""
    return {} if name in {"", "localhost", "::1"} or name.startswith("127.") else {"host": name, "port": port}


def plugged(host: Host) -> bool:
    """Whether any printer is at a USB socket of a Linux machine: a device with an interface of class 07."""
    folder = "/sys/bus/usb/devices"
    places = [place for place in attempt(lambda: host.listdir(folder), []) if ":" in place]
    return any(attempt(partial(host.read, f"{folder}/{one}/bInterfaceClass"), "").strip() == "07" for one in places)


def chosen(host: Host) -> str:
    """The default printer that the person at a Linux machine has chosen for themselves; empty for none."""
    person = host.person()
    files = (f"{person.get('home') or ''}/.cups/lpoptions", "/etc/cups/lpoptions")
    for file in files:
        text = attempt(partial(host.read, file), "")
        if match := re.search(r"^\s*Default\s+(\S+)", text, re.MULTILINE | re.IGNORECASE):
            return match[1]
    return ""


# ---------------------------------------------------------------------- Windows
def _windows(host: Host) -> Printing:
    spooler = services.units(host, "Spooler")["Spooler"]
    if not spooler.running:
        return Printing(running=False)
    default = default_of(host)
    told = attempt(partial(_by_wmi, host, default), None, *UNANSWERED)
    printers, waiting = _by_spooler(host, default) if told is None else told
    if not printers:
        raise ProbeError(Reason.INAPPLICABLE, "no printer is set up here")
    heard = tuple(heard_of(printer, waiting) for printer in printers)
    return Printing(printers=heard, jobs=parse_jobs(waiting, host.now()), default=default)


def _by_wmi(host: Host, default: str) -> tuple[tuple[Printer, ...], list[dict[str, Any]]]:
    """Printers and jobs from WMI, which comes first because it knows the state of a print server's queues."""
    rows = host.wmi("Win32_Printer", *ROWS, timeout=8)
    if rows and not any(row["Name"] for row in rows):
        raise ProbeError(Reason.UNREADABLE, "Win32_Printer.Name")
    waiting = host.wmi("Win32_PrintJob", "Name", "JobId", "StatusMask", "TimeSubmitted", timeout=8) if rows else []
    return tuple(_printer(host, row, default) for row in rows), waiting


def _by_spooler(host: Host, default: str) -> tuple[tuple[Printer, ...], list[dict[str, Any]]]:
    """The same from the print spooler, which knows the state of local queues at once."""
    said = host.spooler()
    return tuple(_spooled(host, one, default) for one in said["printers"]), said["jobs"]


def _spooled(host: Host, queue: dict[str, Any], default: str) -> Printer:
    status, server = int(queue["status"] or 0), queue["server"].lstrip("\\")
    place = (server, SMB) if server else windows_port(host, queue["port"])
    return Printer(
        queue["name"],
        enabled=not status & STOPPED,
        needs=tuple(need for bit, need in SPOOLER_NEEDS.items() if status & bit),
        default=queue["name"] == default,
        offline=bool(queue["attributes"] & WORK_OFFLINE or status & OFFLINE),
        host=place[0],
        port=place[1],
        virtual=bool(VIRTUAL_PORT.match(queue["port"])),
    )


def heard_of(printer: Printer, waiting: list[dict[str, Any]]) -> Printer:
    """The printer, with conditions reported by its jobs."""
    masks = [int(row["StatusMask"] or 0) for row in waiting if _printer_of(row) == printer.name]
    masks = [mask for mask in masks if not mask & PAST]
    needs = (*printer.needs, *(need for bit, need in JOB_NEEDS.items() if any(mask & bit for mask in masks)))
    away = printer.offline or any(mask & JOB_OFFLINE for mask in masks)
    return msgspec.structs.replace(printer, needs=tuple(dict.fromkeys(needs)), offline=away)


def _printer_of(row: dict[str, Any]) -> str:
    """The printer of a job, whose name is `printer, number`."""
    return str(row["Name"] or "").rpartition(", ")[0]


def default_of(host: Host) -> str:
    r"""The default printer of the person at a Windows PC: HKU\<SID>\…\Windows, `Device` is `name,winspool,port`."""
    key = rf"HKU\{host.person()['id']}\Software\Microsoft\Windows NT\CurrentVersion\Windows"
    values = attempt(lambda: host.registry(key)["values"], {})
    return str(values.get("Device") or "").rsplit(",", 2)[0]


def _printer(host: Host, row: dict[str, Any], default: str) -> Printer:
    name, port = str(row["Name"] or ""), str(row["PortName"] or "")
    need = WINDOWS_NEEDS.get(row["DetectedErrorState"])
    server = str(row["ServerName"] or "").lstrip("\\")
    place = (server, SMB) if server else windows_port(host, port)
    return Printer(
        name,
        enabled=row["ExtendedPrinterStatus"] != PAUSED,
        needs=(need,) if need else (),
        default=name == default,
        offline=bool(row["WorkOffline"]) or row["PrinterStatus"] == AWAY or row["DetectedErrorState"] == DETECTED_AWAY,
        host=place[0],
        port=place[1],
        virtual=bool(VIRTUAL_PORT.match(port)),
    )


def windows_port(host: Host, name: str) -> tuple[str, int]:
    """(host, port) of a standard TCP/IP port; ("", 0) for a port of any other kind."""
    if not name or ":" in name or "\\" in name:
        return "", 0
    values = attempt(partial(lambda key: host.registry(key)["values"], rf"{PORT_MONITOR}\{name}"), {})
    address = str(values.get("HostName") or values.get("IPAddress") or "")
    number = values.get("PortNumber")
    if not address:
        return "", 0
    return address, int(number) if number else LPR if values.get("Protocol") == LPR_PROTOCOL else RAW


def parse_jobs(rows: list[dict[str, Any]], now: float) -> tuple[Job, ...]:
    """Waiting jobs of Win32_PrintJob, without printed or deleted ones."""
    found = []
    for row in rows:
        mask = int(row["StatusMask"] or 0)
        when = row["TimeSubmitted"]
        if mask & PAST or not when:
            continue
        try:
            sent = datetime.fromisoformat(when)
        except ValueError as error:
            raise ProbeError(Reason.UNREADABLE, "Win32_PrintJob") from error
        sent = sent if sent.tzinfo else sent.replace(tzinfo=UTC)
        age = max(0.0, now - sent.timestamp())
        found.append(Job(_printer_of(row), int(row["JobId"]), age, held=bool(mask & HELD)))
    return tuple(found)


def spooled(host: Host) -> int:
    """How many documents are in the spool folder, which only an administrator may read."""
    root = attempt(lambda: host.registry(VERSION)["values"], {}).get("SystemRoot") or "C:\\Windows"
    names = attempt(lambda: host.listdir(rf"{root}\System32\spool\PRINTERS"), [], *Reason)
    return sum(name.lower().endswith(".spl") for name in names)


def real(host: Host) -> tuple[str, ...]:
    """Names of the printers of a Windows machine whose print service need not run: from its registry."""
    names = attempt(lambda: host.registry(rf"{PRINT}\Printers")["keys"], [])
    ports = {
        name: attempt(partial(lambda key: host.registry(key)["values"], rf"{PRINT}\Printers\{name}"), {})
        for name in names
    }
    shared = attempt(lambda: host.registry(rf"HKU\{host.person()['id']}\Printers\Connections")["keys"], [])
    local = (name for name, values in ports.items() if not VIRTUAL_PORT.match(str(values.get("Port") or "nul:")))
    return (*local, *(name.replace(",", "\\") for name in shared))
