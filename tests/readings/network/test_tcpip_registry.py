"""Gateways and name servers by the registry of Windows, where WMI says nothing."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import MACHINE, bare

from techkit.host import Host, ProbeError
from techkit.model import Reason
from techkit.readings.network import resolvers, routes, tcpip_registry
from techkit.readings.network.routes import Gateway
from techkit.readings.network.tcpip_registry import Setting

ONE, GONE = "{FD7B5BF5-2E4B-4CA4-0000-F633D86283A1}", "{0A1B2C3D-2E4B-4CA4-0000-F633D86283A1}"
BROKEN = ProbeError(Reason.UNREADABLE, "0x80041013")


def pc(**values: Any) -> Host:
    stats = {"Беспроводная сеть": {"isup": True}, "Ethernet": {"isup": False}}
    keys = {
        tcpip_registry.INTERFACES: {"values": {}, "keys": [ONE, GONE]},
        rf"{tcpip_registry.INTERFACES}\{ONE}": {"values": values, "keys": []},
        rf"{tcpip_registry.NAMES}\{ONE}\Connection": {"values": {"Name": "Беспроводная сеть"}, "keys": []},
        rf"{tcpip_registry.NAMES}\{GONE}\Connection": {"values": {"Name": "Ethernet"}, "keys": []},
    }
    address = [{"address": "10.0.0.5", "netmask": "255.255.255.0"}]
    columns = ("DestinationPrefix", "NextHop", "InterfaceAlias", "InterfaceIndex", "RouteMetric", "Store")
    space = "root\\StandardCimv2"
    return bare(
        {
            ("machine",): MACHINE | {"system": "windows"},
            ("psutil", "net_if_stats"): stats,
            ("psutil", "net_if_addrs"): {"Беспроводная сеть": address},
            ("wmi", space, "MSFT_NetRoute", columns, ""): BROKEN,
            ("wmi", space, "MSFT_DNSClientServerAddress", ("InterfaceAlias", "ServerAddresses"), ""): BROKEN,
            **{("registry", key): answer for key, answer in keys.items()},
        }
    )


@pytest.mark.parametrize(
    ("values", "gateways", "servers"),
    [
        (
            {"DhcpDefaultGateway": ["10.0.0.1"], "DhcpNameServer": "10.0.0.2 10.0.0.3"},
            ("10.0.0.1",),
            ("10.0.0.2", "10.0.0.3"),
        ),
        (
            {"DefaultGateway": ["10.0.0.9"], "DhcpDefaultGateway": ["10.0.0.1"], "NameServer": "8.8.8.8,8.8.4.4"},
            ("10.0.0.9",),
            ("8.8.8.8", "8.8.4.4"),
        ),
        ({"DefaultGateway": ["0.0.0.0", ""], "NameServer": ""}, (), ()),  # noqa: S104 - the word for "none"
        ({"NameServer": 7}, (), ()),
    ],
)  # fmt: skip
def test_what_was_set_by_hand_goes_before_what_was_given_out(
    values: dict[str, Any], gateways: tuple[str, ...], servers: tuple[str, ...]
) -> None:
    host = pc(**values)
    assert tcpip_registry.settings(host) == (Setting("Беспроводная сеть", gateways, servers),)
    assert routes.default_gateways(host) == tuple(Gateway("Беспроводная сеть", address) for address in gateways)
    assert resolvers.servers(host) == servers


def test_where_the_registry_is_shut_too_the_first_trouble_is_told() -> None:
    host = bare({("machine",): MACHINE | {"system": "windows"}, ("psutil", "net_if_stats"): {}})
    with pytest.raises(ProbeError) as caught:
        routes.default_gateways(host)
    assert caught.value.reason is Reason.UNREADABLE
    assert caught.value.detail == "MSFT_NetRoute"
