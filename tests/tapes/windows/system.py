"""PCs whose Windows, updates, services and programs are troubled."""

from __future__ import annotations

from tapes.windows.healthy import eleven, everyday, licensed, mail_file, update_failed
from tapes.windows.others import laptop_russian, ten_russian
from tapes.windows.pc import (
    CCS,
    CV,
    DAY,
    DOORWAY,
    HKLM,
    LEARN,
    NOW,
    PENDING,
    POLICIES,
    SERVICING,
    SID,
    SIGNATURES,
    UPDATE_AGENT,
    Pc,
    event,
)
from tapes.windows.people import with_apps

from techkit.readings.software import crashes, offices


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
    recent = {"kind": "folder", "size": 0, "mode": 511, "uid": 0, "gid": 0, "modified": NOW - DAY, "link": None}
    folder = rf"{pc.value('person')['home']}\{offices.RECENT}"
    pc.says("published descriptions of the folder's shortcuts", "stat", folder, answer=recent | {"inode": 0})
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


def service_crashing() -> Pc:
    """The audio service falls over every day, and Windows starts it again; the sound driver is at fault."""
    pc = laptop_russian()
    name = "Служба Windows Audio"
    pc.service("Audiosrv", DisplayName=name)
    fallen = {"param1": name, "param2": "1", "param3": "60000", "param4": "1", "param5": "Перезапустить службу"}
    pc.log("System", *(event(7031, "Service Control Manager", days, fallen) for days in (0.2, 1.2, 2.2, 3.1)))
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


def start_harmed() -> Pc:
    """Start does not open any more, and neither does the calculator: files of both are not as they were installed."""
    pc = eleven()
    harmed = "Modified, NeedsRemediation"
    with_apps(pc, StartMenuExperienceHost=harmed, WindowsCalculator=harmed)
    return pc


def install_failing() -> Pc:
    """A program of the office that updates itself every morning, in vain."""
    pc = eleven()
    said = ["Acme Books", "4.1.7", "1033", "1603", "Acme", "(NULL)", "", ""]
    pc.log(
        "Application", *(event(crashes.INSTALLED, crashes.INSTALLER, days, said, 4) for days in (0.1, 1.1, 2.1, 3.1))
    )
    return pc


def firmware_refuses() -> Pc:
    """A PC whose firmware does not take the certificates of 2023, without which nothing new can be started on it."""
    pc = eleven()
    noted = pc.value("registry", rf"{CCS}\Control\SecureBoot\Servicing")["values"]
    noted.update(UEFICA2023Status="InProgress", UEFICA2023Error=0x80070013, UEFICA2023ErrorEvent=1795)
    return pc
