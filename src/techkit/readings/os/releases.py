"""The operating system, and the end of its support.

The tables age: `AS_OF` says when they were looked up. A release that is in no table is unknown, never supported.
Sources: the distributions' own life cycle pages as collected by endoflife.date and pep600_compliance's EOL table;
Microsoft's life cycle pages. Windows builds serve several products, so they are told apart by edition.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from techkit.host import attempt
from techkit.model import Record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from techkit.host import Host

AS_OF = "2026-11-24"
LINUX = {
    "debian": {
        "8": "2020-06-30", "9": "2022-06-30", "10": "2024-06-30", "11": "2026-08-31",
        "12": "2028-06-30", "13": "2030-06-30",
    },
    "ubuntu": {
        "14.04": "2019-04-25", "16.04": "2021-04-30", "18.04": "2023-05-31", "20.04": "2025-05-31",
        "20.10": "2021-07-22", "21.04": "2022-01-20", "21.10": "2022-07-14", "22.04": "2027-04-30",
        "22.10": "2023-07-20", "23.04": "2024-01-25", "23.10": "2024-07-11", "24.04": "2029-04-25",
        "24.10": "2025-07-11", "25.04": "2026-01-15", "25.10": "2026-07-09", "26.04": "2031-05-29",
    },
    "fedora": {
        "35": "2022-12-13", "36": "2023-05-16", "37": "2023-12-05", "38": "2024-05-21", "39": "2024-11-26",
        "40": "2025-05-13", "41": "2025-12-15", "42": "2026-05-13", "43": "2026-12-09",
    },
    "centos": {"6": "2020-11-30", "7": "2024-06-30", "8": "2021-12-31", "9": "2027-05-31", "10": "2030-01-01"},
    "rhel": {"6": "2020-11-30", "7": "2024-06-30", "8": "2029-05-31", "9": "2032-05-31", "10": "2035-05-31"},
    "almalinux": {"8": "2029-03-01", "9": "2032-05-31", "10": "2035-05-31"},
    "rocky": {"8": "2029-05-31", "9": "2032-05-31", "10": "2035-05-31"},
    "ol": {"6": "2021-03-31", "7": "2024-12-31", "8": "2029-07-31", "9": "2032-06-30"},
    "amzn": {"2": "2026-06-30", "2023": "2028-03-15"},
    "opensuse-leap": {
        "15.0": "2019-12-03", "15.1": "2021-02-02", "15.2": "2021-12-31", "15.3": "2022-12-31", "15.4": "2023-12-07",
        "15.5": "2024-12-31", "15.6": "2026-04-30", "16.0": "2027-10-31",
    },
    "alpine": {
        "3.12": "2022-05-01", "3.13": "2022-11-01", "3.14": "2023-05-01", "3.15": "2023-11-01", "3.16": "2024-05-23",
        "3.17": "2024-11-22", "3.18": "2025-05-09", "3.19": "2025-11-01", "3.20": "2026-04-01", "3.21": "2026-11-01",
        "3.22": "2027-05-01",
    },
    "altlinux": {"9": "2023-12-31", "10": "2026-06-30", "11": "2027-06-30"},
}  # fmt: skip
"""The last day with free security updates, by ID and VERSION_ID of os-release(5); Debian's includes its LTS."""
CLIENTS = {
    7601: ("2020-01-14", "2020-01-14", ""),
    9200: ("2016-01-12", "2016-01-12", ""),
    9600: ("2023-01-10", "2023-01-10", ""),
    10240: ("2017-05-09", "2017-05-09", "2025-10-14"),
    10586: ("2017-10-10", "2018-04-10", ""),
    14393: ("2018-04-10", "2019-04-09", "2026-10-13"),
    15063: ("2018-10-09", "2019-10-08", ""),
    16299: ("2019-04-09", "2020-10-13", ""),
    17134: ("2019-11-12", "2021-05-11", ""),
    17763: ("2020-11-10", "2021-05-11", "2029-01-09"),
    18362: ("2020-12-08", "2020-12-08", ""),
    18363: ("2021-05-11", "2022-05-10", ""),
    19041: ("2021-12-14", "2021-12-14", ""),
    19042: ("2022-05-10", "2023-05-09", ""),
    19043: ("2022-12-13", "2022-12-13", ""),
    19044: ("2023-06-13", "2024-06-11", "2027-01-12"),
    19045: ("2025-10-14", "2025-10-14", ""),
    22000: ("2023-10-10", "2024-10-08", ""),
    22621: ("2024-10-08", "2025-10-14", ""),
    22631: ("2025-11-11", "2026-11-10", ""),
    26100: ("2026-10-13", "2027-10-12", "2029-10-09"),
    26200: ("2027-10-12", "2028-10-10", ""),
    28000: ("2028-03-14", "2029-03-13", ""),
    26300: ("2028-10-10", "2029-10-09", ""),  # the second by the rule of 36 months, not looked up
}
"""Windows 7 to 11 by build: (Home and Pro, Enterprise and Education, long-term)."""
IOT_LONG_TERM = {19044: "2032-01-13", 26100: "2034-10-10"}
"""Long-term IoT releases that are supported longer than the others."""
SERVERS = {
    7601: "2020-01-14", 9200: "2023-10-10", 9600: "2023-10-10", 14393: "2027-01-12", 17763: "2029-01-09",
    20348: "2031-10-14", 25398: "2025-10-24", 26100: "2034-11-14",
}  # fmt: skip
"""Windows Server by build: the end of extended support."""
LONG_TERM = re.compile(r"^(Enterprise|IoTEnterprise)S", re.IGNORECASE)
BUSINESS = re.compile(r"^(Enterprise|IoTEnterprise|Education|ServerRdsh)", re.IGNORECASE)
VERSION = "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"
ROLLING = {
    "arch",
    "artix",
    "opensuse-tumbleweed",
    "gentoo",
    "void",
    "manjaro",
    "endeavouros",
    "kali",
    "nixos",
}


