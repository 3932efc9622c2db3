"""Writes the table of CONTRIBUTING.md that says what Windows is asked: `python tests/tapes/sources.py` after a change.

Which check asks what is found by running every check on every tape of a Windows PC; what answers under Wine is
measured by `pytest -m wine`; what a source needs is listed here.
"""

from __future__ import annotations

import contextlib
import sys
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

from techkit import registry
from techkit.host import Host, ProbeError
from techkit.host.tape import Tape, load
from techkit.model import Reason

FOLDER = Path(__file__).parent
DOCUMENT = FOLDER.parent.parent / "CONTRIBUTING.md"
BEGIN, END = "| asked | needs | tried | by |\n", "\n\nSlower rings"

MICROSOFT = r"HKLM\SOFTWARE\Microsoft"
AREAS = {
    r"HKLM\SYSTEM\CurrentControlSet\Services\SharedAccess": "",
    r"HKLM\SYSTEM\CurrentControlSet\Services\EventLog": "",
    r"HKLM\SYSTEM\CurrentControlSet\Services\WinSock2": "",
    r"HKLM\SYSTEM\CurrentControlSet\Services": r"\NAME",
    r"HKLM\SYSTEM\CurrentControlSet\Control\Print": "",
    r"HKLM\SYSTEM\CurrentControlSet\Control\ComputerName": "",
    r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager": "",
    r"HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server": "",
    r"HKLM\SOFTWARE\Policies\Microsoft": "",
    r"HKLM\SOFTWARE\WOW6432Node\KasperskyLab": "",
    r"HKLM\SOFTWARE\WOW6432Node\Microsoft": "",
    rf"{MICROSOFT}\Windows NT\CurrentVersion": "",
    rf"{MICROSOFT}\Windows\CurrentVersion\Component Based Servicing": "",
    rf"{MICROSOFT}\Windows\CurrentVersion\CapabilityAccessManager": "",
    rf"{MICROSOFT}\Windows\CurrentVersion\WindowsUpdate": "",
    rf"{MICROSOFT}\Windows\CurrentVersion\Internet Settings": "",
    rf"{MICROSOFT}\Windows\CurrentVersion\Explorer": "",
    rf"{MICROSOFT}\Windows\CurrentVersion\Policies": "",
    rf"{MICROSOFT}\Windows\CurrentVersion": r"\Run…",
    MICROSOFT: "",
    "HKU": r"\PERSON",
}
"""Parts of the registry that share one row, the finer first; what the row adds to the name."""

KINDS = {
    "machine": "win32api, registry: the machine", "person": "WTS, win32security: the person",
    "read": "files", "head": "files", "listdir": "files", "stat": "files", "largest": "files", "statvfs": "files",
    "connect": "sockets", "dns": "sockets", "resolve": "sockets", "http": "sockets", "tls": "sockets",
    "knocks": "sockets", "sntp": "sockets", "ping": "iphlpapi: IcmpSendEcho", "pings": "iphlpapi: IcmpSendEcho",
    "neighbour": "iphlpapi: SendARP", "radios": "wlanapi: signal of the radio",
    "wireless_network": "wlanapi: protection of the network",
    "service_manager": "win32service: services", "device_manager": "cfgmgr32: devices",
    "drives": "win32file: health of the disks",
    "spooler": "win32print: printers and jobs", "security_center": "wscapi: antiviruses and firewalls",
    "network_categories": "NetworkListManager: kinds of networks",
    "members": "netapi32: members of a group", "local_accounts": "netapi32: accounts",
    "membership": "netapi32: domain or workgroup",
    "office_licences": "files", "granted": "win32security: rights of folders",
    "waiting_updates": "Windows Update Agent: search without network",
    "tasks": "Schedule.Service: tasks",
    "processes": "psutil: processes",
}  # fmt: skip
"""Questions that one library answers, whatever they are about."""
OURS = {"site", "which"}
"""Questions that Windows is not asked."""

