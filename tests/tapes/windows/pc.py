"""What one PC answers, who says so, and the names by which Windows is asked."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC).timestamp()
DAY = 86400
LEARN = "https://learn.microsoft.com/windows"
STORAGE = r"root\Microsoft\Windows\Storage"
CIMV2, NETWORK, SECURITY = r"root\cimv2", r"root\StandardCimv2", r"root\SecurityCenter2"
DEFENDER = r"root\Microsoft\Windows\Defender"
HKLM = r"HKLM\SOFTWARE\Microsoft"
CV = rf"{HKLM}\Windows\CurrentVersion"
NT = rf"{HKLM}\Windows NT\CurrentVersion"
CCS = r"HKLM\SYSTEM\CurrentControlSet"
POLICIES = r"HKLM\SOFTWARE\Policies\Microsoft"
UPDATE_AGENT = f"{LEARN}/win32/api/wuapi/nn-wuapi-iupdate"
SIGNATURES = {
    "title": "Security Intelligence Update for Microsoft Defender Antivirus - KB2267602", "severity": "",
    "articles": ["2267602"], "categories": ["e0789628-ce08-4437-be74-2495b842f43b"], "released": NOW - 3600,
    "downloaded": False,
}  # fmt: skip
PENDING = r"C:\Windows\WinSxS\pending.xml"
SERVICING = (
    "https://learn.microsoft.com/troubleshoot/windows-client/installing-updates-features-roles/"
    "common-windows-update-errors"
)
WLAN_PROVIDER = "Microsoft-Windows-WLAN-AutoConfig"
WLAN = f"{WLAN_PROVIDER}/Operational"
GUID = "{FD7B5BF5-2E4B-4CA4-0000-F633D86283A1}"
SID = "S-1-5-21-1004336348-1177238915-682003330-1001"
GIB = 1 << 30
PAGES = {
    "Win32": f"{LEARN}/win32/cimwin32prov/{{}}",
    "MicrosoftDNS": f"{LEARN}/win32/dns/{{}}",
    "Msvm": f"{LEARN}/win32/hyperv_v2/{{}}",
    "MSCluster": "https://learn.microsoft.com/previous-versions/windows/desktop/cluswmi/{}",
    "MSAD": f"{LEARN}/win32/ad/{{}}",
    "Dfsr": "https://learn.microsoft.com/previous-versions/windows/desktop/dfsr/{}",
    "MSFT_Net": f"{LEARN}/win32/fwp/wmi/nettcpipprov/{{}}",
    "MSFT_DNS": f"{LEARN}/win32/fwp/wmi/dnsclientcimprov/{{}}",
    "MSFT_Mp": "https://learn.microsoft.com/previous-versions/windows/desktop/defender/{}",
    "MSFT": "https://learn.microsoft.com/windows-hardware/drivers/storage/{}",
    "AntiVirusProduct": "published states of AntiVirusProduct: github.com/glpi-project/glpi-agent, issues 868 and 565",
    "FirewallProduct": "github.com/glpi-project/glpi-agent: inventory of the Security Center, as AntiVirusProduct",
    "MSAcpi": f"{LEARN}-hardware/drivers/bringup/design-guide",
    "Battery": "published recordings of the classes of root\\wmi for batteries; their documentation is in no page",
    "wlanapi": f"{LEARN}/win32/nativewifi/wlan-interface-info",
    "CommandLineEventConsumer": f"{LEARN}/win32/wmisdk/commandlineeventconsumer",
    "ActiveScriptEventConsumer": f"{LEARN}/win32/wmisdk/activescripteventconsumer",
    "MSStorageDriver": f"{LEARN}/win32/wmicoreprov/msstoragedriver",
    "SoftwareLicensing": "https://learn.microsoft.com/previous-versions/windows/desktop/sppwmi/softwarelicensingproduct",
}
"""Where a WMI class is described, by how its name begins."""
WMI_ERRORS = f"{LEARN}/win32/wmisdk/wmi-error-constants"
REGISTRY = f"{LEARN}/win32/sysinfo/registry"
EVENT_LOG = f"{LEARN}/win32/wes/eventschema-schema"
DOORWAY = "techkit.host.Host: the form of this answer; a healthy network, as debian-healthy.json has it"
PSUTIL = "https://psutil.readthedocs.io"
GERMAN = {
    "Spooler": "Druckwarteschlange",
    "Dhcp": "DHCP-Client",
    "Dnscache": "DNS-Client",
    "EventLog": "Windows-Ereignisprotokoll",
    "Schedule": "Aufgabenplanung",
}


class Pc:
    """What one PC answers, and who says that it answers so."""

    def __init__(self) -> None:
        self.entries: dict[str, dict[str, Any]] = {}

    def says(self, source: str, *ask: Any, answer: Any) -> None:
        """One answer, in the place of an earlier one."""
        self.entries[json.dumps(ask)] = {"ask": list(ask), "answer": answer, "source": source}

    def fails(self, source: str, *ask: Any, reason: str, detail: str = "") -> None:
        """One question without an answer."""
        self.entries[json.dumps(ask)] = {"ask": list(ask), "error": [reason, detail], "source": source}

    def wmi(self, name: str, *rows: dict[str, Any], space: str = CIMV2, where: str = "", columns: str = "") -> None:
        """All rows of a class; `columns` names them where there is no row."""
        for key in [key for key, one in self.entries.items() if one["ask"][:3] == ["wmi", space, name]]:
            if self.entries[key]["ask"][4] == where:
                del self.entries[key]
        self.says(_page(name), "wmi", space, name, [*(rows[0] if rows else columns.split())], where, answer=list(rows))

    def wmi_fails(self, name: str, *spaces: str, reason: str, number: str = "") -> None:
        """A class that does not answer, whatever is asked of it; `number`: the HRESULT."""
        for key, entry in list(self.entries.items()):
            ask = entry["ask"]
            if ask[0] == "wmi" and (ask[2] == name or (not name and ask[1] in spaces)):
                detail = f"{ask[1]}:{ask[2]}" + (f": {number}" if number else "")
                self.entries[key] = {"ask": ask, "error": [reason, detail], "source": WMI_ERRORS}

    def rows(self, name: str) -> list[dict[str, Any]]:
        """The rows of a class, to be changed."""
        return next(e["answer"] for e in self.entries.values() if e["ask"][0] == "wmi" and e["ask"][2] == name)

    def service(self, name: str, **changed: Any) -> None:
        """Change a service, or add it: State, StartMode, ExitCode, …."""
        rows = self.rows("Win32_Service")
        if not any(row["Name"] == name for row in rows):
            rows.append(a_service(name, "Running", "Auto"))
        next(row for row in rows if row["Name"] == name).update(changed)

    def key(self, path: str, *keys: str, source: str = REGISTRY, **values: Any) -> None:
        """One key of the registry: the keys below it and its values."""
        self.says(source, "registry", path, answer={"values": values, "keys": list(keys)})

    def absent(self, *paths: str, source: str = REGISTRY) -> None:
        """Keys that are not there, as on a PC where nothing has made them."""
        for path in paths:
            self.fails(source, "registry", path, reason="missing", detail=f"{path}: error 2")

    def log(self, log: str, *records: dict[str, Any]) -> None:
        """A whole event log, of every id and provider, of the last 400 days; of System, with what comes every day."""
        uptime = [event(6013, "EventLog", 0.875, ["", "", "", "", "97200", "60", "0 GMT Standard Time"], 4)]
        newest_first = sorted([*records, *(uptime if log == "System" else ())], key=lambda record: -record["time"])
        self.says(EVENT_LOG, "events", log, [], 400, [], answer=newest_first)

    def files(self, source: str, **texts: str) -> None:
        """Files by path and text."""
        for path, text in texts.items():
            self.says(source, "read", path, answer=text)

    def forget(self, *ask: Any) -> None:
        """Drop every answer whose question begins so."""
        for key in [key for key, entry in self.entries.items() if entry["ask"][: len(ask)] == list(ask)]:
            del self.entries[key]

    def value(self, *ask: Any) -> Any:
        """The answer to a question, to be changed."""
        return self.entries[json.dumps(ask)]["answer"]


def _page(name: str) -> str:
    return next(page for start, page in PAGES.items() if name.startswith(start)).format(name.lower().replace("_", "-"))


def a_service(name: str, state: str, startup: str, code: int = 0) -> dict[str, Any]:
    return {
        "Name": name,
        "DisplayName": name,
        "State": state,
        "StartMode": startup,
        "PathName": rf"C:\Windows\system32\svchost.exe -k netsvcs -p -s {name}",
        "DelayedAutoStart": False,
        "ExitCode": code,
        "ServiceSpecificExitCode": 0,
    }


def event(number: int, provider: str, days: float, data: Any, level: int = 2) -> dict[str, Any]:
    """One record, so many days old."""
    return {"id": number, "provider": provider, "level": level, "time": NOW - days * DAY, "data": data}
