"""The people of a healthy PC: their accounts and what they may."""

from __future__ import annotations

import json
from typing import Any

from tapes.windows.pc import CCS, CV, DEFENDER, DOORWAY, HKLM, LEARN, NOW, POLICIES, SID, SIGNATURES, UPDATE_AGENT, Pc

from techkit.readings.antivirus import windows_autoruns
from techkit.readings.os import permissions


def with_switches(pc: Pc) -> None:
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


def with_accounts(pc: Pc) -> None:
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
    defrag = {"path": r"\Microsoft\Windows\Defrag\ScheduledDefrag", "commands": [r"%windir%\system32\defrag.exe -c -h"]}
    update = {"path": r"\Microsoft\Windows\WindowsUpdate\Scheduled Start", "commands": ["sc.exe start wuauserv"]}
    scheduled = [task | {"enabled": True} for task in (defrag, update)]
    pc.says(f"{LEARN}/win32/taskschd/taskfolder-gettasks", "tasks", answer=scheduled)
    folders = f"{LEARN}/win32/shell/knownfolderid"
    for folder in windows_autoruns.FOLDERS:
        place = folder.format(home=pc.value("person")["home"])
        pc.says(folders, "listdir", place, answer=["desktop.ini"])


def with_apps(pc: Pc, **states: str) -> None:
    """The packages that the person has, of which those of Windows itself make Start, search and Settings."""
    names = (
        "Microsoft.AAD.BrokerPlugin", "Microsoft.VCLibs.140.00", "Microsoft.Windows.ShellExperienceHost",
        "Microsoft.Windows.StartMenuExperienceHost", "Microsoft.WindowsCalculator", "Microsoft.WindowsStore",
        "MicrosoftWindows.Client.CBS", "windows.immersivecontrolpanel",
    )  # fmt: skip
    rows = [{"Name": name, "Status": states.get(name.rpartition(".")[2], "Ok")} for name in names]
    pc.says(f"{LEARN}/powershell/module/appx/get-appxpackage", "powershell", "packages", answer=rows)


def administrators(pc: Pc, *members: tuple[str, str, str]) -> None:
    """Who is in the group of administrators: SID, name and kind."""
    rows = [dict(zip(("sid", "name", "kind"), member, strict=True)) for member in members]
    pc.says(f"{LEARN}/win32/api/lmaccess/nf-lmaccess-netlocalgroupgetmembers", "members", "S-1-5-32-544", answer=rows)


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
