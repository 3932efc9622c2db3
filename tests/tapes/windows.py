"""Writes the tapes of Windows PCs: `python tests/tapes/windows.py` after every change; a test compares.

No Windows PC was recorded for them. Every answer has the form that its vendor documents, or that a published recording
shows, and says so as its source; what a PC must say to have a fault is the only difference between one and the next.
"""

from __future__ import annotations

import copy
import json
import struct
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from techkit.readings import autoruns, devices, permissions, protections, share_refusals

FOLDER = Path(__file__).parent
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
PERFORMANCE = "Microsoft-Windows-Diagnostics-Performance"
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
SPOOL = r"C:\Windows\System32\spool\PRINTERS"
OFFICE_LICENCES = "https://learn.microsoft.com/microsoft-365-apps/licensing-activation/vnextdiag"
MAIL_LIMITS = "https://learn.microsoft.com/troubleshoot/outlook/data-files/configure-size-limit-for-pst-and-ost-files"
WLAN_PROVIDER = "Microsoft-Windows-WLAN-AutoConfig"
WLAN = f"{WLAN_PROVIDER}/Operational"
GUID = "{FD7B5BF5-2E4B-4CA4-0000-F633D86283A1}"
SID = "S-1-5-21-1004336348-1177238915-682003330-1001"
GIB = 1 << 30

