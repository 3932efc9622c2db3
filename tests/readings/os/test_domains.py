"""A Windows PC of a domain and the name servers that somebody has set on it."""

from __future__ import annotations

import pytest
from hosts import MACHINE, bare

from techkit.readings.network import tcpip_registry
from techkit.readings.os import domains

COLUMNS = ("PartOfDomain", "Domain", "DomainRole")
CARD = "{FD7B5BF5-2E4B-4CA4-0000-F633D86283A1}"
MEMBER = {"PartOfDomain": True, "Domain": "corp.example", "DomainRole": 1}


@pytest.mark.parametrize(
    ("asked", "written", "by_hand"),
    [
        (["192.0.2.1"], "192.0.2.1", True),
        (["192.0.2.1"], "", False),
        (["127.0.0.1"], "127.0.0.1", False),  # a filter or an agent that looks names up on this PC itself
        (["127.0.0.1", "192.0.2.1"], "127.0.0.1,192.0.2.1", True),
    ],
)
def test_name_servers_that_somebody_set(asked: list[str], written: str, *, by_hand: bool) -> None:
    unknown = {"state": "answered", "code": "NXDOMAIN", "addresses": [], "milliseconds": 1.0}
    rows = [{"InterfaceAlias": "Ethernet", "ServerAddresses": asked}]
    host = bare({
        ("machine",): MACHINE | {"system": "windows", "edition": "client"},
        ("wmi", "root\\cimv2", "Win32_ComputerSystem", COLUMNS, ""): [MEMBER],
        ("wmi", "root\\StandardCimv2", "MSFT_DNSClientServerAddress", ("InterfaceAlias", "ServerAddresses"), ""): rows,
        **{("dns", address, f"{domains.LOCATOR}.corp.example", "SRV"): unknown for address in asked},
        ("events", "System", (domains.DENIED, domains.NO_CONTROLLER), 3, ("NETLOGON",)): [],
        ("registry", tcpip_registry.INTERFACES): {"values": {}, "keys": [CARD]},
        ("registry", rf"{tcpip_registry.INTERFACES}\{CARD}"): {"values": {"NameServer": written}, "keys": []},
    })  # fmt: skip
    assert domains.domain(host).by_hand is by_hand
