"""The network of a healthy PC, by cable and by radio, and how it is changed."""

from __future__ import annotations

import json
from typing import Any

from tapes.windows.pc import (
    CCS,
    CV,
    DAY,
    DOORWAY,
    GUID,
    LEARN,
    NETWORK,
    NOW,
    PAGES,
    POLICIES,
    PSUTIL,
    SID,
    WLAN,
    WLAN_PROVIDER,
    Pc,
    event,
)

ROUTER = "192.168.1.1"
SITE: dict[str, Any] = {
    "names": ["example.com", "www.wikipedia.org", "www.kernel.org"],
    "pages": [
        {"url": "http://detectportal.firefox.com/success.txt", "expect": "success"},
        {"url": "http://www.msftconnecttest.com/connecttest.txt", "expect": "Microsoft Connect Test"},
    ],
    "tls": ["www.wikipedia.org", "www.mozilla.org"],
    "addresses": [{"address": "1.1.1.1", "port": 443}, {"address": "9.9.9.9", "port": 443}],
    "time": ["pool.ntp.org", "time.cloudflare.com"],
    "services": [],
}
INVENTED = ("no-such-name-techkit.example.com", "no-such-name-techkit.www.wikipedia.org")


def with_cable(pc: Pc) -> None:
    pc.says(DOORWAY, "site", answer=SITE)
    pc.wmi(
        "MSFT_NetAdapter",
        {
            "Name": "Ethernet", "InterfaceIndex": 12, "InterfaceAdminStatus": 1, "InterfaceOperationalStatus": 1,
            "MediaConnectState": 1, "State": 2, "HardwareInterface": True, "ConnectorPresent": True,
            "EndPointInterface": False, "NdisPhysicalMedium": 14, "Virtual": False, "Hidden": False,
            "InterfaceDescription": "Intel(R) Ethernet Connection I219-LM", "MtuSize": 1500, "FullDuplex": True,
            "MediaDuplexState": 2, "ReceiveLinkSpeed": 1_000_000_000, "TransmitLinkSpeed": 1_000_000_000,
            "Speed": 1_000_000_000, "InterfaceGuid": GUID,
        },
        space=NETWORK,
    )  # fmt: skip
    pc.wmi(
        "MSFT_NetRoute",
        {
            "DestinationPrefix": "0.0.0.0/0", "NextHop": ROUTER, "InterfaceAlias": "Ethernet", "InterfaceIndex": 12,
            "RouteMetric": 0, "Store": 1, "Protocol": 3,
        },
        space=NETWORK,
    )  # fmt: skip
    pc.wmi(
        "MSFT_NetIPInterface",
        {
            "InterfaceIndex": 12, "AddressFamily": 2, "InterfaceMetric": 25, "NlMtu": 1500, "Dhcp": 1,
            "ConnectionState": 1, "InterfaceAlias": "Ethernet",
        },
        space=NETWORK,
    )  # fmt: skip
    pc.wmi(
        "MSFT_DNSClientServerAddress",
        {"InterfaceAlias": "Ethernet", "InterfaceIndex": 12, "AddressFamily": 2, "ServerAddresses": [ROUTER]},
        {"InterfaceAlias": "Ethernet", "InterfaceIndex": 12, "AddressFamily": 23, "ServerAddresses": []},
        space=NETWORK,
    )
    profile = {"Name": "Network", "InterfaceIndex": 12, "NetworkCategory": 1}
    pc.wmi("MSFT_NetConnectionProfile", profile | {"IPv4Connectivity": 4, "IPv6Connectivity": 1}, space=NETWORK)
    counted = {
        "Name": "Ethernet", "ReceivedUnicastPackets": 912044, "SentUnicastPackets": 604817, "ReceivedPacketErrors": 0,
        "OutboundPacketErrors": 0,
    }  # fmt: skip
    pc.wmi("MSFT_NetAdapterStatisticsSettingData", counted, space=NETWORK)
    catalogue = rf"{CCS}\Services\WinSock2\Parameters\Protocol_Catalog9\Catalog_Entries64"
    pc.key(catalogue, "000000000001", source=f"{LEARN}/win32/winsock/winsock-reference")
    own = b"%SystemRoot%\\system32\\mswsock.dll\0".ljust(888, b"\0").hex()
    pc.key(rf"{catalogue}\000000000001", source=f"{LEARN}/win32/winsock/winsock-reference", PackedCatalogItem=own)
    pc.key(rf"{CCS}\Services\NlaSvc\Parameters\Internet", EnableActiveProbing=1)
    pc.absent(rf"{POLICIES}\Windows\NetworkConnectivityStatusIndicator")
    address = {"IPAddress": "192.168.1.23", "InterfaceAlias": "Ethernet", "AddressState": 4, "AddressFamily": 2}
    pc.wmi("MSFT_NetIPAddress", address, space=NETWORK)
    addressed(pc, "192.168.1.23", "255.255.255.0")
    pc.files(f"{LEARN}/win32/winsock", **{r"C:\Windows\System32\drivers\etc\hosts": "# 127.0.0.1 localhost\n"})
    pc.absent(r"HKLM\SOFTWARE\Policies\Microsoft\Windows\CurrentVersion\Internet Settings")
    pc.key(rf"HKU\{SID}\Software\Microsoft\Windows\CurrentVersion\Internet Settings", "Connections", ProxyEnable=0)
    direct = "1800000000000000010000000000000000000000"
    pc.key(rf"{CV}\Internet Settings\Connections", WinHttpSettings=direct)
    pc.says(DOORWAY, "ping", ROUTER, answer={"state": "answered", "milliseconds": 1.0})
    neighbour = {"state": "reachable", "mac": "02:00:5e:00:53:01"}
    pc.says(DOORWAY, "neighbour", ROUTER, "Ethernet", answer=neighbour)
    for port, state in ((53, "open"), (80, "open"), (443, "refused")):
        pc.says(DOORWAY, "connect", ROUTER, port, answer={"state": state, "milliseconds": 1.0})
    named(pc, ROUTER)
    online(pc)


