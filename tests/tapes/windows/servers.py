"""Servers, healthy and troubled."""

from __future__ import annotations

from tapes.windows.hardware import space
from tapes.windows.healthy import eleven, everyday
from tapes.windows.network import ROUTER, SITE, asks, located, named, offline, online_by_number
from tapes.windows.pc import CCS, DOORWAY, EVENT_LOG, GIB, GUID, HKLM, LEARN, NOW, NT, POLICIES, STORAGE, Pc, event

from techkit.readings.network import name_service
from techkit.readings.os import backups, clusters, replication
from techkit.readings.software import app_pools, virtual_machines

SUPPORT = "https://learn.microsoft.com/troubleshoot/windows-server"
SYSVOL = f"{SUPPORT}/networking/troubleshoot-missing-sysvol-and-netlogon-shares"
ROLLBACK = f"{SUPPORT}/active-directory/detect-and-recover-from-usn-rollback"


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
    pc.key(rf"{CCS}\Services\Netlogon\Parameters", source=SYSVOL, SysVol=r"C:\Windows\SYSVOL\sysvol", SysvolReady=1)
    pc.key(rf"{CCS}\Services\NTDS\Parameters", source=ROLLBACK, **{"DSA Database file": r"C:\Windows\NTDS\ntds.dit"})
    pc.wmi("MSAD_ReplNeighbor", space=replication.DIRECTORY, columns=" ".join(replication.NEIGHBOUR))
    kept = ("SYSVOL Share", "Domain System Volume", 4, 0, 0)
    pc.wmi("DfsrReplicatedFolderInfo", dict(zip(replication.FOLDER, kept, strict=True)), space=replication.FILES)
    volume = ("C:", "1D5E7E80-0000-11EE-9C01-806E6F6E6963", 0, 0, 0)
    pc.wmi("DfsrVolumeInfo", dict(zip(replication.VOLUME, volume, strict=True)), space=replication.FILES)
    own = [("corp.example", 0, False, False, False), ("_msdcs.corp.example", 0, False, False, False)]
    own.append(("0.in-addr.arpa", 1, False, False, True))
    rows = [dict(zip(name_service.ZONE, zone, strict=True)) for zone in own]
    pc.wmi("MicrosoftDNS_Zone", *rows, space=name_service.SPACE)
    passes_on(pc, ROUTER)
    return pc


def passes_on(pc: Pc, *servers: str) -> None:
    """Whom the name service of a controller asks for what it does not know itself."""
    row = dict(zip(name_service.SERVER, (list(servers), False), strict=True))
    pc.wmi("MicrosoftDNS_Server", row, space=name_service.SPACE)
    for server in servers:
        named(pc, server)


def forwarder_gone() -> Pc:
    """A controller whose name service asks a server that the provider has switched off: sites open late."""
    pc = controller()
    passes_on(pc, "192.0.2.53")
    for entry in pc.entries.values():
        if entry["ask"][:2] == ["dns", "192.0.2.53"]:
            entry["answer"] = {"state": "timeout", "code": "", "addresses": [], "milliseconds": 2500.0}
    return pc


def controller_apart() -> Pc:
    """The second controller of a domain, which the first has not answered since yesterday."""
    pc = controller()
    pc.value("machine").update(name="DC-02")
    for kind in ("ActiveComputerName", "ComputerName"):
        pc.value("registry", rf"{CCS}\Control\ComputerName\{kind}")["values"].update(ComputerName="DC-02")
    pc.rows("Win32_ComputerSystem")[0].update(Name="DC-02", DomainRole=4)
    pc.key(rf"{CCS}\Services\W32Time\Parameters", Type="NT5DS", NtpServer="time.windows.com,0x8")
    answer = {"state": "answered", "offset": 0.02, "stratum": 4, "leap": 0}
    pc.says(DOORWAY, "sntp", "corp.example", answer=answer)
    apart = ("DC-01", 1722, 31, "2026-03-09T13:12:40+00:00", False)
    row = dict(zip(replication.NEIGHBOUR, apart, strict=True))
    pc.wmi("MSAD_ReplNeighbor", row, row | {"NumConsecutiveSyncFailures": 9}, space=replication.DIRECTORY)
    return pc


