"""PCs that are troubled in the network."""

from __future__ import annotations

import struct

from tapes.windows.healthy import eleven
from tapes.windows.network import SITE, addressed, asks, named, noted, offline, online_by_number, radio
from tapes.windows.others import laptop_russian
from tapes.windows.pc import CV, DOORWAY, GUID, SID, WLAN, WLAN_PROVIDER, Pc, event

from techkit.readings.disk import share_refusals


def services_proxy() -> Pc:
    """A proxy of an earlier place is still set for services alone: websites open, and no update comes."""
    pc = eleven()
    server = b"proxy.old.example:3128"
    blob = struct.pack("<4I", 0x18, 0, 3, len(server)) + server + bytes(4)
    pc.key(rf"{CV}\Internet Settings\Connections", WinHttpSettings=blob.hex())
    pc.says(DOORWAY, "connect", "proxy.old.example", 3128, answer={"state": "unresolved", "milliseconds": None})
    for page in SITE["pages"]:
        answer = {"state": "unresolved", "milliseconds": None}
        pc.says(DOORWAY, "http", page["url"], "proxy.old.example:3128", answer=answer)
    agent = "Microsoft-Windows-WindowsUpdateClient"
    pc.log(f"{agent}/Operational", *(event(25, agent, days, {"errorCode": "0x8024402c"}) for days in (0.2, 0.6, 1.5)))
    return pc


def apipa() -> Pc:
    """Nobody gave an address: the PC gave itself one."""
    pc = eleven()
    addressed(pc, "169.254.23.7", "255.255.0.0")
    pc.rows("MSFT_NetRoute")[0].update(DestinationPrefix="169.254.0.0/16", NextHop="0.0.0.0")  # noqa: S104 - no route
    offline(pc, alone=True)
    client = "Microsoft-Windows-Dhcp-Client"
    card = {"HWLength": "6", "HWAddress": "D45D64A1B2C3"}
    pc.log(f"{client}/Admin", event(1001, client, 0.02, card), event(1003, client, 0.1, card))
    return pc


def wrong_dns() -> Pc:
    """The name server that is set does not exist; everything else works."""
    pc = eleven()
    asks(pc, "192.168.1.250")
    named(pc, "192.168.1.250")
    for entry in pc.entries.values():
        question, first = entry["ask"][0], entry["ask"][1:2]
        if question == "dns" and first == ["192.168.1.250"]:
            entry["answer"] = {"state": "timeout", "code": None, "addresses": [], "milliseconds": None}
    offline(pc)
    online_by_number(pc)
    return pc


def wifi_refused() -> Pc:
    """The password of the Wi-Fi was changed: the laptop tries the old one and is refused."""
    pc = laptop_russian()
    pc.rows("MSFT_NetAdapter")[0].update(MediaConnectState=2, InterfaceOperationalStatus=2)
    data = {
        "InterfaceGuid": GUID, "InterfaceDescription": "Intel(R) Wi-Fi 6 AX201 160MHz", "ProfileName": "Office",
        "SSID": "Office", "BSSType": "Инфраструктура", "ConnectionId": "0x2", "RSSI": "-61",
        "FailureReason": "Неправильный ключ безопасности сети.", "ReasonCode": "294932",
    }  # fmt: skip
    pc.log(WLAN, *(event(8002, WLAN_PROVIDER, hours / 24, data) for hours in (0.1, 0.2, 0.3)))
    radio(pc, state="disconnected", strength=None, channel=None)
    addressed(pc, "169.254.77.3", "255.255.0.0", "Беспроводная сеть")
    pc.rows("MSFT_NetRoute")[0].update(DestinationPrefix="169.254.0.0/16", NextHop="0.0.0.0")  # noqa: S104 - no route
    offline(pc, alone=True)
    return pc


def wifi_weak() -> Pc:
    """A laptop far from an old router that protects by WEP; of its connection days ago the log tells no more."""
    pc = laptop_russian()
    radio(pc, strength=-84, channel=1)
    noted(pc, "open", "WEP")
    pc.log(WLAN)
    pc.rows("MSFT_NetConnectionProfile")[0].update(Name="Office")
    return pc


def shown_offline() -> Pc:
    """The internet works, and Windows shows none: what it tests is blocked on the way."""
    pc = eleven()
    pc.rows("MSFT_NetConnectionProfile")[0].update(IPv4Connectivity=2, IPv6Connectivity=1)
    test = SITE["pages"][1]["url"]
    pc.says(DOORWAY, "http", test, "", answer={"state": "timeout", "milliseconds": None})
    return pc


def vpn_refused() -> Pc:
    """The password expired, and the VPN of the company lets the laptop in no more."""
    pc = laptop_russian()
    said = ["{0A1B2C3D-0000-4000-8000-00000000000A}", r"NB-31\Олег", "Офис"]
    pc.log(
        "Application",
        *(event(20227, "RasClient", hours / 24, [*said, "691"]) for hours in (0.2, 0.3, 1)),
        event(20225, "RasClient", 0.9, said, 4),
    )
    return pc


def dead_proxy() -> Pc:
    """A program has left its proxy behind; nothing listens there any more."""
    pc = eleven()
    key = rf"HKU\{SID}\Software\Microsoft\Windows\CurrentVersion\Internet Settings"
    pc.value("registry", key)["values"].update(ProxyEnable=1, ProxyServer="127.0.0.1:8888")
    pc.says(DOORWAY, "connect", "127.0.0.1", 8888, answer={"state": "refused", "milliseconds": 1.0})
    for page in SITE["pages"]:
        pc.says(DOORWAY, "http", page["url"], "127.0.0.1:8888", answer={"state": "refused", "milliseconds": 1.0})
    return pc


def guests_refused() -> Pc:
    """A PC whose person cannot open the folders of the old box in the corner, which lets everybody in as a guest."""
    pc = eleven()
    said = {"UserNameLength": "4", "UserName": "anna", "ServerNameLength": "6", "ServerName": r"\oldnas"}
    spoken = {"Reason": "0", "Dialect": "0", "ServerNameLength": "13", "ServerName": "192.168.1.250"}
    refused = [event(share_refusals.GUEST, share_refusals.PROVIDER, at, said) for at in (0.02, 0.021, 1.2)]
    pc.log(share_refusals.LOG, *refused, event(share_refusals.OLD, share_refusals.PROVIDER, 2.5, spoken, 3))
    return pc