def addressed(pc: Pc, address: str, mask: str, adapter: str = "Ethernet") -> None:
    """The address of the one adapter."""
    loop = {"family": 2, "address": "127.0.0.1", "netmask": "255.0.0.0", "broadcast": None, "ptp": None}
    answer = {
        adapter: [
            {"family": -1, "address": "02-00-5E-00-53-23", "netmask": None, "broadcast": None, "ptp": None},
            loop | {"address": address, "netmask": mask},
        ],
        "Loopback Pseudo-Interface 1": [loop],
    }
    pc.says(f"{PSUTIL}#psutil.net_if_addrs", "psutil", "net_if_addrs", answer=answer)
    stats = {"isup": True, "duplex": 2, "speed": 1000, "mtu": 1500, "flags": ""}
    answer_stats = {adapter: stats, "Loopback Pseudo-Interface 1": stats}
    pc.says(f"{PSUTIL}#psutil.net_if_stats", "psutil", "net_if_stats", answer=answer_stats)


def named(pc: Pc, server: str) -> None:
    """One name server that knows its business."""
    answered = {"state": "answered", "milliseconds": 12.0}
    for name in SITE["names"]:
        known = {"code": "NOERROR", "addresses": ["203.0.113.80"]}
        pc.says(DOORWAY, "dns", server, name, "A", answer=answered | known)
    for name in INVENTED:
        pc.says(DOORWAY, "dns", server, name, "A", answer=answered | {"code": "NXDOMAIN", "addresses": []})


def online(pc: Pc) -> None:
    """An internet that answers."""
    for name in SITE["names"]:
        answer = {"addresses": ["203.0.113.80"], "error": "none", "milliseconds": 15.0}
        pc.says(DOORWAY, "resolve", name, answer=answer)
    for page in SITE["pages"]:
        answer = {
            "state": "answered", "status": 200, "location": "", "date": NOW, "body": f"{page['expect']}\n",
            "milliseconds": 60.0,
        }  # fmt: skip
        pc.says(DOORWAY, "http", page["url"], "", answer=answer)
        door = {"state": "open", "milliseconds": 15.0}
        pc.says(DOORWAY, "connect", page["url"].split("/")[2], 80, answer=door)
    for name in SITE["tls"]:
        answer = {
            "state": "answered", "verified": True, "code": 0, "issuer": "Example Authority", "subject": name,
            "protocol": "TLSv1.3", "not_before": NOW - 30 * DAY, "not_after": NOW + 60 * DAY, "store": 40,
            "milliseconds": 80.0,
        }  # fmt: skip
        pc.says(DOORWAY, "tls", name, 443, answer=answer)
    for door in SITE["addresses"]:
        pc.says(DOORWAY, "connect", door["address"], door["port"], answer={"state": "open", "milliseconds": 14.0})
    for server in ("time.windows.com", *SITE["time"]):
        pc.says(DOORWAY, "sntp", server, answer={"state": "answered", "offset": 0.02, "stratum": 2, "leap": 0})


