"""Other healthy PCs: other languages, older versions, laptops, other antiviruses, ordinary users."""

from __future__ import annotations

from tapes.windows.healthy import eleven, registered
from tapes.windows.network import on_wifi
from tapes.windows.pc import CCS, DAY, EVENT_LOG, GERMAN, NOW, NT, Pc
from tapes.windows.people import sits

RUSSIAN = {
    "Spooler": "Диспетчер печати",
    "Dhcp": "DHCP-клиент",
    "Dnscache": "DNS-клиент",
    "EventLog": "Журнал событий Windows",
    "Schedule": "Планировщик заданий",
    "WinDefend": "Служба антивирусной программы Microsoft Defender",
    "wuauserv": "Центр обновления Windows",
}
TURKISH = {"Spooler": "Yazdırma Biriktiricisi", "Dhcp": "DHCP İstemcisi", "Dnscache": "DNS İstemcisi"}


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
    on_wifi(pc, "Беспроводная сеть")
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


def not_administrator() -> Pc:
    """An ordinary user of a healthy PC."""
    pc = eleven()
    _not_administrator(pc)
    return pc
