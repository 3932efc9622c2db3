"""PCs of which not everything can be asked, or not by everybody."""

from __future__ import annotations

import copy

from tapes.windows.healthy import eleven
from tapes.windows.network import ROUTER
from tapes.windows.pc import CCS, GUID, LEARN, PSUTIL, SID, Pc

from techkit.readings.antivirus import protections
from techkit.readings.hardware import devices


def other_account() -> Pc:
    """Run as another account: whose settings are not loaded cannot be read."""
    pc = eleven()
    for path in (
        rf"HKU\{SID}",
        rf"HKU\{SID}\Network",
        rf"HKU\{SID}\Software\Microsoft\Windows\CurrentVersion\Internet Settings",
    ):
        pc.absent(path)
    pc.value("person").update(present=False)
    pc.forget("powershell")
    return pc


def no_powershell() -> Pc:
    """A policy forbids PowerShell, which alone tells the state of the Store's packages."""
    pc = eleven()
    errors = f"{LEARN}/windows/win32/debug/system-error-codes--1000-1299-"
    pc.fails(errors, "powershell", "packages", reason="forbidden", detail="powershell: error 1260")
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