def offline(pc: Pc, *, alone: bool = False) -> None:
    """An internet of which nothing answers; `alone`: nobody of the own network either."""
    for entry in pc.entries.values():
        question, first = entry["ask"][0], entry["ask"][1:2]
        if question == "resolve":
            entry["answer"] = {"addresses": [], "error": "unavailable", "milliseconds": 4000.0}
        elif question in {"http", "tls", "sntp"}:
            entry["answer"] = {"state": "unresolved", "milliseconds": None}
        elif question == "connect" and (alone or not str(first[0]).startswith("192.168.")):
            entry["answer"] = {"state": "timeout", "milliseconds": None}


def on_wifi(pc: Pc, name: str) -> None:
    """The one adapter is a radio, under this name; everything that names it follows."""
    for entry in pc.entries.values():
        if entry["ask"][0] in {"wmi", "psutil", "neighbour"}:
            renamed = json.dumps(entry, ensure_ascii=False).replace('"Ethernet"', json.dumps(name, ensure_ascii=False))
            entry.update(json.loads(renamed))
    pc.entries = {json.dumps(entry["ask"]): entry for entry in pc.entries.values()}
    pc.rows("MSFT_NetAdapter")[0].update(NdisPhysicalMedium=9, InterfaceDescription="Intel(R) Wi-Fi 6 AX201 160MHz")
    radio(pc)
    noted(pc, "WPA2PSK", "AES")
    data = {
        "InterfaceGuid": GUID, "InterfaceDescription": "Intel(R) Wi-Fi 6 AX201 160MHz",
        "ConnectionMode": "Подключение вручную с использованием профиля", "ProfileName": "Office", "SSID": "Office",
        "BSSType": "Инфраструктура", "ConnectionId": "0x1",
    }  # fmt: skip
    pc.log(WLAN, event(8001, WLAN_PROVIDER, 0.1, data | {"AuthenticationAlgorithm": "WPA2-Personal"}, 4))


def radio(pc: Pc, **changed: Any) -> None:
    """What wlanapi says of the one radio."""
    found = {
        "interface": "Intel(R) Wi-Fi 6 AX201 160MHz", "guid": GUID, "state": "connected", "strength": -58,
        "channel": 44, "off": "",
    }  # fmt: skip
    pc.says(PAGES["wlanapi"], "radios", answer=[found | changed])


def noted(pc: Pc, authentication: str, encryption: str) -> None:
    """What Windows has noted of the one network it knows."""
    answer = {"authentication": authentication, "encryption": encryption}
    source = f"{LEARN}/win32/nativewifi/wlan-profileschema-authencryption-security-element"
    pc.says(source, "wireless_network", GUID, "Office", answer=answer)


def asks(pc: Pc, *servers: str) -> None:
    """The name servers of the one adapter."""
    pc.rows("MSFT_DNSClientServerAddress")[0].update(ServerAddresses=list(servers))


def located(pc: Pc, address: str, *, knows: bool) -> None:
    """What a name server says of the controllers of the domain."""
    answer = {
        "state": "answered", "code": "NOERROR" if knows else "NXDOMAIN", "milliseconds": 2.0,
        "addresses": ["0 100 389 dc-01.corp.example."] if knows else [],
    }  # fmt: skip
    source = "https://learn.microsoft.com/openspecs/windows_protocols/ms-adts, 6.3.2.3: SRV records"
    pc.says(source, "dns", address, "_ldap._tcp.dc._msdcs.corp.example", "SRV", answer=answer)


def online_by_number(pc: Pc) -> None:
    """Only addresses answer."""
    for door in SITE["addresses"]:
        pc.says(DOORWAY, "connect", door["address"], door["port"], answer={"state": "open", "milliseconds": 14.0})
