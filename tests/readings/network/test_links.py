"""The line of an adapter: counters, duplex, speed, radio signal; and the parts of Windows' stack."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import MACHINE, bare, given

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.network import links, routes, winsock
from techkit.readings.network.interfaces import ADAPTER
from techkit.readings.network.links import Link

NET = "/sys/class/net/eth0"
WIRELESS = """\
Inter-| sta-|   Quality        |   Discarded packets               | Missed | WE
 face | tus | link level noise |  nwid  crypt   frag  retry   misc | beacon | 22
 wlan0: 0000   54.  -56.  -256        0      0      0      0      2        0
 wlan1: 0000   54.  200.  0        0      0      0      0      2        0
"""
ETHTOOL = """\
Settings for eth0:
    Supported link modes:   10baseT/Half 10baseT/Full
                            100baseT/Full
                            1000baseT/Full
    Supported pause frame use: No
    Advertised link modes:  10baseT/Half
"""


def test_levels_are_in_dbm_or_unknown() -> None:
    assert links.parse_wireless(WIRELESS) == {"wlan0": -56}
    assert links.parse_wireless("") == {}


def test_the_fastest_mode_of_a_port() -> None:
    assert links.parse_ethtool(ETHTOOL) == 1000
    assert links.parse_ethtool("No data available") is None


@pytest.mark.parametrize(("speed", "able"), [("1000", None), ("100", 1000), ("-1", None)])
def test_a_port_is_asked_only_where_it_is_slow(speed: str, able: int | None) -> None:
    files = {"type": "1", "flags": "0x1003", "ifindex": "2", "carrier": "1", "duplex": "full\n", "speed": speed}
    files |= {f"statistics/{name}": str(number) for number, name in enumerate(links.COUNTERS, 1)}
    answers: dict[tuple[Any, ...], Any] = {("read", f"{NET}/{file}"): text for file, text in files.items()}
    answers |= {
        ("listdir", "/sys/class/net"): ["eth0"],
        ("stat", f"{NET}/device"): {"kind": "folder"},
        ("which", "ethtool"): "/usr/sbin/ethtool",
        ("run", "ethtool", "eth0"): {"code": 0, "out": ETHTOOL, "err": ""},
    }
    for name in ("wireless", "phy80211"):
        answers["stat", f"{NET}/{name}"] = ProbeError(Reason.MISSING)
    number = None if speed == "-1" else int(speed)
    assert links.read(given(answers)) == (Link("eth0", 3, 7, speed=number, able=able),)


@pytest.mark.parametrize(
    ("description", "able"),
    [
        ("Realtek PCIe GbE Family Controller", 1000),
        ("Intel(R) Ethernet Connection (7) I219-V", 1000),
        ("Realtek Gaming 2.5GbE Family Controller", 1000),
        ("Broadcom NetXtreme Gigabit Ethernet", 1000),
        ("Realtek PCIe FE Family Controller", None),
        ("ASIX AX88772 USB2.0 to Fast Ethernet Adapter", None),
        (None, None),
    ],
)
def test_windows_counts_for_every_adapter_in_use(description: str | None, able: int | None) -> None:
    card = dict.fromkeys(ADAPTER) | {
        "Name": "Ethernet", "State": 2, "MediaConnectState": 1, "HardwareInterface": True, "ConnectorPresent": True,
    }  # fmt: skip
    counts = dict(zip(links.STATISTICS, ("Ethernet", 100, 50, 3, 1), strict=True))
    space = "root\\StandardCimv2"
    host = given(
        {
            ("machine",): MACHINE | {"system": "windows"},
            ("wmi", space, "MSFT_NetAdapter", ADAPTER, ""): [card],
            ("wmi", space, "MSFT_NetAdapterStatisticsSettingData", links.STATISTICS, ""): [counts],
            ("wmi", space, "MSFT_NetAdapter", links.CARD, ""): [
                {
                    "Name": "Ethernet",
                    "NdisPhysicalMedium": 14,
                    "FullDuplex": False,
                    "Speed": 100_000_000,
                    "InterfaceDescription": description,
                }
            ],
        }
    )
    assert links.read(host) == (Link("Ethernet", 150, 4, half=True, speed=100, able=able, sure=able is None),)


def test_parts_of_windows_lie_in_its_own_folder() -> None:
    own = b"%SystemRoot%\\system32\\mswsock.dll\0rest".hex()
    other = b"C:\\Program Files\\Example\\lsp.dll\0".hex()
    missing = ProbeError(Reason.MISSING)
    host = given(
        {
            ("registry", winsock.CATALOGUE): {"values": {}, "keys": ["1", "2"]},
            ("registry", rf"{winsock.CATALOGUE}\1"): {"values": {"PackedCatalogItem": own}, "keys": []},
            ("registry", rf"{winsock.CATALOGUE}\2"): {"values": {"PackedCatalogItem": other}, "keys": []},
            ("registry", winsock.PROBING): {"values": {"EnableActiveProbing": 0}, "keys": []},
            ("registry", winsock.POLICY): missing,
        }
    )
    assert winsock.read(host) == winsock.Stack(probing=False, foreign=("C:\\Program Files\\Example\\lsp.dll",))
    assert winsock.provider("no hex") == ""


@pytest.mark.parametrize(
    ("shown", "body", "offline"),
    [((2, 1), "success", True), ((4, 1), "success", False), ((2, 4), "success", False), ((2, 1), "", False),
     ((None, 1), "success", False), ((0, 0), "success", False)],
)  # fmt: skip
def test_windows_may_show_no_internet_where_there_is_one(
    shown: tuple[int | None, int], body: str, offline: bool
) -> None:
    columns = ("IPv4Connectivity", "IPv6Connectivity")
    page = {"url": "http://detectportal.firefox.com/success.txt", "expect": "success"}
    host = bare(
        {
            ("machine",): MACHINE | {"system": "windows"},
            ("site",): {"pages": [page]},
            ("wmi", "root\\StandardCimv2", "MSFT_NetConnectionProfile", routes.PROFILE, ""): [
                dict(zip(columns, shown, strict=True))
            ],
            ("http", page["url"], ""): {"state": "answered", "status": 200, "body": body},
        }
    )
    assert winsock.read(host).shown_offline == offline