class Release(Record, frozen=True):
    """The operating system; `end`: the last day of support, ISO 8601, None if unknown, "" if it never ends."""

    name: str
    version: str
    end: str | None = None


def release(host: Host) -> Release:
    """The release of this machine and its end."""
    return _windows(host) if host.system == "windows" else _linux(host)


def _linux(host: Host) -> Release:
    fields = os_release(host)
    name, version = fields.get("ID", ""), fields.get("VERSION_ID", "")
    end = linux_end(name, version)
    return Release(fields.get("PRETTY_NAME") or name, version, support_end(fields) if end is None else end)


def support_end(fields: Mapping[str, str]) -> str | None:
    """The end of support that some distributions, such as Fedora, declare themselves."""
    said = fields.get("SUPPORT_END", "")
    return said if re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", said) else None


def os_release(host: Host) -> dict[str, str]:
    """What the distribution says of itself."""
    text = attempt(lambda: host.read("/etc/os-release"))
    return parse_os_release(host.read("/usr/lib/os-release") if text is None else text)


def parse_os_release(text: str) -> dict[str, str]:
    """The fields of os-release(5), quotes taken off."""
    rows = (line.partition("=") for line in text.splitlines() if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip().strip("\"'") for name, _, value in rows}


def linux_end(name: str, version: str) -> str | None:
    """The last day of support of a distribution's release; a minor release has the end of its major one."""
    if name in ROLLING or (name == "debian" and not version):
        return ""
    if name == "altlinux" and re.fullmatch(r"\d{8}", version):
        return ""  # Sisyphus is named after a day
    table = LINUX.get(name, {})
    minor = ".".join(version.split(".")[:2])
    return table.get(version) or table.get(minor) or table.get(version.partition(".")[0])


def _windows(host: Host) -> Release:
    values = host.registry(VERSION)["values"]
    number = str(values.get("CurrentBuildNumber") or values.get("CurrentBuild") or "")
    build = int(number) if number.isascii() and number.isdigit() else 0
    machine = host.machine()
    name = str(machine["release"]).partition(" (")[0]
    end = SERVERS.get(build) if machine["edition"] == "server" else windows_end(build, str(values.get("EditionID")))
    return Release(name, str(build), end)


def windows_end(build: int, edition: str) -> str | None:
    """The last day of support of a Windows client; None for a build or edition that is not in the table."""
    home, business, long_term = CLIENTS.get(build, ("", "", ""))
    if LONG_TERM.match(edition):
        iot = edition.lower().startswith("iot")
        return (iot and IOT_LONG_TERM.get(build)) or long_term or None
    if BUSINESS.match(edition):
        return business or None
    return home or None
