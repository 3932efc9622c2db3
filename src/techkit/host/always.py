"""What every Windows has something of: an empty answer there is none, and no good news."""

from __future__ import annotations

import re

ROWS = {
    "MSFT_DNSClientServerAddress", "MSFT_Disk", "MSFT_MpComputerStatus", "MSFT_MpPreference", "MSFT_NetAdapter",
    "MSFT_NetIPAddress", "MSFT_NetIPInterface", "MSFT_NetRoute", "MSFT_Partition", "MSFT_PhysicalDisk", "MSFT_Volume",
    "Win32_ComputerSystem", "Win32_LogicalDisk", "Win32_OperatingSystem", "Win32_Service", "Win32_Volume",
}  # fmt: skip
"""Classes of WMI with a row on every Windows that has them.

Its own disk, its partitions and volumes; what Defender tells of itself; an adapter for debugging, and what belongs to
the interface by which a PC reaches itself.
"""
OF_ALL = {"", "DriveType=3"}
"""Conditions that leave such a row."""
KEYS = re.compile(
    r"HKLM\\(?:"
    r"SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"
    r"(?:\\(?:ProfileList(?:\\[^\\]+)?|Time Zones\\[^\\]+|Windows|Winlogon))?"
    r"|SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System"
    r"|SYSTEM\\CurrentControlSet\\(?:"
    r"Control\\(?:ComputerName\\(?:Active)?ComputerName|Session Manager(?:\\Power)?"
    r"|Terminal Server(?:\\WinStations\\RDP-Tcp)?|TimeZoneInformation)"
    r"|Services\\(?:[^\\]+|EventLog\\(?:Application|Security|System)|(?:LanmanServer|W32Time)\\Parameters"
    r"|NlaSvc\\Parameters\\Internet|SharedAccess\\Parameters\\FirewallPolicy\\\w+Profile"
    r"|WinSock2\\Parameters\\Protocol_Catalog9\\Catalog_Entries64\\\d+)))"
    r"|HKU\\S-1-5-21[-\d]+\\Software\\Microsoft\\Windows\\CurrentVersion\\"
    r"(?:Internet Settings|Explorer\\User Shell Folders)",
    re.IGNORECASE,
)
"""Keys of the registry that hold a value or a key as long as they are there."""
SYSTEM = "System"
DAILY = ([6005, 6006, 6009, 6013, 104], 400, ["EventLog", "Microsoft-Windows-Eventlog"])
"""What the System log tells of itself: it was opened, closed, which Windows this is, how long it has run (that once a
day), and that somebody has emptied it; in so many days; by whom."""


def has_rows(name: str, where: str) -> bool:
    """Whether this question to WMI has a row on every Windows."""
    return name in ROWS and where in OF_ALL


def has_values(key: str) -> bool:
    """Whether this key of the registry holds something on every Windows."""
    return KEYS.fullmatch(key) is not None
