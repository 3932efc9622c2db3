"""Default routes of both families."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import MACHINE, given
from hypothesis import given as any_of
from hypothesis import strategies as st

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.network import routes
from techkit.readings.network.routes import Gateway

HEAD = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
SIX = "{destination:032x} {length:02x} {zero:032x} 00 {gateway:032x} 00000400 00000001 00000000 {flags:08x} {name:>8}\n"
ROUTE = ("DestinationPrefix", "NextHop", "InterfaceAlias", "InterfaceIndex", "RouteMetric", "Store")
COST = routes.SETTINGS
STANDARD = "root\\StandardCimv2"


def four(name: str, gateway: str, flags: str = "0003", metric: int = 0, destination: str = "00000000") -> str:
    return f"{name}\t{destination}\t{gateway}\t{flags}\t0\t0\t{metric}\t{destination}\t0\t0\t0\n"


def six(name: str, gateway: int, flags: int = 0x3, destination: int = 0, length: int = 0) -> str:
    return SIX.format(destination=destination, length=length, zero=0, gateway=gateway, flags=flags, name=name)


def test_addresses_are_written_backwards() -> None:
    assert routes.parse_route(HEAD + four("eth0", "0100000A", metric=100)) == [Gateway("eth0", "10.0.0.1", 100)]


def test_only_default_routes_that_are_up_and_lead_somewhere() -> None:
    text = (
        HEAD
        + four("eth0", "00000000", "0001", destination="0000FEA9")
        + four("eth0", "0100000A", "0002")
        + four("*", "00000000", "0201")
        + four("*", "00000000", "0001")
    )
    assert routes.parse_route(text) == []


def test_a_point_to_point_line_has_no_router() -> None:
    assert routes.parse_route(HEAD + four("ppp0", "00000000", "0001")) == [Gateway("ppp0", "")]


def test_version_six() -> None:
    text = (
        six("eth0", 0xFE80 << 112 | 1)
        + six("lo", 0, 0x200200)
        + six("eth0", 0, 0x1, destination=0xFE80 << 112, length=64)
        + six("eth0", 0xFE80 << 112 | 2, 0x2)
        + six("tun0", 0, 0x1)
    )
    assert routes.parse_ipv6_route(text) == [
        Gateway("eth0", "fe80::1", 1024, 6),
        Gateway("tun0", "", 1024, 6),
    ]


def test_cut_short_lines_are_left_out() -> None:
    text = HEAD + four("eth0", "0100000A") + "eth1\t00000000\t0100"
    assert [gateway.interface for gateway in routes.parse_route(text)] == ["eth0"]
    assert routes.parse_ipv6_route("00 00\n\nrubbish " * 3) == []


@any_of(st.text())
def test_nothing_raises(text: str) -> None:
    routes.parse_route("\n" + text)
    routes.parse_ipv6_route(text)


def test_the_preferred_one_comes_first_and_version_four_before_six() -> None:
    answers: dict[tuple[Any, ...], Any] = {
        ("read", "/proc/net/route"): HEAD
        + four("wlan0", "0100A8C0", metric=600)
        + four("eth0", "0100000A", metric=100),
        ("read", "/proc/net/ipv6_route"): six("eth0", 0xFE80 << 112 | 1),
    }
    found = routes.default_gateways(given(answers))
    assert [(gateway.version, gateway.interface) for gateway in found] == [(4, "eth0"), (4, "wlan0"), (6, "eth0")]


def test_a_kernel_without_version_six() -> None:
    answers: dict[tuple[Any, ...], Any] = {
        ("read", "/proc/net/route"): HEAD + four("eth0", "0100000A"),
        ("read", "/proc/net/ipv6_route"): ProbeError(Reason.MISSING, ""),
    }
    assert [gateway.address for gateway in routes.default_gateways(given(answers))] == ["10.0.0.1"]


def windows(rows: Any, costs: Any = ()) -> tuple[Gateway, ...]:
    answers: dict[tuple[Any, ...], Any] = {
        ("machine",): MACHINE | {"system": "windows"},
        ("wmi", STANDARD, "MSFT_NetRoute", ROUTE, ""): rows,
        ("wmi", STANDARD, "MSFT_NetIPInterface", COST, ""): costs,
    }
    return routes.default_gateways(given(answers))


def row(alias: str, index: int, hop: str, **more: Any) -> dict[str, Any]:
    prefix = "::/0" if ":" in hop else "0.0.0.0/0"
    return dict(zip(ROUTE, (prefix, hop, alias, index, 0, 1), strict=True)) | more


def test_windows_adds_the_cost_of_the_adapter() -> None:
    costs = [
        {"InterfaceIndex": 7, "AddressFamily": 2, "InterfaceMetric": 25},
        {"InterfaceIndex": 9, "AddressFamily": 2, "InterfaceMetric": 5},
        {"InterfaceIndex": 7, "AddressFamily": 23, "InterfaceMetric": 15},
    ]
    rows = [row("Wi-Fi", 7, "192.168.0.1"), row("Ethernet", 9, "10.0.0.1", RouteMetric=10), row("Wi-Fi", 7, "fe80::1")]
    assert windows(rows, costs) == (
        Gateway("Ethernet", "10.0.0.1", 15),
        Gateway("Wi-Fi", "192.168.0.1", 25),
        Gateway("Wi-Fi", "fe80::1", 15, 6),
    )


def test_windows_keeps_what_does_not_hold_now_apart() -> None:
    rows = [
        row("Ethernet", 9, "10.0.0.1", Store=0),
        row("Ethernet", 9, routes.NOWHERE, DestinationPrefix="10.0.0.0/24"),
    ]
    assert windows(rows) == ()


def test_a_line_without_a_router_on_windows() -> None:
    assert windows([row("VPN", 3, routes.NOWHERE)]) == (Gateway("VPN", ""),)


@pytest.mark.parametrize(
    "nothing", [[], ProbeError(Reason.MISSING, ""), ProbeError(Reason.INAPPLICABLE, "no such namespace")]
)
def test_no_windows_is_without_routes(nothing: Any) -> None:
    with pytest.raises(ProbeError) as raised:
        windows(nothing)
    assert raised.value.reason is Reason.UNREADABLE