PAGES = {
    "Win32": f"{LEARN}/win32/cimwin32prov/{{}}",
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

AUTOMATIC = (
    "AudioEndpointBuilder Audiosrv BFE BrokerInfrastructure CoreMessagingRegistrar CryptSvc DcomLaunch Dhcp Dnscache"
    " EventLog LanmanServer LanmanWorkstation LSM mpssvc NlaSvc nsi Power ProfSvc RpcEptMapper RpcSs SamSs Schedule"
    " SENS Spooler SysMain Themes UserManager WinDefend Winmgmt WlanSvc"
)
DELAYED = "BITS DoSvc MapsBroker sppsvc WSearch wscsvc"
MANUAL = "AppXSvc Appinfo PlugPlay TrustedInstaller VSS W32Time WdNisSvc WinRM msiserver seclogon wuauserv"
RUSSIAN = {
    "Spooler": "Диспетчер печати",
    "Dhcp": "DHCP-клиент",
    "Dnscache": "DNS-клиент",
    "EventLog": "Журнал событий Windows",
    "Schedule": "Планировщик заданий",
    "WinDefend": "Служба антивирусной программы Microsoft Defender",
    "wuauserv": "Центр обновления Windows",
}


GERMAN = {
    "Spooler": "Druckwarteschlange",
    "Dhcp": "DHCP-Client",
    "Dnscache": "DNS-Client",
    "EventLog": "Windows-Ereignisprotokoll",
    "Schedule": "Aufgabenplanung",
}
TURKISH = {"Spooler": "Yazdırma Biriktiricisi", "Dhcp": "DHCP İstemcisi", "Dnscache": "DNS İstemcisi"}


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
            rows.append(_service(name, "Running", "Auto"))
        next(row for row in rows if row["Name"] == name).update(changed)

    def key(self, path: str, *keys: str, source: str = REGISTRY, **values: Any) -> None:
        """One key of the registry: the keys below it and its values."""
        self.says(source, "registry", path, answer={"values": values, "keys": list(keys)})

    def absent(self, *paths: str, source: str = REGISTRY) -> None:
        """Keys that are not there, as on a PC where nothing has made them."""
        for path in paths:
            self.fails(source, "registry", path, reason="missing", detail=f"{path}: error 2")

    def log(self, log: str, *records: dict[str, Any]) -> None:
        """A whole event log, of every id and provider, of the last 400 days."""
        newest_first = sorted(records, key=lambda record: -record["time"])
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


def _service(name: str, state: str, startup: str, code: int = 0) -> dict[str, Any]:
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


def everyday() -> list[dict[str, Any]]:
    """What the System log of every healthy PC holds, and what means nothing by itself."""
    device = r"SWD\WPDBUSENUM\{5F1A1C2D-0000-11EE-9C01-806E6F6E6963}#0000000000100000"
    late = {"DriverNameLength": "66", "DriverName": device, "Status": "3221226341", "FailureNameLength": "14",
            "FailureName": r"\Driver\WudfRd", "Version": "0"}  # fmt: skip
    asked = {"QueryName": "wpad.home", "AddressLength": "16", "Address": "02000035C0A801010000000000000000"}
    capped = {"Group": "0", "Number": "3", "CapDurationInSeconds": "71", "PpcChanges": "1", "TpcChanges": "0",
              "PccChanges": "0"}  # fmt: skip
    denied = ["machine-default", "Local", "Activation", "{2593F8B9-4EAF-457C-B68A-50F6B8EA6B54}"]
    manager, time = "Service Control Manager", "Microsoft-Windows-Time-Service"
    return [
        event(219, "Microsoft-Windows-Kernel-PnP", 1.99, late, 3),
        event(10016, "Microsoft-Windows-DistributedCOM", 0.5, denied, 3),
        event(1014, "Microsoft-Windows-DNS-Client", 0.7, asked, 3),
        event(7000, manager, 1.99, {"param1": "luafv", "param2": "%%1275"}),
        event(7009, manager, 5, {"param1": "30000", "param2": "Windows Search"}),
        event(7000, manager, 5, {"param1": "Windows Search", "param2": "%%1053"}),
        event(36, time, 3, {"UnsynchronizedTimeSeconds": "86400"}, 3),
        event(37, time, 0.3, {"TimeSource": "time.windows.com,0x9 (ntp.m|0x9|0.0.0.0:123->20.101.57.9:123)"}, 4),
        event(37, "Microsoft-Windows-Kernel-Processor-Power", 0.1, capped, 3),
        event(1074, "User32", 2.001, {"param1": r"C:\Windows\System32\RuntimeBroker.exe", "param4": "0x0"}, 4),
    ]


# ---------------------------------------------------------------------- a healthy PC
def eleven() -> Pc:
    """Windows 11 Pro 25H2, English, Defender, one disk, one cable, an ordinary user's session with administrator."""
    pc = Pc()
    _system(pc)
    _services(pc)
    _disks(pc)
    _network(pc)
    _antivirus(pc)
    pc.log("System", *everyday())
    pc.log("Application")
    pc.log("Microsoft-Windows-Windows Defender/Operational")
    pc.log("Microsoft-Windows-WindowsUpdateClient/Operational")
    pc.log(share_refusals.LOG)
    start = {
        "BootTime": "24800", "MainPathBootTime": "13300", "BootPostBootTime": "11500", "BootNumStartupApps": "6",
        "BootIsRebootAfterInstall": "false", "BootIsDegradation": "false",
    }  # fmt: skip
    pc.log("Microsoft-Windows-Diagnostics-Performance/Operational", event(100, PERFORMANCE, 2, start, 3))
    _devices(pc)
    _settings(pc)
    _office(pc)
    _load(pc)
    return pc


def _office(pc: Pc) -> None:
    """Microsoft 365 and a mailbox of 2.4 GB on a server."""
    deploy = "https://learn.microsoft.com/microsoft-365-apps/deploy/overview-deploying"
    pc.key(
        rf"{HKLM}\Office\ClickToRun\Configuration", source=deploy, ProductReleaseIds="O365BusinessRetail",
        VersionToReport="16.0.19426.20218", Platform="x64", UpdatesEnabled="True",
    )  # fmt: skip
    pc.absent(
        rf"{HKLM}\Office\16.0\Common\Licensing", rf"{POLICIES}\office\16.0\common\licensing",
        rf"{POLICIES}\office\16.0\common\officeupdate", source=OFFICE_LICENCES,
    )  # fmt: skip
    licensed(pc, NOW + 24 * DAY)
    pc.service("ClickToRunSvc")
    home = pc.value("person")["home"]
    for program in ("Word", "Excel", "PowerPoint", "Outlook", "Access"):
        for version in ("16.0", "15.0"):
            path = rf"HKU\{SID}\Software\Microsoft\Office\{version}\{program}\Resiliency\DisabledItems"
            pc.absent(path, source=deploy)
    for root in ("Software", r"Software\Policies"):
        pc.absent(rf"HKU\{SID}\{root}\Microsoft\Office\16.0\Outlook\PST", source=MAIL_LIMITS)
    folders = rf"HKU\{SID}\Software\Microsoft\Windows\CurrentVersion\Explorer\User Shell Folders"
    pc.key(folders, Desktop=r"%USERPROFILE%\Desktop", Personal=r"%USERPROFILE%\Documents")
    pc.says(DOORWAY, "listdir", rf"{home}\Desktop", answer=["Notes.lnk"])
    pc.says(DOORWAY, "listdir", rf"{home}\Downloads", answer=[])
    pc.says(DOORWAY, "listdir", rf"{home}\Documents", answer=["Notes.docx"])
    mail = rf"{home}\AppData\Local\Microsoft\Outlook"
    pc.says(DOORWAY, "listdir", mail, answer=["Offline Address Books", "anna@example.com.ost"])
    mail_file(pc, 2_400_000_000)


def licensed(pc: Pc, until: float) -> None:
    """Until when the licence of Microsoft 365 has been confirmed."""
    noted = rf"HKU\{SID}\Software\Microsoft\Office\16.0\Common\Licensing\LicensingNext"
    pc.key(noted, source=OFFICE_LICENCES, o365businessretail=2, MigrationToV5Done=1)
    folder = rf"{pc.value('person')['home']}\AppData\Local\Microsoft\Office\Licenses"
    licence = {"product": "O365BusinessRetail", "ends": None, "confirmed_until": until}
    pc.says(OFFICE_LICENCES, "office_licences", folder, answer=[licence])
    folder = r"C:\ProgramData\Microsoft\Office\Licenses"
    pc.fails(OFFICE_LICENCES, "office_licences", folder, reason="missing", detail=f"{folder}: error 3")


def mail_file(pc: Pc, size: int) -> None:
    """How large the mail file of the person is."""
    path = rf"{pc.value('person')['home']}\AppData\Local\Microsoft\Outlook\anna@example.com.ost"
    found = {"kind": "file", "size": size, "mode": 438, "uid": 0, "gid": 0, "modified": NOW, "link": None, "inode": 0}
    pc.says(MAIL_LIMITS, "stat", path, answer=found)


def _system(pc: Pc) -> None:
    machine = {
        "name": "PC-17", "domain": "", "system": "windows", "release": "Windows 11 Pro 25H2 (26200.7171)",
        "edition": "client", "elevated": True, "container": "", "utc_offset": 0, "language": "en",
    }  # fmt: skip
    pc.says(f"{LEARN}/release-health/windows11-release-information", "machine", answer=machine)
    person = {"name": "anna", "full_name": "Anna Field", "id": SID, "home": r"C:\Users\anna", "environment": {}}
    pc.says(f"{LEARN}/win32/secauthz/well-known-sids", "person", answer=person)
    pc.key(
        NT,
        source=f"{LEARN}/release-health/windows11-release-information",
        CurrentBuildNumber="26200", CurrentBuild="26200", UBR=7171, DisplayVersion="25H2", EditionID="Professional",
        InstallationType="Client", ProductName="Windows 10 Pro", SystemRoot=r"C:\Windows",
    )  # fmt: skip
    pc.key(rf"HKU\{SID}")
    pc.key(rf"{CCS}\Control\TimeZoneInformation", TimeZoneKeyName="GMT Standard Time")
    time = f"{LEARN}-server/networking/windows-time-service/windows-time-service-tools-and-settings"
    pc.key(rf"{CCS}\Services\W32Time\Parameters", source=time, Type="NTP", NtpServer="time.windows.com,0x9")
    pc.absent(
        rf"{CV}\Component Based Servicing\RebootPending",
        rf"{CV}\Component Based Servicing\RebootInProgress",
        rf"{CV}\Component Based Servicing\PackagesPending",
        rf"{CV}\WindowsUpdate\Auto Update\RebootRequired",
        rf"{CV}\WindowsUpdate\Auto Update\PostRebootReporting",
        rf"{HKLM}\Updates",
        rf"{CV}\RunOnce",
        source=f"{LEARN}/deployment/update/windows-update-troubleshooting",
    )
    pc.key(rf"{CV}\Component Based Servicing")
    pc.fails(SERVICING, "stat", PENDING, reason="missing", detail=f"{PENDING}: error 2")
    pc.key(rf"{CCS}\Services\Netlogon", "Parameters", Start=3)
    for kind in ("ActiveComputerName", "ComputerName"):
        pc.key(rf"{CCS}\Control\ComputerName\{kind}", ComputerName="PC-17")
    pc.key(rf"{CCS}\Control\Session Manager", "Power", "Memory Management")
    memory = {"total": 16 * GIB, "available": 9 * GIB, "percent": 43.7, "used": 7 * GIB, "free": 9 * GIB}
    pc.says(f"{PSUTIL}#psutil.virtual_memory", "psutil", "virtual_memory", answer=memory)
    swap = {"total": 4 * GIB, "used": 0, "free": 4 * GIB, "percent": 0.0, "sin": 0, "sout": 0}
    pc.says(f"{PSUTIL}#psutil.swap_memory", "psutil", "swap_memory", answer=swap)
    pc.says(f"{PSUTIL}#psutil.boot_time", "psutil", "boot_time", answer=NOW - 2 * DAY)


def _services(pc: Pc) -> None:
    rows = [_service(name, "Running", "Auto") for name in AUTOMATIC.split()]
    rows += [_service(name, "Stopped", "Auto") | {"DelayedAutoStart": True} for name in DELAYED.split()]
    rows += [_service(name, "Stopped", "Manual", 1077) for name in MANUAL.split()]
    pc.wmi("Win32_Service", *rows)
    for name in ("PlugPlay", "WSearch", "wscsvc", "WdNisSvc"):
        pc.service(name, State="Running", ExitCode=0)
    triggers = f"{LEARN}/win32/services/service-trigger-events"
    for name in ("DoSvc", "MapsBroker", "sppsvc", "BITS"):
        pc.key(rf"{CCS}\Services\{name}\TriggerInfo", "0", source=triggers)
    for name in ("Spooler", "Dhcp", "Dnscache", "WinDefend"):
        pc.absent(rf"{CCS}\Services\{name}\TriggerInfo", source=triggers)


def _disks(pc: Pc) -> None:
    pc.wmi("Win32_LogicalDisk", {"DeviceID": "C:", "FileSystem": "NTFS"}, where="DriveType=3")
    space(pc, "C:", 476 * GIB, 288 * GIB)
    model = "Samsung SSD 980 500GB"
    disk = {
        "DeviceId": "0", "FriendlyName": model, "SerialNumber": "", "HealthStatus": 0, "OperationalStatus": [2],
        "BusType": 17, "MediaType": 4, "Size": 512110190592, "FirmwareVersion": "3B4QFXO7",
    }  # fmt: skip
    pc.wmi("MSFT_PhysicalDisk", disk, space=STORAGE)
    counter = {
        "DeviceId": "0", "Wear": 3, "ReadErrorsUncorrected": 0, "WriteErrorsUncorrected": 0, "PowerOnHours": 4100,
        "Temperature": 38,
    }  # fmt: skip
    pc.wmi("MSFT_StorageReliabilityCounter", counter, space=STORAGE)
    driver(pc, model=model, bus=17, health=nvme(kelvins=311, spare=100, threshold=10, used=3, hours=4100))
    pc.wmi(
        "MSFT_Disk",
        {
            "Number": 0, "FriendlyName": model, "IsReadOnly": False, "IsOffline": False, "OfflineReason": None,
            "IsBoot": True, "IsSystem": True, "BusType": 17, "HealthStatus": 0, "OperationalStatus": [53264],
        },
        space=STORAGE,
    )  # fmt: skip
    pc.wmi(
        "MSFT_Partition",
        {"DiskNumber": 0, "DriveLetter": 67, "IsReadOnly": False, "IsHidden": False},
        space=STORAGE,
    )
    pc.fails(
        WMI_ERRORS, "wmi", r"root\wmi", "MSStorageDriver_FailurePredictStatus", ["InstanceName", "PredictFailure"], "",
        reason="unreadable", detail=r"root\wmi:MSStorageDriver_FailurePredictStatus: 0x8004100C",
    )  # fmt: skip
    columns = "FriendlyName HealthStatus OperationalStatus DetachedReason"
    pc.wmi("MSFT_VirtualDisk", space=STORAGE, columns=columns)
    pool = {"FriendlyName": "Primordial", "HealthStatus": 0, "OperationalStatus": [2], "IsPrimordial": True}
    pc.wmi("MSFT_StoragePool", pool | {"ReadOnlyReason": None}, space=STORAGE)
    kept = {"DriveLetter": 67, "FileSystem": "NTFS", "HealthStatus": 0, "OperationalStatus": [2]}
    pc.wmi("MSFT_Volume", kept, space=STORAGE, where="DriveType=3")
    columns = "QuotaVolume User DiskSpaceUsed Limit WarningLimit Status"
    pc.wmi("Win32_DiskQuota", where="Status <> 0", columns=columns)
    volume = {"DriveLetter": "C:", "FileSystem": "NTFS", "DirtyBitSet": False}
    pc.wmi("Win32_Volume", volume, where="DriveType=3")
    pc.absent(rf"HKU\{SID}\Network")


def driver(pc: Pc, **told: Any) -> None:
    """What the driver of the only disk tells."""
    found = {"number": 0, "model": "", "serial": "", "bus": 17, "removable": False}
    found |= {"health": "", "predicts": None, "attributes": "", "offline": False, "read_only": False}
    pc.says(f"{LEARN}/win32/api/nvme/ns-nvme-nvme_health_info_log", "drives", answer=[found | told])


def nvme(*, kelvins: int, spare: int, threshold: int, used: int, hours: int) -> str:
    """The page on the health of an NVMe disk without complaints."""
    page = bytes([0, *kelvins.to_bytes(2, "little"), spare, threshold, used]).ljust(128, b"\0")
    return (page + hours.to_bytes(16, "little")).ljust(232, b"\0").hex()


def ata(**counts: int) -> str:
    """ATA's attributes by their numbers."""
    entries = (
        bytes([int(name[1:]), 0, 0, 100, 100, *count.to_bytes(6, "little"), 0]) for name, count in counts.items()
    )
    return (bytes([16, 0]) + b"".join(entries)).ljust(362, b"\0").hex()


def space(pc: Pc, volume: str, total: int, free: int) -> None:
    """Room on a volume."""
    answer = {"total": total, "free": free, "available": free, "files": 0, "files_free": 0, "device": 1}
    pc.says(f"{PSUTIL}#psutil.disk_usage", "statvfs", volume, answer=answer)


ROUTER = "192.168.1.1"
SITE: dict[str, Any] = {
    "names": ["example.com", "www.wikipedia.org", "www.kernel.org"],
    "pages": [
        {"url": "http://detectportal.firefox.com/success.txt", "expect": "success"},
        {"url": "http://www.msftconnecttest.com/connecttest.txt", "expect": "Microsoft Connect Test"},
    ],
    "tls": ["www.wikipedia.org", "www.mozilla.org"],
    "addresses": [{"address": "1.1.1.1", "port": 443}, {"address": "9.9.9.9", "port": 443}],
    "time": ["pool.ntp.org", "time.cloudflare.com"],
    "services": [],
}
INVENTED = ("no-such-name-techkit.example.com", "no-such-name-techkit.www.wikipedia.org")


def _network(pc: Pc) -> None:
    pc.says(DOORWAY, "site", answer=SITE)
    pc.wmi(
        "MSFT_NetAdapter",
        {
            "Name": "Ethernet", "InterfaceIndex": 12, "InterfaceAdminStatus": 1, "InterfaceOperationalStatus": 1,
            "MediaConnectState": 1, "State": 2, "HardwareInterface": True, "ConnectorPresent": True,
            "EndPointInterface": False, "NdisPhysicalMedium": 14, "Virtual": False, "Hidden": False,
            "InterfaceDescription": "Intel(R) Ethernet Connection I219-LM", "MtuSize": 1500, "FullDuplex": True,
            "MediaDuplexState": 2, "ReceiveLinkSpeed": 1_000_000_000, "TransmitLinkSpeed": 1_000_000_000,
            "Speed": 1_000_000_000, "InterfaceGuid": GUID,
        },
        space=NETWORK,
    )  # fmt: skip
    pc.wmi(
        "MSFT_NetRoute",
        {
            "DestinationPrefix": "0.0.0.0/0", "NextHop": ROUTER, "InterfaceAlias": "Ethernet", "InterfaceIndex": 12,
            "RouteMetric": 0, "Store": 1, "Protocol": 3,
        },
        space=NETWORK,
    )  # fmt: skip
    pc.wmi(
        "MSFT_NetIPInterface",
        {
            "InterfaceIndex": 12, "AddressFamily": 2, "InterfaceMetric": 25, "NlMtu": 1500, "Dhcp": 1,
            "ConnectionState": 1, "InterfaceAlias": "Ethernet",
        },
        space=NETWORK,
    )  # fmt: skip
    pc.wmi(
        "MSFT_DNSClientServerAddress",
        {"InterfaceAlias": "Ethernet", "InterfaceIndex": 12, "AddressFamily": 2, "ServerAddresses": [ROUTER]},
        {"InterfaceAlias": "Ethernet", "InterfaceIndex": 12, "AddressFamily": 23, "ServerAddresses": []},
        space=NETWORK,
    )
    profile = {"Name": "Network", "InterfaceIndex": 12, "NetworkCategory": 1}
    pc.wmi("MSFT_NetConnectionProfile", profile | {"IPv4Connectivity": 4, "IPv6Connectivity": 1}, space=NETWORK)
    counted = {
        "Name": "Ethernet", "ReceivedUnicastPackets": 912044, "SentUnicastPackets": 604817, "ReceivedPacketErrors": 0,
        "OutboundPacketErrors": 0,
    }  # fmt: skip
    pc.wmi("MSFT_NetAdapterStatisticsSettingData", counted, space=NETWORK)
    catalogue = rf"{CCS}\Services\WinSock2\Parameters\Protocol_Catalog9\Catalog_Entries64"
    pc.key(catalogue, "000000000001", source=f"{LEARN}/win32/winsock/winsock-reference")
    own = b"%SystemRoot%\\system32\\mswsock.dll\0".ljust(888, b"\0").hex()
    pc.key(rf"{catalogue}\000000000001", source=f"{LEARN}/win32/winsock/winsock-reference", PackedCatalogItem=own)
    pc.key(rf"{CCS}\Services\NlaSvc\Parameters\Internet", EnableActiveProbing=1)
    pc.absent(rf"{POLICIES}\Windows\NetworkConnectivityStatusIndicator")
    address = {"IPAddress": "192.168.1.23", "InterfaceAlias": "Ethernet", "AddressState": 4, "AddressFamily": 2}
    pc.wmi("MSFT_NetIPAddress", address, space=NETWORK)
    addressed(pc, "192.168.1.23", "255.255.255.0")
    pc.files(f"{LEARN}/win32/winsock", **{r"C:\Windows\System32\drivers\etc\hosts": "# 127.0.0.1 localhost\n"})
    pc.absent(r"HKLM\SOFTWARE\Policies\Microsoft\Windows\CurrentVersion\Internet Settings")
    pc.key(rf"HKU\{SID}\Software\Microsoft\Windows\CurrentVersion\Internet Settings", "Connections", ProxyEnable=0)
    direct = "1800000000000000010000000000000000000000"
    pc.key(rf"{CV}\Internet Settings\Connections", WinHttpSettings=direct)
    pc.says(DOORWAY, "ping", ROUTER, answer={"state": "answered", "milliseconds": 1.0})
    neighbour = {"state": "reachable", "mac": "02:00:5e:00:53:01"}
    pc.says(DOORWAY, "neighbour", ROUTER, "Ethernet", answer=neighbour)
    for port, state in ((53, "open"), (80, "open"), (443, "refused")):
        pc.says(DOORWAY, "connect", ROUTER, port, answer={"state": state, "milliseconds": 1.0})
    named(pc, ROUTER)
    online(pc)


def _devices(pc: Pc) -> None:
    """A desktop PC: no battery, no camera; a headset, one graphics card and one printer on the network."""
    entity = {"PNPClass": "Display", "ConfigManagerErrorCode": 0, "Present": True, "CompatibleID": None}
    graphics = {"Name": "Intel(R) UHD Graphics 630", "PNPDeviceID": r"PCI\VEN_8086&DEV_3E92", "Service": "igfxn"}
    headset = {
        "Name": "Microphone (Headset)",
        "PNPDeviceID": r"SWD\MMDEVAPI\{0.0.1.00000000}.{0A1B2C3D}",
        "Service": "",
    }
    headset |= {"PNPClass": "AudioEndpoint"}
    pc.wmi("Win32_PnPEntity", entity | graphics, entity | headset, where=devices.WANTED)
    pc.wmi("Win32_Battery", columns="DeviceID Name BatteryStatus EstimatedChargeRemaining")
    zone = {"InstanceName": r"ACPI\ThermalZone\TZ00_0", "CurrentTemperature": 3112, "CriticalTripPoint": 3932}
    pc.wmi("MSAcpi_ThermalZoneTemperature", zone, space=r"root\wmi")
    pc.wmi(
        "Win32_Printer",
        {
            "Name": "Office", "Default": True, "PortName": "IP_192.168.1.40", "ServerName": None, "Network": False,
            "WorkOffline": False, "PrinterStatus": 3, "ExtendedPrinterStatus": 2, "DetectedErrorState": 0,
            "DriverName": "Generic / Text Only", "Attributes": 580, "Local": True, "Shared": False,
        },
    )  # fmt: skip
    pc.wmi("Win32_PrintJob", columns="Name JobId StatusMask TimeSubmitted")
    monitor = rf"{CCS}\Control\Print\Monitors\Standard TCP/IP Port\Ports\IP_192.168.1.40"
    pc.key(monitor, HostName="192.168.1.40", IPAddress="", PortNumber=9100, Protocol=1)
    pc.key(rf"{CCS}\Control\Print\Printers", "Office")
    pc.key(rf"{CCS}\Control\Print\Printers\Office", Name="Office", Port="IP_192.168.1.40")
    pc.absent(rf"HKU\{SID}\Printers\Connections")
    default = "Office,winspool,Ne01:"
    pc.key(rf"HKU\{SID}\Software\Microsoft\Windows NT\CurrentVersion\Windows", Device=default)
    pc.says(DOORWAY, "connect", "192.168.1.40", 9100, answer={"state": "open", "milliseconds": 2.0})
    store = r"SOFTWARE\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore"
    for hive in ("HKLM", rf"HKU\{SID}"):
        for kind in ("microphone", "webcam"):
            pc.key(rf"{hive}\{store}\{kind}", "NonPackaged", Value="Allow")
            pc.key(rf"{hive}\{store}\{kind}\NonPackaged", Value="Allow")
    pc.absent(rf"{POLICIES}\Windows\AppPrivacy")


def _settings(pc: Pc) -> None:
    """What an untouched Windows has in its registry."""
    pc.key(rf"{CCS}\Control\Session Manager\Power", HiberbootEnabled=1)
    for zone in ("GMT Standard Time", "Russian Standard Time"):
        pc.key(rf"{NT}\Time Zones\{zone}", "Dynamic DST", TZI="")
    pc.key(rf"{NT}\ProfileList", "S-1-5-18", "S-1-5-19", "S-1-5-20", SID)
    pc.key(rf"{NT}\ProfileList\{SID}", ProfileImagePath=r"C:\Users\anna", State=0, RefCount=0)
    pc.key(rf"{NT}\Winlogon", Shell="explorer.exe", Userinit=r"C:\Windows\system32\userinit.exe,")
    pc.key(rf"{NT}\Image File Execution Options")
    pc.key(rf"{NT}\Windows", AppInit_DLLs="", LoadAppInit_DLLs=0)
    small = r"HKLM\SOFTWARE\WOW6432Node\Microsoft\Windows NT\CurrentVersion\Windows"
    pc.key(small, AppInit_DLLs="", LoadAppInit_DLLs=0)
    pc.key(rf"{CV}\Run", SecurityHealth=r"%windir%\system32\SecurityHealthSystray.exe")
    for root in (r"HKLM\SOFTWARE", r"HKLM\SOFTWARE\WOW6432Node", rf"HKU\{SID}\SOFTWARE"):
        start = rf"{root}\Microsoft\Windows\CurrentVersion"
        pc.absent(rf"{start}\RunOnceEx", rf"{start}\Policies\Explorer\Run", rf"{start}\RunServices")
        for name in ("Run", "RunOnce"):
            path = rf"{root}\Microsoft\Windows\CurrentVersion\{name}"
            if path not in {rf"{CV}\Run", rf"{CV}\RunOnce"}:
                pc.key(path)
    _switches(pc)
    _accounts(pc)


def _switches(pc: Pc) -> None:
    """What is switched on and off."""
    for hive in ("HKLM", rf"HKU\{SID}"):
        for name in ("Run", "Run32", "StartupFolder"):
            pc.key(rf"{hive}\Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\{name}")
    pc.wmi("Win32_StartupCommand", {"Name": "SecurityHealth", "UserSID": "", "Location": r"HKLM\SOFTWARE\…\Run"})
    pc.key(rf"{CV}\Policies\System", EnableLUA=1, ConsentPromptBehaviorAdmin=5, PromptOnSecureDesktop=1)
    pc.key(rf"{CV}\Explorer")
    pc.absent(rf"{POLICIES}\SystemCertificates\AuthRoot")
    pc.key(rf"{HKLM}\Windows Defender\Features", TamperProtection=5)
    pc.key(rf"{CCS}\Control\Terminal Server", fDenyTSConnections=1)
    pc.key(rf"{CCS}\Control\Terminal Server\WinStations\RDP-Tcp", UserAuthentication=1, PortNumber=3389)
    pc.key(rf"{CCS}\Services\LanmanServer\Parameters", AutoDisconnect=15)
    pc.absent(rf"{CCS}\Services\mrxsmb10")
    for log, size in (("System", 20 << 20), ("Application", 20 << 20), ("Security", 20 << 20)):
        file = rf"%SystemRoot%\system32\winevt\Logs\{log}.evtx"
        pc.key(rf"{CCS}\Services\EventLog\{log}", File=file, MaxSize=size, Retention=0)
    for profile in ("DomainProfile", "StandardProfile", "PublicProfile"):
        pc.key(rf"{CCS}\Services\SharedAccess\Parameters\FirewallPolicy\{profile}", EnableFirewall=1)
        pc.absent(rf"{POLICIES}\WindowsFirewall\{profile.replace('Standard', 'Private')}")
    pc.absent(rf"{POLICIES}\WindowsFirewall\FirewallRules")
    rules = rf"{CCS}\Services\SharedAccess\Parameters\FirewallPolicy\FirewallRules"
    pc.key(rules, **{"CoreNet-Dns-Out": "v2.32|Action=Allow|Active=TRUE|Dir=Out|Protocol=17|RPort=53|Name=DNS|"})
    for name in ("wuauserv", "BITS", "UsoSvc", "TrustedInstaller"):
        pc.key(rf"{CCS}\Services\{name}", Start=3)
    pc.key(rf"{CCS}\Services\CryptSvc", Start=2)
    pc.key(rf"{HKLM}\WindowsUpdate\UX\Settings")
    pc.absent(
        rf"{POLICIES}\Windows\WindowsUpdate", rf"{POLICIES}\Windows\WindowsUpdate\AU", rf"{POLICIES}\Windows\System",
        rf"{POLICIES}\Windows Defender", rf"{POLICIES}\Windows Defender\Exclusions",
        rf"{POLICIES}\Windows Defender\Real-Time Protection", rf"{POLICIES}\Windows NT\Terminal Services",
        r"HKLM\SOFTWARE\WOW6432Node\KasperskyLab\protected", r"HKLM\SOFTWARE\KasperskyLab\protected",
    )  # fmt: skip


def _accounts(pc: Pc) -> None:
    """Its updates, domain, memory, accounts and licence."""
    pc.wmi("Win32_QuickFixEngineering", {"HotFixID": "KB5077181", "InstalledOn": "2/24/2026"})
    system = {"Name": "PC-17", "PartOfDomain": False, "Domain": "WORKGROUP", "DomainRole": 0}
    pc.wmi("Win32_ComputerSystem", system | {"AutomaticManagedPagefile": True})
    pc.wmi("Win32_PageFileUsage", {"Name": r"C:\pagefile.sys", "AllocatedBaseSize": 4096, "TempPageFile": False})
    kilobytes = {"TotalVisibleMemorySize": 16 << 20, "FreePhysicalMemory": 9 << 20}
    pages = {"TotalVirtualMemorySize": 20 << 20, "FreeVirtualMemory": 12 << 20}
    pc.wmi("Win32_OperatingSystem", kilobytes | pages | {"BuildNumber": "26200"})
    account = {"Name": "anna", "SID": SID, "Disabled": False, "Lockout": False, "PasswordRequired": True}
    built_in = account | {"Name": "Administrator", "SID": SID[:-4] + "500", "Disabled": True}
    guest = account | {"Name": "Guest", "SID": SID[:-4] + "501", "Disabled": True, "PasswordRequired": False}
    pc.wmi("Win32_UserAccount", account, built_in, guest, where="LocalAccount=TRUE")
    administrators(pc, (SID[:-4] + "500", "Administrator", "user"), (SID, "anna", "user"))
    pc.wmi(
        "SoftwareLicensingProduct",
        {
            "Name": "Windows(R), Professional edition", "LicenseStatus": 1, "LicenseStatusReason": 1074065472,
            "GracePeriodRemaining": 0, "Description": "Windows(R) Operating System, OEM_DM channel",
        },
        where="ApplicationID='55c92734-d682-4d71-983e-d6ec3f16059f' AND PartialProductKey IS NOT NULL",
    )  # fmt: skip
    pc.says(UPDATE_AGENT, "waiting_updates", answer=[SIGNATURES])
    preferences = {"ExclusionPath": None, "ExclusionExtension": None, "ExclusionProcess": None}
    pc.wmi("MSFT_MpPreference", preferences, space=DEFENDER)
    encryption = r"root\CIMV2\Security\MicrosoftVolumeEncryption"
    volume = {"DriveLetter": "C:", "ProtectionStatus": 1, "ConversionStatus": 1, "EncryptionMethod": 6, "VolumeType": 0}
    pc.wmi("Win32_EncryptableVolume", volume, space=encryption)
    rights = f"{LEARN}/win32/fileio/file-security-and-access-rights"
    usual = [{"sid": "S-1-5-32-544", "allow": True, "mask": 0x1301BF}, {"sid": "S-1-5-18", "allow": True}]
    usual[1:] = [usual[1] | {"mask": 0x1301BF}, {"sid": "S-1-5-32-545", "allow": True, "mask": 0x1200A9}]
    for folder in permissions.SYSTEM:
        pc.says(rights, "granted", folder.format(root=r"C:\Windows", drive="C:"), answer=[*usual])
    temporary = r"%USERPROFILE%\AppData\Local\Temp"
    pc.key(rf"HKU\{SID}\Environment", TEMP=temporary, TMP=temporary)
    there: dict[str, Any] = {"kind": "folder", "size": 0, "mode": 511, "modified": NOW, "link": None}
    place = temporary.replace("%USERPROFILE%", pc.value("person")["home"])
    pc.says(DOORWAY, "stat", place, answer=there | {"uid": 0, "gid": 0, "inode": 0})
    for kind in ("CommandLineEventConsumer", "ActiveScriptEventConsumer"):
        pc.wmi(kind, space=r"root\subscription", columns="Name CommandLineTemplate ScriptText ScriptFileName")
    pc.says(f"{LEARN}/win32/taskschd/tasks", "listdir", r"C:\Windows\System32\Tasks", answer=["Microsoft"])
    for folder, names in zip(autoruns.OWN_FOLDERS, (["Windows"], ["Defrag", "WindowsUpdate"]), strict=True):
        pc.says(f"{LEARN}/win32/taskschd/tasks", "listdir", folder, answer=names)
        for name in names:
            found: dict[str, Any] = {"kind": "folder", "size": 0, "mode": 511, "modified": NOW, "link": None}
            pc.says(DOORWAY, "stat", rf"{folder}\{name}", answer=found | {"uid": 0, "gid": 0, "inode": 0})
    folders = f"{LEARN}/win32/shell/knownfolderid"
    for folder in autoruns.FOLDERS:
        place = folder.format(home=pc.value("person")["home"])
        pc.says(folders, "listdir", place, answer=["desktop.ini"])


def administrators(pc: Pc, *members: tuple[str, str, str]) -> None:
    """Who is in the group of administrators: SID, name and kind."""
    rows = [dict(zip(("sid", "name", "kind"), member, strict=True)) for member in members]
    pc.says(f"{LEARN}/win32/api/lmaccess/nf-lmaccess-netlocalgroupgetmembers", "members", "S-1-5-32-544", answer=rows)


def _load(pc: Pc) -> None:
    """A PC at rest, and a line without losses."""
    pc.says(DOORWAY, "processes", answer=[_process(4, "System", ""), _process(4120, "explorer.exe", r"C:\Windows")])
    sample = {"seconds": 0.4, "cpus": 8, "busy": 0.2, "waiting": 0.0, "processes": []}
    pc.says(DOORWAY, "sample", "cpu", 0.4, answer=sample)
    counted = {"reads": 12, "writes": 30, "read_bytes": 98304, "write_bytes": 491520, "reading": 3, "writing": 9}
    pc.says(DOORWAY, "sample", "disks", 5, answer={"seconds": 5.0, "disks": {"PhysicalDrive0": counted}})
    train = {"too_big": 0, "refused": 0}
    for address in (ROUTER, *(door["address"] for door in SITE["addresses"])):
        for count, pause, size, whole in ((3, 0.05, 56, True), (3, 0.05, 1472, True), (40, 0.01, 56, False)):
            number = 40 if address == ROUTER and count == 60 else count
            answers = {"sent": number, "received": number, "milliseconds": [11.0] * number}
            pc.says(DOORWAY, "pings", address, number, pause, size, whole, answer=train | answers)
    for folder in ("Logs\\CBS", "Logs\\DISM", "System32\\LogFiles"):
        path = "C:\\Windows\\" + folder
        few = {"files": [], "folders": [{"path": path, "entries": 4}], "size": 9 << 20, "entries": 4, "closed": 0}
        pc.says(DOORWAY, "largest", path, 20, answer=few | {"complete": True})
    missing = r"C:\inetpub\logs\LogFiles"
    pc.fails(DOORWAY, "largest", missing, 20, reason="missing", detail=f"{missing}: error 2")
    platform = r"C:\ProgramData\Microsoft\Windows Defender\Platform"
    pc.says(DOORWAY, "listdir", platform, answer=["4.18.26010.5-0"])
    found = {"kind": "file", "size": 1, "mode": 292, "uid": 0, "gid": 0, "modified": NOW - 9 * DAY, "link": None}
    pc.says(DOORWAY, "stat", rf"{platform}\4.18.26010.5-0\MpCmdRun.exe", answer=found | {"inode": 0})
    scanned(pc, 0, "Scan starting...\r\nScan finished.\r\nScanning found no threats.\r\n")


def scanned(pc: Pc, code: int, text: str) -> None:
    """What Defender's own scanner prints of the person's downloads."""
    tool = r"C:\ProgramData\Microsoft\Windows Defender\Platform\4.18.26010.5-0\MpCmdRun.exe"
    place = rf"{pc.value('person')['home']}\Downloads"
    source = "https://learn.microsoft.com/defender-endpoint/command-line-arguments-microsoft-defender-antivirus"
    ask = ("run", tool, "-Scan", "-ScanType", "3", "-File", place, "-DisableRemediation")
    pc.says(source, *ask, answer={"code": code, "out": text, "err": ""})


def _process(pid: int, name: str, folder: str) -> dict[str, Any]:
    return {
        "pid": pid, "ppid": 0, "name": name, "exe": rf"{folder}\{name}" if folder else None, "deleted": False,
        "argv": [name], "uid": None, "state": "", "cpu": 12.0, "rss": 60 << 20, "started": NOW - 2 * DAY,
        "threads": 20, "files": 900, "own": False,
    }  # fmt: skip


def addressed(pc: Pc, address: str, mask: str, adapter: str = "Ethernet") -> None:
    """The address of the one adapter."""
    loop = {"family": 2, "address": "127.0.0.1", "netmask": "255.0.0.0", "broadcast": None, "ptp": None}
    answer = {
        adapter: [
            {"family": -1, "address": "02-00-5E-00-53-23", "netmask": None, "broadcast": None, "ptp": None},
            loop | {"address": address, "netmask": mask},
        ],
        "Loopback Pseudo-Interface 1": [loop],
    }
    pc.says(f"{PSUTIL}#psutil.net_if_addrs", "psutil", "net_if_addrs", answer=answer)
    stats = {"isup": True, "duplex": 2, "speed": 1000, "mtu": 1500, "flags": ""}
    answer_stats = {adapter: stats, "Loopback Pseudo-Interface 1": stats}
    pc.says(f"{PSUTIL}#psutil.net_if_stats", "psutil", "net_if_stats", answer=answer_stats)


def named(pc: Pc, server: str) -> None:
    """One name server that knows its business."""
    answered = {"state": "answered", "milliseconds": 12.0}
    for name in SITE["names"]:
        known = {"code": "NOERROR", "addresses": ["203.0.113.80"]}
        pc.says(DOORWAY, "dns", server, name, "A", answer=answered | known)
    for name in INVENTED:
        pc.says(DOORWAY, "dns", server, name, "A", answer=answered | {"code": "NXDOMAIN", "addresses": []})


def online(pc: Pc) -> None:
    """An internet that answers."""
    for name in SITE["names"]:
        answer = {"addresses": ["203.0.113.80"], "error": "none", "milliseconds": 15.0}
        pc.says(DOORWAY, "resolve", name, answer=answer)
    for page in SITE["pages"]:
        answer = {
            "state": "answered", "status": 200, "location": "", "date": NOW, "body": f"{page['expect']}\n",
            "milliseconds": 60.0,
        }  # fmt: skip
        pc.says(DOORWAY, "http", page["url"], "", answer=answer)
        door = {"state": "open", "milliseconds": 15.0}
        pc.says(DOORWAY, "connect", page["url"].split("/")[2], 80, answer=door)
    for name in SITE["tls"]:
        answer = {
            "state": "answered", "verified": True, "code": 0, "issuer": "Example Authority", "subject": name,
            "protocol": "TLSv1.3", "not_before": NOW - 30 * DAY, "not_after": NOW + 60 * DAY, "store": 40,
            "milliseconds": 80.0,
        }  # fmt: skip
        pc.says(DOORWAY, "tls", name, 443, answer=answer)
    for door in SITE["addresses"]:
        pc.says(DOORWAY, "connect", door["address"], door["port"], answer={"state": "open", "milliseconds": 14.0})
    for server in ("time.windows.com", *SITE["time"]):
        pc.says(DOORWAY, "sntp", server, answer={"state": "answered", "offset": 0.02, "stratum": 2, "leap": 0})


def offline(pc: Pc, *, alone: bool = False) -> None:
    """An internet of which nothing answers; `alone`: nobody of the own network either."""
    for entry in pc.entries.values():
        question, first = entry["ask"][0], entry["ask"][1:2]
        if question == "resolve":
            entry["answer"] = {"addresses": [], "error": "unavailable", "milliseconds": 4000.0}
        elif question in {"http", "tls", "sntp"}:
            entry["answer"] = {"state": "unresolved", "milliseconds": None}
        elif question == "connect" and (alone or not str(first[0]).startswith("192.168.")):
            entry["answer"] = {"state": "timeout", "milliseconds": None}


def _antivirus(pc: Pc) -> None:
    registered(pc, ("Windows Defender", 397568))
    status = {
        "AntivirusEnabled": True, "RealTimeProtectionEnabled": True, "AMRunningMode": "Normal",
        "AntivirusSignatureAge": 0, "AntivirusSignatureLastUpdated": "2026-03-10T04:11:07+00:00",
        "AMServiceEnabled": True, "IoavProtectionEnabled": True, "BehaviorMonitorEnabled": True,
        "OnAccessProtectionEnabled": True, "AntispywareEnabled": True, "NISEnabled": True, "IsTamperProtected": True,
        "QuickScanAge": 1, "FullScanAge": 4294967295, "AntivirusSignatureVersion": "1.443.112.0", "ComputerState": 0,
        "ProductStatus": 524288, "DefenderSignaturesOutOfDate": False,
    }  # fmt: skip
    pc.wmi("MSFT_MpComputerStatus", status, space=DEFENDER)
    pc.wmi("FirewallProduct", space=SECURITY, columns="displayName instanceGuid productState")


def registered(pc: Pc, *products: tuple[str, int]) -> None:
    """What stands in the Security Center: name and productState."""
    rows = []
    for name, state in products:
        own = name == "Windows Defender"
        path = r"%ProgramFiles%\Windows Defender\MsMpeng.exe" if own else rf"C:\Program Files\{name}\guard.exe"
        guid = "{D68DDC3A-831F-4fae-9E44-DA132C1ACF46}" if own else f"{{{state:08X}-0000-4000-8000-000000000000}}"
        rows.append({"displayName": name, "instanceGuid": guid, "productState": state, "pathToSignedProductExe": path})
        if not own:
            found = {"kind": "file", "size": 1, "mode": 292, "uid": 0, "gid": 0, "modified": NOW - 90 * DAY}
            pc.says(DOORWAY, "stat", path, answer=found | {"link": None, "inode": 0})
    pc.wmi("AntiVirusProduct", *rows, space=SECURITY)


# ---------------------------------------------------------------------- other healthy ones
def ten_russian() -> Pc:
    """Windows 10 LTSC 2021, Russian, an ordinary user."""
    pc = eleven()
    release = "Windows 10 Enterprise LTSC 21H2 (19044.6575)"
    pc.value("machine").update(release=release, name="PC-08", language="ru", elevated=False, utc_offset=10800)
    sits(pc, "Ирина", "Ирина Лебедева")
    pc.value("registry", NT)["values"].update(
        CurrentBuildNumber="19044", CurrentBuild="19044", UBR=6575, DisplayVersion="21H2", EditionID="EnterpriseS",
        ProductName="Windows 10 Enterprise LTSC 2021",
    )  # fmt: skip
    for kind in ("ActiveComputerName", "ComputerName"):
        pc.value("registry", rf"{CCS}\Control\ComputerName\{kind}")["values"].update(ComputerName="PC-08")
    pc.value("registry", rf"{CCS}\Control\TimeZoneInformation")["values"].update(
        TimeZoneKeyName="Russian Standard Time"
    )
    for row in pc.rows("Win32_Service"):
        row["DisplayName"] = RUSSIAN.get(row["Name"], row["Name"])
    _not_administrator(pc)
    return pc


def sits(pc: Pc, name: str, full_name: str) -> None:
    """Somebody else is the person at the desk, an ordinary user."""
    built_in = pc.rows("Win32_UserAccount")[1]
    built_in.update(Disabled=False)
    administrators(pc, (built_in["SID"], "Администратор", "user"))
    old, new = pc.value("person")["home"], rf"C:\Users\{name}"
    pc.value("person").update(name=name, full_name=full_name, home=new)
    for entry in pc.entries.values():
        if entry["ask"][0] in {"listdir", "stat", "office_licences", "run"}:
            entry["ask"][1:] = [str(part).replace(old, new) for part in entry["ask"][1:]]
    pc.entries = {json.dumps(entry["ask"]): entry for entry in pc.entries.values()}


def ten_extended() -> Pc:
    """Windows 10 Pro 22H2 after its end, whose owner has arranged for extended security updates."""
    pc = ten_russian()
    pc.value("machine").update(release="Windows 10 Pro 22H2 (19045.7058)", name="PC-09", elevated=True)
    pc.value("registry", NT)["values"].update(
        CurrentBuildNumber="19045", CurrentBuild="19045", UBR=7058, DisplayVersion="22H2", EditionID="Professional",
        ProductName="Windows 10 Pro",
    )  # fmt: skip
    for kind in ("ActiveComputerName", "ComputerName"):
        pc.value("registry", rf"{CCS}\Control\ComputerName\{kind}")["values"].update(ComputerName="PC-09")
    return pc


def _not_administrator(pc: Pc) -> None:
    pc.value("machine").update(elevated=False)
    pc.wmi_fails("Win32_EncryptableVolume", reason="forbidden", number="0x80041003")
    log = "Microsoft-Windows-Diagnostics-Performance/Operational"
    pc.fails(EVENT_LOG, "events", log, [], 400, [], reason="forbidden", detail=f"{log}: error 5")
    pc.wmi_fails("MSFT_StorageReliabilityCounter", reason="forbidden", number="0x80041003")
    pc.wmi_fails("MSStorageDriver_FailurePredictStatus", reason="forbidden", number="0x80041003")


def kaspersky() -> Pc:
    """Kaspersky guards, and Defender has stepped back, as it should."""
    pc = eleven()
    registered(pc, ("Windows Defender", 393472), ("Kaspersky", 266240))
    pc.service("AVP21.21")
    pc.service("WinDefend", State="Stopped", StartMode="Manual")
    pc.service("WdNisSvc", State="Stopped", ExitCode=1077)
    root = r"HKLM\SOFTWARE\WOW6432Node\KasperskyLab\protected"
    noted = "github.com/glpi-project/glpi-agent: inventory of Kaspersky on Windows, LastSuccessfulUpdate in seconds"
    pc.key(root, "AVP21.21", source=noted)
    pc.key(rf"{root}\AVP21.21\Data", source=noted, LastSuccessfulUpdate=int(NOW - DAY / 4), LicKeyType=4)
    pc.absent(r"HKLM\SOFTWARE\KasperskyLab\protected", source=noted)
    pc.wmi_fails("MSFT_MpComputerStatus", reason="timeout")
    return pc


def server() -> Pc:
    """Windows Server 2019, without a Security Center as every server."""
    pc = eleven()
    pc.value("machine").update(release="Windows Server 2019 Standard (17763.8389)", edition="server", name="SRV-02")
    values = pc.value("registry", NT)["values"]
    values.update(
        CurrentBuildNumber="17763", CurrentBuild="17763", UBR=8389, EditionID="ServerStandard", ReleaseId="1809",
        InstallationType="Server", ProductName="Windows Server 2019 Standard",
    )  # fmt: skip
    del values["DisplayVersion"]
    for kind in ("ActiveComputerName", "ComputerName"):
        pc.value("registry", rf"{CCS}\Control\ComputerName\{kind}")["values"].update(ComputerName="SRV-02")
    for name in ("AntiVirusProduct", "FirewallProduct"):
        pc.wmi_fails(name, reason="inapplicable", number="0x8004100E")
    pc.wmi_fails("Win32_EncryptableVolume", reason="inapplicable", number="0x8004100E")
    log = "Microsoft-Windows-Diagnostics-Performance/Operational"
    pc.fails(EVENT_LOG, "events", log, [], 400, [], reason="missing", detail=f"{log}: error 15007")
    rows = pc.rows("Win32_Service")
    rows[:] = [row for row in rows if row["Name"] not in {"wscsvc", "WlanSvc"}]
    for name in ("AudioEndpointBuilder", "Audiosrv"):
        pc.service(name, State="Stopped", StartMode="Manual", ExitCode=1077)
    rows[:] = [row for row in rows if row["Name"] != "ClickToRunSvc"]
    pc.absent(rf"{HKLM}\Office\ClickToRun\Configuration")
    for version in ("14.0", "15.0", "16.0"):
        for root in (HKLM, r"HKLM\SOFTWARE\WOW6432Node\Microsoft"):
            pc.absent(rf"{root}\Office\{version}\Common\InstallRoot")
    guests(pc)
    return pc


def laptop_russian() -> Pc:
    """A laptop with Windows 11 in Russian on the Wi-Fi of an office: a name of the adapter in Cyrillic, a battery."""
    pc = eleven()
    pc.value("machine").update(name="NB-31", language="ru", utc_offset=10800)
    sits(pc, "Олег", "Олег Панин")
    for kind in ("ActiveComputerName", "ComputerName"):
        pc.value("registry", rf"{CCS}\Control\ComputerName\{kind}")["values"].update(ComputerName="NB-31")
    zone = pc.value("registry", rf"{CCS}\Control\TimeZoneInformation")["values"]
    zone.update(TimeZoneKeyName="Russian Standard Time")
    for row in pc.rows("Win32_Service"):
        row["DisplayName"] = RUSSIAN.get(row["Name"], row["Name"])
    _on_wifi(pc, "Беспроводная сеть")
    battery = {"DeviceID": "0710A", "Name": "DELL", "BatteryStatus": 2, "EstimatedChargeRemaining": 96}
    pc.wmi("Win32_Battery", battery)
    for name, column, value in (
        ("BatteryStaticData", "DesignedCapacity", 60000),
        ("BatteryFullChargedCapacity", "FullChargedCapacity", 55200),
        ("BatteryCycleCount", "CycleCount", 84),
        ("BatteryStatus", "PowerOnline", True),
    ):
        pc.wmi(name, {column: value}, space=r"root\wmi")
    return pc


def _on_wifi(pc: Pc, name: str) -> None:
    """The one adapter is a radio, under this name; everything that names it follows."""
    for entry in pc.entries.values():
        if entry["ask"][0] in {"wmi", "psutil", "neighbour"}:
            renamed = json.dumps(entry, ensure_ascii=False).replace('"Ethernet"', json.dumps(name, ensure_ascii=False))
            entry.update(json.loads(renamed))
    pc.entries = {json.dumps(entry["ask"]): entry for entry in pc.entries.values()}
    pc.rows("MSFT_NetAdapter")[0].update(NdisPhysicalMedium=9, InterfaceDescription="Intel(R) Wi-Fi 6 AX201 160MHz")
    radio(pc)
    noted(pc, "WPA2PSK", "AES")
    data = {
        "InterfaceGuid": GUID, "InterfaceDescription": "Intel(R) Wi-Fi 6 AX201 160MHz",
        "ConnectionMode": "Подключение вручную с использованием профиля", "ProfileName": "Office", "SSID": "Office",
        "BSSType": "Инфраструктура", "ConnectionId": "0x1",
    }  # fmt: skip
    pc.log(WLAN, event(8001, WLAN_PROVIDER, 0.1, data | {"AuthenticationAlgorithm": "WPA2-Personal"}, 4))


def radio(pc: Pc, **changed: Any) -> None:
    """What wlanapi says of the one radio."""
    found = {
        "interface": "Intel(R) Wi-Fi 6 AX201 160MHz", "guid": GUID, "state": "connected", "strength": -58,
        "channel": 44, "off": "",
    }  # fmt: skip
    pc.says(PAGES["wlanapi"], "radios", answer=[found | changed])


def noted(pc: Pc, authentication: str, encryption: str) -> None:
    """What Windows has noted of the one network it knows."""
    answer = {"authentication": authentication, "encryption": encryption}
    source = f"{LEARN}/win32/nativewifi/wlan-profileschema-authencryption-security-element"
    pc.says(source, "wireless_network", GUID, "Office", answer=answer)


def controller() -> Pc:
    """The one controller of a domain: it answers for names itself and asks the internet for the time."""
    pc = server()
    pc.value("machine").update(name="DC-01", domain="corp.example")
    for kind in ("ActiveComputerName", "ComputerName"):
        pc.value("registry", rf"{CCS}\Control\ComputerName\{kind}")["values"].update(ComputerName="DC-01")
    pc.rows("Win32_ComputerSystem")[0].update(Name="DC-01", PartOfDomain=True, Domain="corp.example", DomainRole=5)
    pc.rows("MSFT_NetConnectionProfile")[0].update(NetworkCategory=2)
    for name in ("ADWS", "DFSR", "DNS", "Kdc", "Netlogon", "NTDS", "W32Time"):
        pc.service(name, State="Running", StartMode="Auto", ExitCode=0)
    pc.key(rf"{CCS}\Services\Netlogon", "Parameters", Start=2)
    asks(pc, "127.0.0.1")
    named(pc, "127.0.0.1")
    located(pc, "127.0.0.1", knows=True)
    return pc


def asks(pc: Pc, *servers: str) -> None:
    """The name servers of the one adapter."""
    pc.rows("MSFT_DNSClientServerAddress")[0].update(ServerAddresses=list(servers))


def located(pc: Pc, address: str, *, knows: bool) -> None:
    """What a name server says of the controllers of the domain."""
    answer = {
        "state": "answered", "code": "NOERROR" if knows else "NXDOMAIN", "milliseconds": 2.0,
        "addresses": ["0 100 389 dc-01.corp.example."] if knows else [],
    }  # fmt: skip
    source = "https://learn.microsoft.com/openspecs/windows_protocols/ms-adts, 6.3.2.3: SRV records"
    pc.says(source, "dns", address, "_ldap._tcp.dc._msdcs.corp.example", "SRV", answer=answer)


def ten_german() -> Pc:
    """Windows 10 LTSC 2019 in German, an ordinary user; what is newer than that release has no value."""
    pc = ten_russian()
    pc.value("machine").update(
        release="Windows 10 Enterprise LTSC 1809 (17763.8389)", name="PC-DE", language="de", utc_offset=3600
    )
    values = pc.value("registry", NT)["values"]
    values.update(CurrentBuildNumber="17763", CurrentBuild="17763", UBR=8389, ReleaseId="1809")
    values.update(ProductName="Windows 10 Enterprise LTSC 2019")
    del values["DisplayVersion"]
    sits(pc, "jürgen", "Jürgen Groß")
    for kind in ("ActiveComputerName", "ComputerName"):
        pc.value("registry", rf"{CCS}\Control\ComputerName\{kind}")["values"].update(ComputerName="PC-DE")
    _zone(pc, "W. Europe Standard Time")
    for row in pc.rows("Win32_Service"):
        row["DisplayName"] = GERMAN.get(row["Name"], row["Name"])
    pc.rows("MSFT_MpComputerStatus")[0].update(IsTamperProtected=None, AMRunningMode=None, NISEnabled=None)
    return pc


def _zone(pc: Pc, name: str) -> None:
    pc.value("registry", rf"{CCS}\Control\TimeZoneInformation")["values"].update(TimeZoneKeyName=name)
    pc.key(rf"{NT}\Time Zones\{name}", "Dynamic DST", TZI="")


def laptop_turkish() -> Pc:
    """A laptop with Windows 11 Home in Turkish, on its battery, of an ordinary user."""
    pc = laptop_russian()
    pc.value("machine").update(release="Windows 11 Home 25H2 (26200.7171)", name="DİZÜSTÜ-3", language="tr")
    pc.value("registry", NT)["values"].update(EditionID="Core", ProductName="Windows 10 Home")
    sits(pc, "İpek", "İpek Yıldız")
    for kind in ("ActiveComputerName", "ComputerName"):
        pc.value("registry", rf"{CCS}\Control\ComputerName\{kind}")["values"].update(ComputerName="DİZÜSTÜ-3")
    _zone(pc, "Turkey Standard Time")
    for row in pc.rows("Win32_Service"):
        row["DisplayName"] = TURKISH.get(row["Name"], row["Name"])
    pc.rows("Win32_Battery")[0].update(BatteryStatus=1, EstimatedChargeRemaining=41)
    pc.rows("BatteryStatus")[0].update(PowerOnline=False)
    _not_administrator(pc)
    return pc


# ---------------------------------------------------------------------- troubled ones
def core_full() -> Pc:
    """The system disk of a server without a desktop is full."""
    pc = server()
    pc.value("machine").update(release="Windows Server 2025 Datacenter (26100.6899)", name="HV-01", desktop=False)
    pc.value("registry", NT)["values"].update(
        CurrentBuildNumber="26100", CurrentBuild="26100", UBR=6899, EditionID="ServerDatacenter", ReleaseId="2009",
        InstallationType="Server Core", ProductName="Windows Server 2025 Datacenter",
    )  # fmt: skip
    for kind in ("ActiveComputerName", "ComputerName"):
        pc.value("registry", rf"{CCS}\Control\ComputerName\{kind}")["values"].update(ComputerName="HV-01")
    pc.service("vmms")
    space(pc, "C:", 60 * GIB, 300 << 20)
    return pc


def disk_lost() -> Pc:
    """A server of whose pool one disk has dropped out; the mirror on it stands on one leg."""
    pc = server()
    disks = pc.rows("MSFT_PhysicalDisk")
    one = disks[0] | {"FriendlyName": "ST4000NM000A", "BusType": 10, "MediaType": 3}
    disks += [one | {"DeviceId": "1"}, one | {"DeviceId": "2", "HealthStatus": 1, "OperationalStatus": [13]}]
    pool = {"FriendlyName": "Pool", "HealthStatus": 1, "OperationalStatus": [3], "IsPrimordial": False}
    pc.rows("MSFT_StoragePool").append(pool | {"ReadOnlyReason": 1})
    mirror = {"FriendlyName": "Data", "HealthStatus": 1, "OperationalStatus": [3], "DetachedReason": 1}
    pc.wmi("MSFT_VirtualDisk", mirror, space=STORAGE)
    return pc


def controller_clock() -> Pc:
    """The one controller of a domain asks a time server that is gone, and its clock is seven minutes behind."""
    pc = controller()
    pc.key(rf"{CCS}\Services\W32Time\Parameters", Type="NTP", NtpServer="ntp.old.example,0x8")
    pc.says(DOORWAY, "sntp", "ntp.old.example", answer={"state": "unresolved", "offset": None, "stratum": 0, "leap": 0})
    for page in SITE["pages"]:
        pc.value("http", page["url"], "")["date"] = NOW + 420
    return pc


def left_behind() -> Pc:
    """An antivirus was removed and has left its entry in the Security Center: Defender gives way to nobody."""
    pc = eleven()
    pc.value("machine").update(language="de", utc_offset=3600)
    registered(pc, ("Windows Defender", 393472), ("Avast Antivirus", 266240))
    path = r"C:\Program Files\Avast Antivirus\guard.exe"
    pc.fails(DOORWAY, "stat", path, reason="missing", detail=f"{path}: error 2")
    pc.service("WinDefend", State="Stopped", StartMode="Manual")
    pc.service("WdNisSvc", State="Stopped", ExitCode=1077)
    pc.rows("MSFT_MpComputerStatus")[0].update(
        AMRunningMode="Not running", AMServiceEnabled=False, AntivirusEnabled=False, RealTimeProtectionEnabled=False,
        OnAccessProtectionEnabled=False, BehaviorMonitorEnabled=False, IoavProtectionEnabled=False, NISEnabled=False,
    )  # fmt: skip
    return pc


def printer_driver() -> Pc:
    """The driver of a printer fells the print service of a German Windows 10, which starts it again each time."""
    pc = ten_german()
    fallen = {"param1": GERMAN["Spooler"], "param3": "60000", "param4": "1", "param5": "Neustart des Diensts"}
    days = (0.02, 0.05, 0.1, 0.4, 1.2)
    counted = zip("54321", days, strict=True)
    pc.log(
        "System", *(event(7031, "Service Control Manager", day, fallen | {"param2": number}) for number, day in counted)
    )
    spooler, folder = r"C:\Windows\System32\spoolsv.exe", r"C:\Windows\system32\spool\DRIVERS\x64\3"
    pc.service("Spooler", PathName=r"C:\Windows\System32\spoolsv.exe")
    said = [
        "spoolsv.exe", "10.0.17763.7919", "9b1e3c52", "hpcdmc64.DLL", "1.0.0.83", "4cd8b1a6", "c0000005",
        "0000000000012345", "a1c", "01dcb0a1f2e3d4c5", spooler, rf"{folder}\hpcdmc64.DLL", "0a1b2c3d", "", "",
    ]  # fmt: skip
    pc.log("Application", *(event(1000, "Application Error", day, said) for day in days))
    return pc


def card_undriven() -> Pc:
    """Windows was installed anew and has no driver for the one network card."""
    pc = eleven()
    unknown = {
        "Name": "Ethernet Controller", "PNPClass": None, "Service": None, "ConfigManagerErrorCode": 28, "Present": True,
        "PNPDeviceID": r"PCI\VEN_10EC&DEV_8125&SUBSYS_E0001458&REV_05\4&2C2E5E6F&0&00E8",
        "CompatibleID": [r"PCI\VEN_10EC&DEV_8125&REV_05", r"PCI\VEN_10EC&CC_0200", r"PCI\CC_020000", r"PCI\CC_0200"],
    }  # fmt: skip
    pc.rows("Win32_PnPEntity").append(unknown)
    hidden = {
        "Name": "Local Area Connection* 1", "InterfaceIndex": 3, "InterfaceDescription": "WAN Miniport (IP)",
        "HardwareInterface": False, "ConnectorPresent": False, "Virtual": True, "Hidden": True, "NdisPhysicalMedium": 0,
    }  # fmt: skip
    pc.rows("MSFT_NetAdapter")[0].update(hidden)
    loop = {"InterfaceAlias": "Loopback Pseudo-Interface 1", "InterfaceIndex": 1}
    for name in ("MSFT_NetRoute", "MSFT_NetIPInterface", "MSFT_DNSClientServerAddress", "MSFT_NetIPAddress"):
        for row in pc.rows(name):
            row.update({key: value for key, value in loop.items() if key in row})
    pc.rows("MSFT_NetRoute")[0].update(DestinationPrefix="127.0.0.0/8", NextHop="0.0.0.0")  # noqa: S104 - no route
    pc.rows("MSFT_NetIPAddress")[0].update(IPAddress="127.0.0.1")
    asks(pc)
    for name in ("MSFT_NetConnectionProfile", "MSFT_NetAdapterStatisticsSettingData"):
        pc.rows(name).clear()
    for name in ("net_if_addrs", "net_if_stats"):
        del pc.value("psutil", name)["Ethernet"]
    offline(pc, alone=True)
    return pc


def services_proxy() -> Pc:
    """A proxy of an earlier place is still set for services alone: websites open, and no update comes."""
    pc = eleven()
    server = b"proxy.old.example:3128"
    blob = struct.pack("<4I", 0x18, 0, 3, len(server)) + server + bytes(4)
    pc.key(rf"{CV}\Internet Settings\Connections", WinHttpSettings=blob.hex())
    pc.says(DOORWAY, "connect", "proxy.old.example", 3128, answer={"state": "unresolved", "milliseconds": None})
    for page in SITE["pages"]:
        answer = {"state": "unresolved", "milliseconds": None}
        pc.says(DOORWAY, "http", page["url"], "proxy.old.example:3128", answer=answer)
    agent = "Microsoft-Windows-WindowsUpdateClient"
    pc.log(f"{agent}/Operational", *(event(25, agent, days, {"errorCode": "0x8024402c"}) for days in (0.2, 0.6, 1.5)))
    return pc


def domain_astray() -> Pc:
    """A member of a domain, on which somebody has set a name server of the internet: it finds its domain no more."""
    pc = eleven()
    pc.value("machine").update(domain="corp.example")
    pc.rows("Win32_ComputerSystem")[0].update(PartOfDomain=True, Domain="corp.example", DomainRole=1)
    pc.service("Netlogon")
    pc.service("W32Time", State="Running", ExitCode=0)
    pc.key(rf"{CCS}\Services\Netlogon", "Parameters", Start=2)
    pc.key(rf"{CCS}\Services\W32Time\Parameters", Type="NT5DS", NtpServer="time.windows.com,0x9")
    unknown = {"state": "unresolved", "offset": None, "stratum": 0, "leap": 0}
    pc.says(DOORWAY, "sntp", "corp.example", answer=unknown)
    asks(pc, "8.8.8.8")
    named(pc, "8.8.8.8")
    located(pc, "8.8.8.8", knows=False)
    source = "https://learn.microsoft.com/troubleshoot/windows-client/networking/tcpip-and-nbt-configuration-parameters"
    interfaces = rf"{CCS}\Services\Tcpip\Parameters\Interfaces"
    pc.key(interfaces, GUID, source=source)
    given = {"EnableDHCP": 1, "NameServer": "8.8.8.8", "DhcpNameServer": ROUTER}
    pc.key(rf"{interfaces}\{GUID}", source=source, **given)
    pc.log("System", *(event(5719, "NETLOGON", days, ["CORP", "%%1311"], 2) for days in (0.05, 0.2)))
    return pc


def policy_unread() -> Pc:
    """A member of a domain that finds its controller, whose file of rules it may not read since yesterday."""
    pc = domain_astray()
    asks(pc, ROUTER)
    located(pc, ROUTER, knows=True)
    interfaces = rf"{CCS}\Services\Tcpip\Parameters\Interfaces\{GUID}"
    pc.value("registry", interfaces)["values"].update(NameServer="", DhcpNameServer=ROUTER)
    answer = {"state": "answered", "offset": 0.02, "stratum": 4, "leap": 0}
    pc.says(DOORWAY, "sntp", "corp.example", answer=answer)
    denied = {
        "SupportInfo1": "1", "SupportInfo2": "840", "ProcessingMode": "0", "ProcessingTimeInMilliseconds": "3172",
        "ErrorCode": "5", "ErrorDescription": "Access is denied. ", "DCName": r"\\dc-01.corp.example",
        "GPOCNName": "cn={6AC1786C-016F-11D2-945F-00C04FB984F9},cn=policies,cn=system,DC=corp,DC=example",
        "FilePath": r"\\corp.example\SysVol\corp.example\Policies\{6AC1786C-016F-11D2-945F-00C04FB984F9}\gpt.ini",
    }  # fmt: skip
    rules = "Microsoft-Windows-GroupPolicy"
    pc.log(
        "System",
        *everyday(),
        *(event(1058, rules, at, denied) for at in (0.03, 0.1, 0.2, 0.3, 0.6)),
        event(1501, rules, 0.8, {"SupportInfo1": "1", "DCName": r"\\dc-01.corp.example"}, 4),
        event(1500, rules, 0.9, {"SupportInfo1": "1", "DCName": r"\\dc-01.corp.example"}, 4),
    )
    return pc


def controller_unsure() -> Pc:
    """A controller that asks a name server of the internet as well, and whose time service somebody disabled."""
    pc = controller()
    asks(pc, "127.0.0.1", "8.8.8.8")
    named(pc, "8.8.8.8")
    located(pc, "8.8.8.8", knows=False)
    pc.service("W32Time", State="Stopped", StartMode="Disabled", ExitCode=1077)
    return pc


def controller_refuses() -> Pc:
    """A controller that two PCs of its domain cannot talk to: one was restored from an image, one was set up anew."""
    pc = controller()
    away = [event(5805, "NETLOGON", at, ["PC-04", "%%5"]) for at in (0.1, 0.4, 1.2, 2.1)]
    unknown = [event(5723, "NETLOGON", at, ["PC-11", "PC-11$"]) for at in (0.2, 0.5, 0.6)]
    older = event(5722, "NETLOGON", 1.5, ["PC-09", "PC-09$", "%%5"])
    pc.log("System", *everyday(), *away, *unknown, older)
    return pc


def controller_names_stopped() -> Pc:
    """The name service of a controller is stopped: it finds nothing any more, and neither does its domain."""
    pc = controller()
    pc.service("DNS", State="Stopped", DisplayName="DNS Server")
    pc.absent(rf"{CCS}\Services\DNS\TriggerInfo", source=f"{LEARN}/win32/services/service-trigger-events")
    for entry in pc.entries.values():
        if entry["ask"][:2] == ["dns", "127.0.0.1"]:
            entry["answer"] = {"state": "refused", "code": "", "addresses": [], "milliseconds": 1.0}
    offline(pc)
    online_by_number(pc)
    return pc


def remote_desktop_shut() -> Pc:
    """A PC that is to be reached from home; its network counts as a public one, in which nobody is let in."""
    pc = eleven()
    guests(pc, "Profile=Domain|Profile=Private|")
    pc.rows("MSFT_NetConnectionProfile")[0].update(NetworkCategory=0)
    return pc


def guests(pc: Pc, profiles: str = "") -> None:
    """Remote desktop is on, and the firewall has its rule for it."""
    pc.key(rf"{CCS}\Control\Terminal Server", fDenyTSConnections=0)
    pc.service("TermService", StartMode="Manual")
    pc.says(DOORWAY, "connect", "127.0.0.1", 3389, answer={"state": "open", "milliseconds": 0.4})
    rules = pc.value("registry", rf"{CCS}\Services\SharedAccess\Parameters\FirewallPolicy\FirewallRules")["values"]
    rules["RemoteDesktop-UserMode-In-TCP"] = (
        f"v2.32|Action=Allow|Active=TRUE|Dir=In|Protocol=6|{profiles}LPort=3389"
        r"|App=%SystemRoot%\system32\svchost.exe|Svc=termservice|Name=@FirewallAPI.dll,-28775|"
    )


def controller_in_public() -> Pc:
    """A controller that started before its own name service and takes its network for a public one."""
    pc = controller()
    pc.rows("MSFT_NetConnectionProfile")[0].update(NetworkCategory=0)
    guests(pc, "Profile=Domain|Profile=Private|")
    return pc


def role_stopped() -> Pc:
    """A server that gives out addresses, whose DHCP service somebody stopped and forgot."""
    pc = server()
    pc.service("DHCPServer", State="Stopped", DisplayName="DHCP Server")
    pc.absent(rf"{CCS}\Services\DHCPServer\TriggerInfo", source=f"{LEARN}/win32/services/service-trigger-events")
    return pc


def guests_refused() -> Pc:
    """A PC whose person cannot open the folders of the old box in the corner, which lets everybody in as a guest."""
    pc = eleven()
    said = {"UserNameLength": "4", "UserName": "anna", "ServerNameLength": "6", "ServerName": r"\oldnas"}
    spoken = {"Reason": "0", "Dialect": "0", "ServerNameLength": "13", "ServerName": "192.168.1.250"}
    refused = [event(share_refusals.GUEST, share_refusals.PROVIDER, at, said) for at in (0.02, 0.021, 1.2)]
    pc.log(share_refusals.LOG, *refused, event(share_refusals.OLD, share_refusals.PROVIDER, 2.5, spoken, 3))
    return pc


def card_hangs() -> Pc:
    """The graphics card of a PC stops answering since the last driver: the screen goes black for some seconds."""
    pc = eleven()
    pc.log("System", *everyday(), *(event(4101, "Display", at, ["igfxn", ""], 3) for at in (0.05, 0.8, 1.1, 2.6, 9)))
    return pc


def sound_fails() -> Pc:
    """The sound card of a PC does not start since the last update of its driver: it does not answer in time."""
    pc = eleven()
    place = r"HDAUDIO\FUNC_01&VEN_10EC&DEV_0256&SUBSYS_102808B9\4&2C6A1E5B&0&0001"
    pc.rows("Win32_PnPEntity").append(
        {
            "Name": "Realtek(R) Audio", "PNPClass": "MEDIA", "PNPDeviceID": place, "Service": "IntcAzAudAddService",
            "ConfigManagerErrorCode": 10, "Present": True, "CompatibleID": None,
        }
    )  # fmt: skip
    said = {
        "DeviceInstanceId": place, "DriverName": "oem12.inf", "ClassGuid": "{4d36e96c-e325-11ce-bfc1-08002be10318}",
        "ServiceName": "IntcAzAudAddService", "LowerFilters": "", "UpperFilters": "ksthunk", "Problem": "0xa",
        "Status": "0xc00000b5",
    }  # fmt: skip
    pc.log(f"{devices.PNP}/Configuration", *(event(devices.NOT_STARTED, devices.PNP, at, said) for at in (0.1, 1, 2)))
    return pc


def login_refused() -> Pc:
    """A server whose backup works under an account of its own, the password of which was changed last night."""
    pc = server()
    name = "Acme Backup Agent"
    pc.service("AcmeBackup", State="Stopped", DisplayName=name, ExitCode=1077)
    pc.absent(rf"{CCS}\Services\AcmeBackup\TriggerInfo", source=f"{LEARN}/win32/services/service-trigger-events")
    manager = "Service Control Manager"
    pc.log(
        "System",
        *everyday(),
        event(7000, manager, 0.4, {"param1": name, "param2": "%%1069"}),
        event(7038, manager, 0.4, {"param1": "AcmeBackup", "param2": r".\svc_backup", "param3": "%%1326"}),
    )
    return pc


def server_unguarded() -> Pc:
    """A server whose antivirus of another maker somebody has told not to look at files, and forgot."""
    pc = server()
    pc.service("WinDefend", State="Stopped", StartMode="Disabled", ExitCode=1077)
    pc.service("mfemms")
    source = "https://learn.microsoft.com/azure/defender-for-cloud: checks of endpoint protection, McAfee"
    root = r"HKLM\SOFTWARE\McAfee\AVSolution"
    pc.key(rf"{root}\MCSHIELDGLOBAL\GLOBAL", source=source, enableoas=0)
    pc.key(rf"{root}\DS\DS", source=source, dwContentMajorVersion=5432, szContentCreationDate="2026-03-09")
    return pc


def server_authorities_old() -> Pc:
    """A server that was once without internet: it may fetch no authorities, and trusts no new one."""
    pc = server()
    source = "https://learn.microsoft.com/windows-server/identity/ad-cs/configure-trusted-roots-disallowed-certificates"
    pc.key(rf"{POLICIES}\SystemCertificates\AuthRoot", source=source, DisableRootAutoUpdate=1)
    for name, issuer in zip(SITE["tls"], ("E8", "WR3"), strict=True):
        pc.value("tls", name, 443).update(verified=False, code=20, issuer=issuer)
    return pc


def defender_off() -> Pc:
    """Defender's guard is switched off, and nobody else guards; its signatures grow old."""
    pc = eleven()
    registered(pc, ("Windows Defender", 393472))
    pc.rows("MSFT_MpComputerStatus")[0].update(
        RealTimeProtectionEnabled=False, OnAccessProtectionEnabled=False, BehaviorMonitorEnabled=False,
        IoavProtectionEnabled=False,
    )  # fmt: skip
    defender = "Microsoft-Windows-Windows Defender"
    named = {"Product Name": "Microsoft Defender Antivirus", "Product Version": "4.18.26010.5"}
    refused = {"Update Source": "Microsoft Update Server", "Error Code": "0x80072ee7", "Update Type": "Delta"}
    pc.log(f"{defender}/Operational", event(5001, defender, 3, named, 4), event(2001, defender, 0.5, named | refused))
    return pc


def two_antiviruses() -> Pc:
    """Two antiviruses of different makers guard at once, on Windows 10."""
    pc = ten_russian()
    registered(pc, ("Windows Defender", 393472), ("Dr.Web", 266240), ("ESET Security", 266240))
    pc.service("DrWebAVService")
    pc.service("ekrn")
    pc.service("WinDefend", State="Stopped", StartMode="Manual")
    pc.key(
        r"HKLM\SOFTWARE\Doctor Web\Settings\av-service",
        source="published settings of Dr.Web: LastUpdate in seconds",
        LastUpdate=int(NOW - DAY / 2),
    )
    noted = "github.com/glpi-project/glpi-agent: inventory of ESET on Windows, ScannerVersion"
    pc.key(r"HKLM\SOFTWARE\ESET\ESET Security\CurrentVersion\Info", source=noted, ScannerVersion="32810 (20260309)")
    return pc


def clock_refused() -> Pc:
    """A PC that was without power and lost the date; Windows knows the right time and does not dare to set it."""
    pc = eleven()
    behind = 20 * 3600
    for entry in pc.entries.values():
        if entry["ask"][0] == "sntp":
            entry["answer"]["offset"] = float(behind)
        elif entry["ask"][0] == "http":
            entry["answer"]["date"] = NOW + behind
    too_far = {"SystemTimeChangeSeconds": f"{behind}", "MaxSystemTimeChangeSeconds": "54000",
               "TimeSource": "time.windows.com,0x9 (ntp.m|0x9|0.0.0.0:123->20.101.57.9:123)"}  # fmt: skip
    pc.log("System", *everyday(), event(34, "Microsoft-Windows-Time-Service", 0.01, too_far))
    return pc


def disk_full() -> Pc:
    """The system disk is full: an update could not be installed for want of space."""
    pc = eleven()
    space(pc, "C:", 119 * GIB, 400 << 20)
    update_failed(pc, "0x80070070")
    return pc


def update_failed(pc: Pc, code: str, title: str = "2026-02 Cumulative Update for Windows 11 (KB5077181)") -> None:
    """The same update has failed three times."""
    provider = "Microsoft-Windows-WindowsUpdateClient"
    data = {
        "errorCode": code, "updateTitle": title, "updateGuid": "{0a1b2c3d-0000-4000-8000-000000000001}",
        "updateRevisionNumber": "1",
    }  # fmt: skip
    pc.log("System", *(event(20, provider, days, data) for days in (0.5, 1.5, 2.5)))


def disk_failing() -> Pc:
    """The disk predicts its failure; the log is full of bad blocks, repeated requests and hardware errors."""
    pc = eleven()
    pc.rows("MSFT_PhysicalDisk")[0].update(HealthStatus=2, OperationalStatus=[5], BusType=11)
    pc.rows("MSFT_StorageReliabilityCounter")[0].update(ReadErrorsUncorrected=112, PowerOnHours=31200, Temperature=44)
    instance = r"SCSI\Disk&Ven_WDC&Prod_WD10\4&2f9b1c0&0&000000"
    pc.forget("wmi", r"root\wmi", "MSStorageDriver_FailurePredictStatus")
    predicted = {"InstanceName": f"{instance}_0", "PredictFailure": True}
    pc.wmi("MSStorageDriver_FailurePredictStatus", predicted, space=r"root\wmi")
    pc.wmi("Win32_DiskDrive", {"Index": 0, "PNPDeviceID": instance.upper()})
    driver(
        pc, model="Samsung SSD 980 500GB", bus=11, predicts=True, attributes=ata(_5=1840, _187=96, _197=112, _198=112)
    )
    device = r"\Device\Harddisk0\DR0"
    whea = {"ErrorSource": "4", "FRUId": "{00000000-0000-0000-0000-000000000000}", "FRUText": "", "Bus": "0x1"}
    pc.log(
        "System",
        *(event(7, "disk", days / 4, [device]) for days in range(1, 13)),
        *(event(153, "disk", days / 3, [device, "0x1a2b3c", "0", r"\Device\0000002a"], 3) for days in range(1, 10)),
        *(event(129, "storahci", days / 3, [r"\Device\RaidPort0"], 3) for days in range(1, 6)),
        *(event(17, "Microsoft-Windows-WHEA-Logger", days / 5, whea, 3) for days in range(1, 4)),
    )
    return pc


def disk_cloned() -> Pc:
    """The old disk was copied to a new one and left in: Windows does not use it; its cable has two pairs."""
    pc = eleven()
    rows = pc.rows("MSFT_Disk")
    rows.append(rows[0] | {"Number": 1, "FriendlyName": "WDC WD10EZEX", "IsBoot": False, "IsSystem": False})
    rows[1].update(BusType=11, IsOffline=True, OfflineReason=4, OperationalStatus=[53267])
    pc.rows("MSFT_NetAdapter")[0].update(Speed=100_000_000)
    return pc


def volume_harmed() -> Pc:
    """Windows itself has marked the volume: it wants a look at the next restart."""
    pc = eleven()
    pc.rows("MSFT_Volume")[0].update(HealthStatus=1, OperationalStatus=[0xD00E])
    return pc


def infected() -> Pc:
    """A download was no invoice: it works under the name of a part of Windows, and comes back at every start."""
    pc = eleven()
    place = r"C:\Users\anna\AppData\Roaming"
    pc.value("processes").append(_process(7012, "svchost.exe", place))
    folder = autoruns.FOLDERS[1].format(home=r"C:\Users\anna")
    pc.says(DOORWAY, "listdir", folder, answer=["desktop.ini", "invoice.pdf.exe"])
    found = r"C:\Users\anna\Downloads\invoice.zip->invoice.pdf.exe"
    scanned(pc, 2, f"Threat                  : Trojan:Win32/Example.A\r\nfile                    : {found}\r\n")
    return pc


def rights_given_away() -> Pc:
    """Somebody let everybody change a folder of Windows to get round an error; the disk of temporary files is gone."""
    pc = eleven()
    everybody = {"sid": "S-1-1-0", "allow": True, "mask": 0x1F01FF}
    for folder in (r"C:\Windows\System32", r"C:\Windows\System32\drivers"):
        pc.value("granted", folder).append(everybody)
    pc.value("registry", rf"HKU\{SID}\Environment")["values"].update(TEMP=r"R:\Temp", TMP=r"R:\Temp")
    pc.fails(DOORWAY, "stat", r"R:\Temp", reason="missing", detail=r"R:\Temp: error 3")
    return pc


def apipa() -> Pc:
    """Nobody gave an address: the PC gave itself one."""
    pc = eleven()
    addressed(pc, "169.254.23.7", "255.255.0.0")
    pc.rows("MSFT_NetRoute")[0].update(DestinationPrefix="169.254.0.0/16", NextHop="0.0.0.0")  # noqa: S104 - no route
    offline(pc, alone=True)
    client = "Microsoft-Windows-Dhcp-Client"
    card = {"HWLength": "6", "HWAddress": "D45D64A1B2C3"}
    pc.log(f"{client}/Admin", event(1001, client, 0.02, card), event(1003, client, 0.1, card))
    return pc


def wrong_dns() -> Pc:
    """The name server that is set does not exist; everything else works."""
    pc = eleven()
    asks(pc, "192.168.1.250")
    named(pc, "192.168.1.250")
    for entry in pc.entries.values():
        question, first = entry["ask"][0], entry["ask"][1:2]
        if question == "dns" and first == ["192.168.1.250"]:
            entry["answer"] = {"state": "timeout", "code": None, "addresses": [], "milliseconds": None}
    offline(pc)
    online_by_number(pc)
    return pc


def online_by_number(pc: Pc) -> None:
    """Only addresses answer."""
    for door in SITE["addresses"]:
        pc.says(DOORWAY, "connect", door["address"], door["port"], answer={"state": "open", "milliseconds": 14.0})


def wifi_refused() -> Pc:
    """The password of the Wi-Fi was changed: the laptop tries the old one and is refused."""
    pc = laptop_russian()
    pc.rows("MSFT_NetAdapter")[0].update(MediaConnectState=2, InterfaceOperationalStatus=2)
    data = {
        "InterfaceGuid": GUID, "InterfaceDescription": "Intel(R) Wi-Fi 6 AX201 160MHz", "ProfileName": "Office",
        "SSID": "Office", "BSSType": "Инфраструктура", "ConnectionId": "0x2", "RSSI": "-61",
        "FailureReason": "Неправильный ключ безопасности сети.", "ReasonCode": "294932",
    }  # fmt: skip
    pc.log(WLAN, *(event(8002, WLAN_PROVIDER, hours / 24, data) for hours in (0.1, 0.2, 0.3)))
    radio(pc, state="disconnected", strength=None, channel=None)
    addressed(pc, "169.254.77.3", "255.255.0.0", "Беспроводная сеть")
    pc.rows("MSFT_NetRoute")[0].update(DestinationPrefix="169.254.0.0/16", NextHop="0.0.0.0")  # noqa: S104 - no route
    offline(pc, alone=True)
    return pc


def wifi_weak() -> Pc:
    """A laptop far from an old router that protects by WEP; of its connection days ago the log tells no more."""
    pc = laptop_russian()
    radio(pc, strength=-84, channel=1)
    noted(pc, "open", "WEP")
    pc.log(WLAN)
    pc.rows("MSFT_NetConnectionProfile")[0].update(Name="Office")
    return pc


def shown_offline() -> Pc:
    """The internet works, and Windows shows none: what it tests is blocked on the way."""
    pc = eleven()
    pc.rows("MSFT_NetConnectionProfile")[0].update(IPv4Connectivity=2, IPv6Connectivity=1)
    test = SITE["pages"][1]["url"]
    pc.says(DOORWAY, "http", test, "", answer={"state": "timeout", "milliseconds": None})
    return pc


def too_hot() -> Pc:
    """A dusty PC of an ordinary user that has switched itself off for heat three times."""
    pc = not_administrator()
    power = "Microsoft-Windows-Kernel-Power"
    pc.wmi_fails("MSAcpi_ThermalZoneTemperature", reason="forbidden", number="0x80041003")
    lost = {"BugcheckCode": "0", "PowerButtonTimestamp": "0"}
    pc.log(
        "System",
        *(event(86, power, days, {"_TMP": "378", "_CRT": "373"}, 1) for days in (1, 2, 4)),
        *(event(41, power, days - 0.01, lost, 1) for days in (1, 2, 4)),
    )
    return pc


def vpn_refused() -> Pc:
    """The password expired, and the VPN of the company lets the laptop in no more."""
    pc = laptop_russian()
    said = ["{0A1B2C3D-0000-4000-8000-00000000000A}", r"NB-31\Олег", "Офис"]
    pc.log(
        "Application",
        *(event(20227, "RasClient", hours / 24, [*said, "691"]) for hours in (0.2, 0.3, 1)),
        event(20225, "RasClient", 0.9, said, 4),
    )
    return pc


def dead_proxy() -> Pc:
    """A program has left its proxy behind; nothing listens there any more."""
    pc = eleven()
    key = rf"HKU\{SID}\Software\Microsoft\Windows\CurrentVersion\Internet Settings"
    pc.value("registry", key)["values"].update(ProxyEnable=1, ProxyServer="127.0.0.1:8888")
    pc.says(DOORWAY, "connect", "127.0.0.1", 8888, answer={"state": "refused", "milliseconds": 1.0})
    for page in SITE["pages"]:
        pc.says(DOORWAY, "http", page["url"], "127.0.0.1:8888", answer={"state": "refused", "milliseconds": 1.0})
    return pc


def office_broken() -> Pc:
    """The service of Office was disabled to gain speed, and the mail file is full; Excel hung with an add-in."""
    pc = eleven()
    pc.service("ClickToRunSvc", State="Stopped", StartMode="Disabled", ExitCode=1077)
    mail_file(pc, 51_050_000_000)
    fallen = {
        "AppName": "OUTLOOK.EXE", "AppVersion": "16.0.19426.20218", "ModuleName": "addin.dll",
        "ExceptionCode": "c0000005", "AppPath": r"C:\Program Files\Microsoft Office\root\Office16\OUTLOOK.EXE",
    }  # fmt: skip
    pc.log("Application", *(event(1000, "Application Error", days, fallen) for days in (6.1, 6.2, 6.4, 6.6)))
    items = rf"HKU\{SID}\Software\Microsoft\Office\16.0\Excel\Resiliency\DisabledItems"
    blob = bytes(12) + "c:\\program files\\example\\addin.dll\0Example add-in\0".encode("utf-16-le")
    pc.key(items, source="published contents of Resiliency\\DisabledItems: numbers, then UTF-16 texts", A1=blob.hex())
    return pc


def office_unlicensed() -> Pc:
    """A laptop that was away from the internet for weeks: the licence of Office was not confirmed in time."""
    pc = laptop_russian()
    licensed(pc, NOW - 9 * DAY)
    return pc


def office_volume() -> Pc:
    """Office LTSC 2021 of a company, away from its network for months, and a Visio that nobody has activated."""
    pc = ten_russian()
    pc.value("machine").update(name="PC-14")
    for kind in ("ActiveComputerName", "ComputerName"):
        pc.value("registry", rf"{CCS}\Control\ComputerName\{kind}")["values"].update(ComputerName="PC-14")
    pc.value("registry", rf"{HKLM}\Office\ClickToRun\Configuration")["values"].update(
        ProductReleaseIds="ProPlus2021Volume,VisioPro2021Volume"
    )
    renewed = {
        "Name": "Office 21, Office21ProPlus2021VL_KMS_Client_AE edition", "LicenseStatus": 1,
        "LicenseStatusReason": 1074066432, "GracePeriodRemaining": 12 * 1440,
        "Description": "Office 21, VOLUME_KMSCLIENT channel",
    }  # fmt: skip
    missing = renewed | {
        "Name": "Office 21, Office21VisioPro2021VL_MAK_AE edition", "Description": "Office 21, VOLUME_MAK channel",
        "LicenseStatus": 5, "LicenseStatusReason": -1073418160, "GracePeriodRemaining": 0,
    }  # fmt: skip
    where = "ApplicationID='0ff1ce15-a989-479d-af46-f275c6370663' AND PartialProductKey IS NOT NULL"
    pc.wmi("SoftwareLicensingProduct", renewed, missing, where=where)
    return pc


def update_stuck() -> Pc:
    """An update fails again and again: the source of a repair is missing."""
    pc = eleven()
    update_failed(pc, "0x800f081f")
    stuck = {
        "title": "2026-02 Cumulative Update for Windows 11 (KB5077181)", "severity": "Critical",
        "articles": ["5077181"], "categories": ["0fa1201d-4330-4fa8-8ae9-b877473b6441"], "released": NOW - 27 * DAY,
        "downloaded": True,
    }  # fmt: skip
    pc.says(UPDATE_AGENT, "waiting_updates", answer=[stuck, SIGNATURES])
    return pc


def update_server_gone() -> Pc:
    """A laptop of a company that is no more still asks its update server; nothing has come for three months."""
    pc = eleven()
    policy = rf"{POLICIES}\Windows\WindowsUpdate"
    address = "http://wsus.corp.example:8530"
    settings = f"{LEARN}/deployment/update/waas-wu-settings"
    pc.key(policy, "AU", source=settings, WUServer=address, WUStatusServer=address)
    pc.key(rf"{policy}\AU", source=settings, UseWUServer=1)
    pc.says(DOORWAY, "connect", "wsus.corp.example", 8530, answer={"state": "unresolved", "milliseconds": None})
    pc.wmi("Win32_QuickFixEngineering", {"HotFixID": "KB5072033", "InstalledOn": "12/9/2025"})
    provider = "Microsoft-Windows-WindowsUpdateClient"
    data = {"errorCode": "0x80072ee7"}
    pc.log(f"{provider}/Operational", *(event(25, provider, days, data) for days in (0.4, 1.4, 2.4)))
    return pc


def update_unfinished() -> Pc:
    """An update that a policy on a service kept from being finished: its list of work outlives every restart."""
    pc = eleven()
    found = {"kind": "file", "size": 81244, "mode": 292, "uid": 0, "gid": 0, "modified": NOW - 9 * DAY, "link": None}
    pc.says(SERVICING, "stat", PENDING, answer=found | {"inode": 0})
    pc.key(rf"{CV}\Component Based Servicing\SessionsPending", source=SERVICING, Exclusive=0)
    update_failed(pc, "0x80070bc9")
    return pc


def spooler() -> Pc:
    """The print spooler is stopped, a document lies in the queue."""
    pc = eleven()
    pc.service("Spooler", State="Stopped", ExitCode=1067)
    pc.log("System", event(7031, "Service Control Manager", 0.1, ["Print Spooler", "3", "0", "0", "%%0"]))
    names = ["00007.SHD", "00007.SPL"]
    pc.says(f"{LEARN}-hardware/drivers/print/print-spooler-architecture", "listdir", SPOOL, answer=names)
    return pc


def service_crashing() -> Pc:
    """The audio service falls over every day, and Windows starts it again; the sound driver is at fault."""
    pc = laptop_russian()
    name = "Служба Windows Audio"
    pc.service("Audiosrv", DisplayName=name)
    fallen = {"param1": name, "param2": "1", "param3": "60000", "param4": "1", "param5": "Перезапустить службу"}
    pc.log("System", *(event(7031, "Service Control Manager", days, fallen) for days in (0.2, 1.2, 2.2, 3.1)))
    return pc


def queue_jammed() -> Pc:
    """A document has been stuck in the printer's queue since yesterday, and others wait behind it."""
    pc = eleven()
    jobs = [
        {"Name": f"Office, {number}", "JobId": number, "StatusMask": mask, "TimeSubmitted": moment}
        for number, mask, moment in (
            (7, 2, "2026-03-09T15:02:11+00:00"),
            (8, 0, "2026-03-09T15:10:40+00:00"),
            (9, 0, "2026-03-10T08:40:00+00:00"),
        )
    ]  # fmt: skip
    pc.wmi("Win32_PrintJob", *jobs)
    pc.rows("Win32_Printer")[0].update(PrinterStatus=1, ExtendedPrinterStatus=9)
    return pc


def paper_out() -> Pc:
    """The printer's tray is empty, and its driver says so of the document alone."""
    pc = eleven()
    sent = "2026-03-10T08:58:20+00:00"
    pc.wmi("Win32_PrintJob", {"Name": "Office, 12", "JobId": 12, "StatusMask": 16 | 64, "TimeSubmitted": sent})
    return pc


def blue_screens() -> Pc:
    """Three blue screens in a week, all of a driver that did not wake up; one could not be written down."""
    pc = eleven()
    reporter, power = "Microsoft-Windows-WER-SystemErrorReporting", "Microsoft-Windows-Kernel-Power"
    stop = "0x0000009f (0x0000000000000003, 0xffff9a0d4c8e1060, 0xfffff80112a4f7e0, 0xffff9a0d51c3b010)"
    data = {"param1": stop, "param2": r"C:\Windows\Minidump\030926-9031-01.dmp", "param3": "0a1b2c3d"}
    lost = {"BugcheckCode": "159", "PowerButtonTimestamp": "0"}
    pc.log(
        "System",
        *(event(1001, reporter, days, data) for days in (1, 3)),
        event(161, "volmgr", 5.001, [r"\Device\HarddiskVolume3", "0x00040042"]),
        *(event(41, power, days + 0.001, lost, 1) for days in (1, 3, 5)),
        *(event(6008, "EventLog", days + 0.001, ["9:00:00", "3/9/2026", "", "", "934", "", ""]) for days in (1, 3, 5)),
    )
    return pc


def freezes_ending() -> Pc:
    """A laptop that is told to shut down in the evening and has to be switched off by its button."""
    pc = laptop_russian()
    held = {"BugcheckCode": "0", "PowerButtonTimestamp": "133866432000000000"}
    asked = {
        "param1": r"C:\Windows\SystemApps\StartMenuExperienceHost.exe",
        "param4": "0x0",
        "param5": "выключение питания",
    }
    pc.log(
        "System",
        *everyday(),
        *(event(1074, "User32", days + 0.01, asked, 4) for days in (1, 3)),
        *(event(41, "Microsoft-Windows-Kernel-Power", days, held, 1) for days in (1, 3)),
    )
    return pc


def all_administrators() -> Pc:
    """A PC of a small company where somebody has made everybody an administrator, and let the guest in."""
    pc = ten_russian()
    pc.value("machine").update(name="PC-12", elevated=True)
    for kind in ("ActiveComputerName", "ComputerName"):
        pc.value("registry", rf"{CCS}\Control\ComputerName\{kind}")["values"].update(ComputerName="PC-12")
    for row, name in zip(pc.rows("Win32_UserAccount"), ("Ирина", "Администратор", "Гость"), strict=True):
        row.update(Name=name)
    built_in, guest = pc.rows("Win32_UserAccount")[1:]
    built_in.update(Disabled=False, PasswordRequired=False)
    guest.update(Disabled=False)
    administrators(
        pc,
        (built_in["SID"], "Администратор", "user"),
        (guest["SID"], "Гость", "user"),
        ("S-1-5-11", "Прошедшие проверку", "well_known"),
    )
    return pc


def not_administrator() -> Pc:
    """An ordinary user of a healthy PC."""
    pc = eleven()
    _not_administrator(pc)
    return pc


def other_account() -> Pc:
    """Run as another account: whose settings are not loaded cannot be read."""
    pc = eleven()
    for path in (
        rf"HKU\{SID}",
        rf"HKU\{SID}\Network",
        rf"HKU\{SID}\Software\Microsoft\Windows\CurrentVersion\Internet Settings",
    ):
        pc.absent(path)
    return pc


def no_powershell() -> Pc:
    """A policy forbids PowerShell; what techkit asks does not need it."""
    pc = eleven()
    for name in ("powershell", "powershell.exe", "pwsh"):
        pc.says(f"{LEARN}/security/application-security/application-control", "which", name, answer=None)
    return pc


def no_wmi() -> Pc:
    """The repository of WMI is damaged: every class fails, and what stands in for it answers."""
    pc = eleven()
    _without_wmi(pc)
    rows = [row | {"DisplayName": row["Name"]} for row in pc.rows("Win32_Service")]
    pc.says(f"{LEARN}/win32/api/winsvc/nf-winsvc-enumservicesstatusexw", "service_manager", answer=rows)
    source = "https://learn.microsoft.com/troubleshoot/windows-client/networking/tcpip-and-nbt-configuration-parameters"
    interfaces = rf"{CCS}\Services\Tcpip\Parameters\Interfaces"
    pc.key(interfaces, GUID, source=source)
    given = {"EnableDHCP": 1, "DhcpNameServer": ROUTER, "DhcpDefaultGateway": [ROUTER]}
    pc.key(rf"{interfaces}\{GUID}", source=source, **given)
    names = rf"{CCS}\Control\Network\{{4D36E972-E325-11CE-BFC1-08002BE10318}}"
    pc.key(rf"{names}\{GUID}\Connection", source=source, Name="Ethernet")
    part = {"device": "C:\\", "mountpoint": "C:\\", "fstype": "NTFS", "opts": "rw,fixed"}
    pc.says(f"{PSUTIL}#psutil.disk_partitions", "psutil", "disk_partitions", answer=[part])
    for name in {entry["ask"][2] for entry in pc.entries.values() if entry["ask"][0] == "wmi"}:
        pc.wmi_fails(name, reason="unreadable", number="0x80041013")
    return pc


def _without_wmi(pc: Pc) -> None:
    """The Security Center, the device manager, the print service and the accounts by their own libraries."""
    defender = {"name": "Windows Defender", "state": "on", "outdated": False, "program": "windowsdefender://"}
    center = {"health": "good", "products": [defender], "firewalls": []}
    pc.says(f"{LEARN}/win32/api/iwscapi/nn-iwscapi-iwscproduct", "security_center", answer=center)
    cfgmgr = f"{LEARN}/win32/api/cfgmgr32/nf-cfgmgr32-cm_get_devnode_status"
    pc.says(cfgmgr, "device_manager", list(devices.CLASSES), answer=copy.deepcopy(pc.rows("Win32_PnPEntity")))
    printer = {"name": "Office", "server": "", "port": "IP_192.168.1.40", "attributes": 580, "status": 0}
    pc.says(f"{LEARN}/win32/printdocs/printer-info-2", "spooler", answer={"printers": [printer], "jobs": []})
    category = f"{LEARN}/win32/api/netlistmgr/ne-netlistmgr-nlm_network_category"
    pc.says(category, "network_categories", answer=[pc.rows("MSFT_NetConnectionProfile")[0]["NetworkCategory"]])
    accounts = copy.deepcopy(pc.rows("Win32_UserAccount"))
    pc.says(f"{LEARN}/win32/api/lmaccess/ns-lmaccess-user_info_20", "local_accounts", answer=accounts)
    workgroup = {"name": "WORKGROUP", "domain": False}
    pc.says(f"{LEARN}/win32/api/lmjoin/nf-lmjoin-netgetjoininformation", "membership", answer=workgroup)
    pc.says(f"{PSUTIL}#psutil.sensors_battery", "psutil", "sensors_battery", answer=None)
    for key, _ in protections.EXCLUSIONS:
        pc.key(
            key,
            source="https://learn.microsoft.com/defender-endpoint/configure-exclusions-microsoft-defender-antivirus",
        )


def defender_hangs() -> Pc:
    """Defender's own class does not answer in time; the Security Center says that it guards."""
    pc = eleven()
    pc.wmi_fails("MSFT_MpComputerStatus", reason="timeout")
    return pc


PCS = {
    "windows-11-healthy": eleven,
    "windows-10-healthy-german": ten_german,
    "windows-11-laptop-turkish": laptop_turkish,
    "windows-server-core-full": core_full,
    "windows-server-disk-lost": disk_lost,
    "windows-server-controller-clock": controller_clock,
    "windows-11-antivirus-left-behind": left_behind,
    "windows-10-printer-driver": printer_driver,
    "windows-11-card-undriven": card_undriven,
    "windows-11-services-proxy": services_proxy,
    "windows-11-domain-astray": domain_astray,
    "windows-11-policy-unread": policy_unread,
    "windows-10-healthy-russian": ten_russian,
    "windows-10-extended": ten_extended,
    "windows-11-laptop-russian": laptop_russian,
    "windows-11-wifi-refused": wifi_refused,
    "windows-11-wifi-weak": wifi_weak,
    "windows-11-vpn-refused": vpn_refused,
    "windows-11-shown-offline": shown_offline,
    "windows-11-too-hot": too_hot,
    "windows-11-kaspersky": kaspersky,
    "windows-server-2019": server,
    "windows-server-controller": controller,
    "windows-server-controller-unsure": controller_unsure,
    "windows-server-controller-refuses": controller_refuses,
    "windows-server-names-stopped": controller_names_stopped,
    "windows-server-role-stopped": role_stopped,
    "windows-server-controller-public": controller_in_public,
    "windows-server-unguarded": server_unguarded,
    "windows-server-authorities-old": server_authorities_old,
    "windows-server-login-refused": login_refused,
    "windows-11-sound-fails": sound_fails,
    "windows-11-card-hangs": card_hangs,
    "windows-11-guests-refused": guests_refused,
    "windows-11-defender-off": defender_off,
    "windows-10-two-antiviruses": two_antiviruses,
    "windows-11-clock-refused": clock_refused,
    "windows-11-disk-full": disk_full,
    "windows-11-infected": infected,
    "windows-11-rights-given-away": rights_given_away,
    "windows-11-remote-desktop-shut": remote_desktop_shut,
    "windows-11-disk-failing": disk_failing,
    "windows-11-disk-cloned": disk_cloned,
    "windows-11-volume-harmed": volume_harmed,
    "windows-11-own-address": apipa,
    "windows-11-wrong-name-server": wrong_dns,
    "windows-11-dead-proxy": dead_proxy,
    "windows-11-office-broken": office_broken,
    "windows-11-office-unlicensed": office_unlicensed,
    "windows-10-office-volume": office_volume,
    "windows-11-update-stuck": update_stuck,
    "windows-11-update-server-gone": update_server_gone,
    "windows-11-update-unfinished": update_unfinished,
    "windows-11-spooler-stopped": spooler,
    "windows-11-service-crashing": service_crashing,
    "windows-11-queue-jammed": queue_jammed,
    "windows-11-paper-out": paper_out,
    "windows-11-blue-screens": blue_screens,
    "windows-10-all-administrators": all_administrators,
    "windows-11-freezes-ending": freezes_ending,
    "windows-11-not-administrator": not_administrator,
    "windows-11-other-account": other_account,
    "windows-11-no-powershell": no_powershell,
    "windows-11-no-wmi": no_wmi,
    "windows-11-defender-hangs": defender_hangs,
}


def written(name: str) -> str:
    """The tape of one PC, an answer on each line."""
    pc = PCS[name]()
    head = {"system": "windows", "now": NOW, "source": " ".join((PCS[name].__doc__ or "").split())}
    lines = [json.dumps(entry, ensure_ascii=False) for entry in copy.deepcopy(pc.entries).values()]
    text = json.dumps(head, ensure_ascii=False)
    return text[:-1] + ', "answers": [\n' + ",\n".join(lines) + "\n]}\n"


if __name__ == "__main__":
    for chosen in sys.argv[1:] or PCS:
        (FOLDER / f"{chosen}.json").write_text(written(chosen), encoding="utf-8", newline="\n")
