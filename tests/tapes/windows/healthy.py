"""A healthy PC: the system, its settings, its programs and its antivirus."""

from __future__ import annotations

from typing import Any

from tapes.windows.hardware import with_devices, with_disks
from tapes.windows.network import ROUTER, SITE, with_cable
from tapes.windows.pc import (
    CCS,
    CV,
    DAY,
    DEFENDER,
    DOORWAY,
    GIB,
    HKLM,
    LEARN,
    NOW,
    NT,
    PENDING,
    POLICIES,
    PSUTIL,
    SECURITY,
    SERVICING,
    SID,
    Pc,
    a_service,
    event,
)
from tapes.windows.people import with_accounts, with_apps, with_switches

from techkit.readings.disk import share_refusals

PERFORMANCE = "Microsoft-Windows-Diagnostics-Performance"
SECURE_BOOT = "https://support.microsoft.com: registry keys of Secure Boot's certificates, and scripts that read them"
OFFICE_LICENCES = "https://learn.microsoft.com/microsoft-365-apps/licensing-activation/vnextdiag"
MAIL_LIMITS = "https://learn.microsoft.com/troubleshoot/outlook/data-files/configure-size-limit-for-pst-and-ost-files"
AUTOMATIC = (
    "AudioEndpointBuilder Audiosrv BFE BrokerInfrastructure CoreMessagingRegistrar CryptSvc DcomLaunch Dhcp Dnscache"
    " EventLog LanmanServer LanmanWorkstation LSM mpssvc NlaSvc nsi Power ProfSvc RpcEptMapper RpcSs SamSs Schedule"
    " SENS Spooler SysMain Themes UserManager WinDefend Winmgmt WlanSvc"
)
DELAYED = "BITS DoSvc MapsBroker sppsvc WSearch wscsvc"
MANUAL = "AppXSvc Appinfo PlugPlay TrustedInstaller VSS W32Time WdNisSvc WinRM msiserver seclogon wuauserv"


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


def eleven() -> Pc:
    """Windows 11 Pro 25H2, English, Defender, one disk, one cable, an ordinary user's session with administrator."""
    pc = Pc()
    _system(pc)
    _services(pc)
    with_disks(pc)
    with_cable(pc)
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
    with_devices(pc)
    _settings(pc)
    _office(pc)
    with_apps(pc)
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
    rows = [a_service(name, "Running", "Auto") for name in AUTOMATIC.split()]
    rows += [a_service(name, "Stopped", "Auto") | {"DelayedAutoStart": True} for name in DELAYED.split()]
    rows += [a_service(name, "Stopped", "Manual", 1077) for name in MANUAL.split()]
    pc.wmi("Win32_Service", *rows)
    for name in ("PlugPlay", "WSearch", "wscsvc", "WdNisSvc"):
        pc.service(name, State="Running", ExitCode=0)
    triggers = f"{LEARN}/win32/services/service-trigger-events"
    for name in ("DoSvc", "MapsBroker", "sppsvc", "BITS"):
        pc.key(rf"{CCS}\Services\{name}\TriggerInfo", "0", source=triggers)
    for name in ("Spooler", "Dhcp", "Dnscache", "WinDefend"):
        pc.absent(rf"{CCS}\Services\{name}\TriggerInfo", source=triggers)


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
    root = rf"{CCS}\Control\SecureBoot"
    pc.key(rf"{root}\State", source=SECURE_BOOT, UEFISecureBootEnabled=1)
    pc.key(rf"{root}\Servicing", source=SECURE_BOOT, UEFICA2023Status="Updated", WindowsUEFICA2023Capable=2)
    with_switches(pc)
    with_accounts(pc)


def _load(pc: Pc) -> None:
    """A PC at rest, and a line without losses."""
    pc.says(DOORWAY, "processes", answer=[a_process(4, "System", ""), a_process(4120, "explorer.exe", r"C:\Windows")])
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


def a_process(pid: int, name: str, folder: str) -> dict[str, Any]:
    return {
        "pid": pid, "ppid": 0, "name": name, "exe": rf"{folder}\{name}" if folder else None, "deleted": False,
        "argv": [name], "uid": None, "state": "", "cpu": 12.0, "rss": 60 << 20, "started": NOW - 2 * DAY,
        "threads": 20, "files": 900, "own": False,
    }  # fmt: skip


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


def update_failed(pc: Pc, code: str, title: str = "2026-02 Cumulative Update for Windows 11 (KB5077181)") -> None:
    """The same update has failed three times."""
    provider = "Microsoft-Windows-WindowsUpdateClient"
    data = {
        "errorCode": code, "updateTitle": title, "updateGuid": "{0a1b2c3d-0000-4000-8000-000000000001}",
        "updateRevisionNumber": "1",
    }  # fmt: skip
    pc.log("System", *(event(20, provider, days, data) for days in (0.5, 1.5, 2.5)))