def addresses_used_up() -> Pc:
    """A server that gives out addresses has none left for the guests of the house, and enough for the offices."""
    pc = server()
    pc.service("DHCPServer", DisplayName="DHCP Server")
    scopes = [
        {"AddressesFree": 0, "AddressesInUse": 100, "ScopeId": "192.168.20.0"},
        {"AddressesFree": 151, "AddressesInUse": 49, "ScopeId": "192.168.1.0"},
    ]
    cmdlet = f"{LEARN}/powershell/module/dhcpserver/get-dhcpserverv4scopestatistics"
    pc.says(cmdlet, "powershell", "dhcp_scopes", answer=scopes)
    settings = f"{LEARN}/powershell/module/dhcpserver/get-dhcpserversetting"
    pc.says(settings, "powershell", "dhcp_settings", answer=[{"IsAuthorized": False, "IsDomainJoined": False}])
    return pc


def core_full() -> Pc:
    """The system disk of a server without a desktop is full, and the virtual machine on it is frozen."""
    pc = server()
    pc.value("machine").update(release="Windows Server 2025 Datacenter (26100.6899)", name="HV-01", desktop=False)
    pc.value("registry", NT)["values"].update(
        CurrentBuildNumber="26100", CurrentBuild="26100", UBR=6899, EditionID="ServerDatacenter", ReleaseId="2009",
        InstallationType="Server Core", ProductName="Windows Server 2025 Datacenter",
    )  # fmt: skip
    for kind in ("ActiveComputerName", "ComputerName"):
        pc.value("registry", rf"{CCS}\Control\ComputerName\{kind}")["values"].update(ComputerName="HV-01")
    pc.service("vmms")
    rows = [("HV-01", "HV-01", 2, 5, 0), (f"{GUID[1:-1]}", "ERP", 9, 20, 0)]
    machines = [dict(zip(virtual_machines.COLUMNS, row, strict=True)) for row in rows]
    pc.wmi("Msvm_ComputerSystem", *machines, space=virtual_machines.SPACE)
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


def backup_failing() -> Pc:
    """A server whose nightly backup finds its disk no more, since somebody has taken it home."""
    pc = server()
    pc.service("wbengine", State="Stopped", StartMode="Manual", ExitCode=1077)
    nights = [(backups.NO_PLACE, at) for at in (0.4, 1.4, 2.4)] + [(backups.DONE, at) for at in (3.4, 4.4, 5.4)]
    form = {"BackupTemplateID": "{5D6C8F1E-0000-4000-8000-000000000001}", "HRESULT": "0", "BackupTarget": "E:"}
    pc.log(
        backups.LOG, *(event(number, backups.LOG, at, form if number == backups.DONE else {}) for number, at in nights)
    )
    return pc


def site_given_up() -> Pc:
    """A web server that has given up a shop whose program fails at every start since its last update."""
    pc = server()
    for name in ("W3SVC", "WAS", "AppHostSvc"):
        pc.service(name)
    broke = [event(5011, app_pools.PROVIDER, 0.2, {"AppPoolID": "shop", "ProcessID": "4312"}, 3)] * 5
    given_up = event(app_pools.CRASHED, app_pools.PROVIDER, 0.1999, {"AppPoolID": "shop"})
    pc.log("System", *everyday(), *broke, given_up)
    return pc


def cluster_lacks() -> Pc:
    """One of two members of a cluster, which could not bring its database back since the other one went down."""
    pc = server()
    pc.service("ClusSvc")
    members = [dict(zip(clusters.NODE, row, strict=True)) for row in (("SRV-02", 0), ("SRV-03", 1))]
    pc.wmi("MSCluster_Node", *members, space=clusters.SPACE)
    parts = (("Cluster IP Address", "Cluster Group", 2), ("SQL Server", "SQL", 4))
    rows = [dict(zip(clusters.RESOURCE, row, strict=True)) for row in parts]
    pc.wmi("MSCluster_Resource", *rows, space=clusters.SPACE)
    return pc


def sessions_unlicensed() -> Pc:
    """A server on which the office works by remote desktop, set up two months ago and without licences for that."""
    pc = server()
    source = "https://learn.microsoft.com/windows-server/remote/remote-desktop-services/rds-client-access-license"
    terminal = rf"{CCS}\Control\Terminal Server"
    pc.value("registry", terminal)["values"].update(TSAppCompat=1)
    pc.key(rf"{terminal}\RCM\Licensing Core", source=source, LicensingMode=5)
    named = rf"{CCS}\Services\TermService\Parameters"
    pc.absent(rf"{named}\LicenseServers", named, source=source)
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
