"""Sizes of packets: echoes first, and other kinds only where no large echo is answered."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import MACHINE, given

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.network import packet_sizes, routes
from techkit.readings.network.interfaces import Adapter
from techkit.readings.network.packet_sizes import Link

NET = "/sys/class/net"
ROUTE = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
DEFAULT = "eth0\t00000000\t0100000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
PAGE = "http://example.com/"
LONG = f"{PAGE}?{'x' * 3000}"
GOOD = {"sent": 3, "received": 3, "too_big": 0, "refused": 0, "milliseconds": [1.0] * 3}
NONE = GOOD | {"received": 0, "milliseconds": []}


def machine(large: dict[str, Any], page: str = "answered", passes: int = 0) -> dict[tuple[Any, ...], Any]:
    return {
        ("site",): {
            "addresses": [{"address": "192.0.2.1", "port": 443}],
            "pages": [{"url": PAGE, "expect": ""}],
            "tls": [],
        },
        ("listdir", NET): ["eth0", "lo"],
        ("listdir", f"{NET}/eth0"): [],
        ("stat", f"{NET}/eth0/device"): {"kind": "folder"},
        **{
            ("read", f"{NET}/eth0/{file}"): text
            for file, text in (("type", "1"), ("flags", "0x1003"), ("ifindex", "2"), ("carrier", "1"), ("mtu", "1500"))
        },
        **{
            ("stat", f"{NET}/{name}"): ProbeError(Reason.MISSING)
            for name in ("lo/device", "eth0/wireless", "eth0/phy80211")
        },
        ("read", "/proc/net/route"): ROUTE + DEFAULT,
        ("read", "/proc/net/ipv6_route"): "",
        ("pings", "192.0.2.1", 3, 0.05, 56, True): GOOD,
        ("pings", "192.0.2.1", 3, 0.05, 1472, True): large,
        **{
            ("pings", "192.0.2.1", 3, 0.05, size - 28, True): GOOD if size <= passes else NONE
            for size in packet_sizes.LADDER
        },
        ("http", PAGE, ""): {"state": "answered", "status": 204},
        ("http", LONG, ""): {"state": page, "status": 414},
        ("connect", "192.0.2.1", 443): {"state": "open", "milliseconds": 1},
    }


def test_one_large_answer_is_enough() -> None:
    seen = packet_sizes.seen(given(machine(GOOD)))
    assert (seen.small, seen.large, seen.stuck) == (("192.0.2.1",), ("192.0.2.1",), ())
    assert seen.links == (Link("eth0", 1500),)


def test_whoever_says_too_large_is_no_black_hole() -> None:
    assert packet_sizes.seen(given(machine(NONE | {"too_big": 2}))).large == ("192.0.2.1",)


def test_a_filter_of_large_echoes_is_no_black_hole() -> None:
    seen = packet_sizes.seen(given(machine(NONE)))
    assert (seen.large, seen.through, seen.stuck, seen.passes) == ((), (PAGE,), (), None)


def test_a_black_hole_swallows_pages_too_and_is_measured() -> None:
    seen = packet_sizes.seen(given(machine(NONE, "timeout", passes=1400)))
    assert (seen.through, seen.stuck, seen.passes) == ((), (PAGE,), 1400)


@pytest.mark.parametrize(("mtu", "links"), [(576, (Link("Ethernet", 576),)), (0xFFFFFFFF, ())])
def test_windows_tells_it_of_every_interface(mtu: int, links: tuple[Link, ...]) -> None:
    """MSFT_NetIPInterface.NlMtu; loopback has the largest number there is."""
    properties = routes.SETTINGS
    host = given(
        {
            ("machine",): MACHINE | {"system": "windows"},
            ("wmi", "root\\StandardCimv2", "MSFT_NetIPInterface", properties, ""): [
                {"InterfaceIndex": 7, "AddressFamily": 23, "NlMtu": 1500},
                {"InterfaceIndex": 7, "AddressFamily": 2, "NlMtu": mtu},
            ],
        }
    )
    assert packet_sizes.links(host, [Adapter("Ethernet", 7, carrier=True)]) == links