ADMINISTRATOR = "administrator"
CLIENT = "a client edition"
NEEDS = {
    r"WMI root\CIMV2\Security\MicrosoftVolumeEncryption:Win32_EncryptableVolume": f"{ADMINISTRATOR}; BitLocker",
    r"WMI root\Microsoft\Windows\Storage:MSFT_StorageReliabilityCounter": ADMINISTRATOR,
    r"WMI root\wmi:MSStorageDriver_FailurePredictStatus": ADMINISTRATOR,
    r"WMI root\wmi:MSAcpi_ThermalZoneTemperature": f"{ADMINISTRATOR}; firmware that tells",
    r"WMI root\subscription:ActiveScriptEventConsumer": ADMINISTRATOR,
    r"WMI root\subscription:CommandLineEventConsumer": ADMINISTRATOR,
    r"WMI root\SecurityCenter2:AntiVirusProduct": CLIENT,
    r"WMI root\SecurityCenter2:FirewallProduct": CLIENT,
    r"WMI root\Microsoft\Windows\Defender:MSFT_MpComputerStatus": "Defender",
    r"WMI root\Microsoft\Windows\Defender:MSFT_MpPreference": f"Defender; {ADMINISTRATOR} for exclusions",
    "Schedule.Service: tasks": f"{ADMINISTRATOR} for those of other accounts",
    "PowerShell: dhcp_": f"{ADMINISTRATOR}, or a member of DHCP Users; a DHCP server",
    "PowerShell: packages": "a desktop; the person's own account",
    "log Microsoft-Windows-Diagnostics-Performance/Operational": f"{ADMINISTRATOR}; {CLIENT}",
    "log Microsoft-Windows-Windows Defender/Operational": "Defender",
    "registry HKU\\PERSON": "the person's profile loaded",
    "wlanapi": "the service WlanSvc",
    "win32print: printers and jobs": "the service Spooler",
    "wscapi": f"{CLIENT}; the service wscsvc",
    "program MpCmdRun.exe": f"Defender; {ADMINISTRATOR}",
}
"""What a source needs beyond an ordinary user on any edition, by the beginning of its row."""

WINE = FOLDER / "wine.txt"
"""The sources that answer under Wine 10, a row for each: proof that the code runs, never that a value is right."""


class Row(NamedTuple):
    """One source: which checks ask it, whether a tape has an answer, and all that is asked."""

    checks: set[str]
    taped: set[str]
    questions: dict[str, list[object]]


def source(ask: list[object]) -> str:
    """The row of a question; empty for one that is not put to Windows."""
    question, *args = (str(part) for part in ask)
    if question == "wmi":
        return f"WMI {args[0]}:{args[1]}"
    if question == "events":
        ids = args[1].strip("[]")
        providers = args[3].strip("[]").replace("'", "")
        return f"log {args[0]}{f', {providers}' if providers else ''}: {ids}"
    if question == "registry":
        lower = args[0].casefold()
        area = next((area for area in AREAS if lower.startswith(area.casefold())), "")
        return f"registry {area}{AREAS[area]}" if area else f"registry {args[0]}"
    if question in {"psutil", "sample"}:
        return f"psutil: {args[0]}"
    if question == "powershell":
        return f"PowerShell: {args[0]}"
    if question == "run":
        return f"program {args[0].rpartition(chr(92))[2]}"
    return "" if question in OURS else KINDS[question]


def asked() -> dict[str, Row]:
    """Every source that a check asks of a taped Windows PC."""
    checks = {name: check for name in registry.names() if "windows" in (check := registry.load(name)).systems}
    rows: dict[str, Row] = defaultdict(lambda: Row(set(), set(), {}))
    for file in sorted(FOLDER.glob("windows-*.json")):
        recording = load(file)
        for name, check in checks.items():
            host = Host(Tape(recording))
            with contextlib.suppress(ProbeError):
                check.probe(host)
            for ask, slot in host.asked:
                if row := source(ask):
                    rows[row].checks.add(name)
                    rows[row].questions[str(ask)] = ask
                    answered = slot.error is None or slot.error.reason is Reason.MISSING
                    rows[row].taped.update({"tape"} if answered else ())
    return rows


def table() -> str:
    """The table, a row for each source."""
    lines = [BEGIN + "|---|---|---|---|"]
    measured = set(WINE.read_text(encoding="utf-8").splitlines())
    for name, row in sorted(asked().items(), key=lambda item: item[0].casefold()):
        needs = next((text for start, text in NEEDS.items() if name.startswith(start)), "")
        tried = ["tape"] * bool(row.taped) + ["Wine"] * (name in measured)
        lines.append(f"| {name} | {needs} | {', '.join(tried) or 'neither'} | {told(row.checks)} |")
    return "\n".join(lines)


def told(checks: set[str]) -> str:
    """The checks, or only their number if there are many."""
    if len(checks) > 20:
        return f"{len(checks)} checks"
    return ", ".join(sorted(checks))


def written(document: str) -> str:
    """The document with the table as it is now."""
    start = document.index(BEGIN)
    return document[:start] + table() + document[document.index(END, start) :]


if __name__ == "__main__":
    text = written(DOCUMENT.read_text(encoding="utf-8"))
    DOCUMENT.write_text(text, encoding="utf-8", newline="\n")
    sys.stdout.write(f"{DOCUMENT}\n")
