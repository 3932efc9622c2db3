"""The disks and devices of a healthy PC, and how they are changed."""

from __future__ import annotations

from typing import Any

from tapes.windows.pc import CCS, DOORWAY, GIB, LEARN, POLICIES, PSUTIL, SID, STORAGE, WMI_ERRORS, Pc

from techkit.readings.hardware import devices


def with_disks(pc: Pc) -> None:
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


def with_devices(pc: Pc) -> None:
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
