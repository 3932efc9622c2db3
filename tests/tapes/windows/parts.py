"""PCs whose disks, devices and printers are troubled."""

from __future__ import annotations

from tapes.windows.hardware import ata, driver, space
from tapes.windows.healthy import eleven, everyday, update_failed
from tapes.windows.network import asks, offline
from tapes.windows.others import not_administrator, ten_german
from tapes.windows.pc import DOORWAY, GERMAN, GIB, LEARN, SID, Pc, event

from techkit.readings.hardware import devices

SPOOL = r"C:\Windows\System32\spool\PRINTERS"


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


def disk_full() -> Pc:
    """The system disk is full: an update could not be installed for want of space."""
    pc = eleven()
    space(pc, "C:", 119 * GIB, 400 << 20)
    update_failed(pc, "0x80070070")
    return pc


def share_full() -> Pc:
    """The drive T: of the team has no room left on its server; another one, in whose folder the person may not look."""
    pc = eleven()
    network = rf"HKU\{SID}\Network"
    pc.forget("registry", network)
    pc.key(network, "S", "T")
    for letter, path in (("S", r"\\fs01\boss"), ("T", r"\\fs01\team")):
        pc.key(rf"{network}\{letter}", RemotePath=path, UserName=0, ProviderName="Microsoft Windows Network")
    pc.says(DOORWAY, "connect", "fs01", 445, answer={"state": "open", "milliseconds": 1.1})
    space(pc, r"\\fs01\team", 2000 * GIB, 90 << 20)
    asked = f"{LEARN}/win32/api/fileapi/nf-fileapi-getdiskfreespaceexw"
    pc.fails(asked, "statvfs", r"\\fs01\boss", reason="forbidden", detail="error 5")
    return pc


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


def spooler() -> Pc:
    """The print spooler is stopped, a document lies in the queue."""
    pc = eleven()
    pc.service("Spooler", State="Stopped", ExitCode=1067)
    pc.log("System", event(7031, "Service Control Manager", 0.1, ["Print Spooler", "3", "0", "0", "%%0"]))
    names = ["00007.SHD", "00007.SPL"]
    pc.says(f"{LEARN}-hardware/drivers/print/print-spooler-architecture", "listdir", SPOOL, answer=names)
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
