"""PCs that are not guarded, guarded twice, infected, or open to everybody."""

from __future__ import annotations

from tapes.windows.healthy import a_process, eleven, registered, scanned
from tapes.windows.others import ten_russian
from tapes.windows.pc import CCS, DAY, DOORWAY, NOW, SID, Pc, event
from tapes.windows.people import administrators

from techkit.readings.antivirus import windows_autoruns


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


def infected() -> Pc:
    """A download was no invoice: it works under the name of a part of Windows, and comes back at every start."""
    pc = eleven()
    place = r"C:\Users\anna\AppData\Roaming"
    pc.value("processes").append(a_process(7012, "svchost.exe", place))
    folder = windows_autoruns.FOLDERS[1].format(home=r"C:\Users\anna")
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


def defender_hangs() -> Pc:
    """Defender's own class does not answer in time; the Security Center says that it guards."""
    pc = eleven()
    pc.wmi_fails("MSFT_MpComputerStatus", reason="timeout")
    return pc
