"""The network adapters of a machine, what stands on them, and their addresses."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import MACHINE, Given, given

from techkit.host import Host, ProbeError
from techkit.model import Reason
from techkit.readings.network import interfaces
from techkit.readings.network.interfaces import NET, Adapter, Address

Answers = dict[tuple[Any, ...], Any]
CARD = {"type": "1", "flags": "0x1003", "carrier": "1", "iflink": "2", "ifindex": "2", "device": ""}
LO = {"type": "772", "flags": "0x9", "carrier": "1", "iflink": "1", "ifindex": "1"}
SWITCHED_OFF = CARD | {"flags": "0x1002", "carrier": ProbeError(Reason.UNREADABLE, "carrier")}
ROUTES = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\n"
WINDOWS: Answers = {("machine",): MACHINE | {"system": "windows"}}
STANDARD = "root\\StandardCimv2"
ROUTE_CLASS = ("wmi", STANDARD, "MSFT_NetRoute")
ETHERNET = {
    "Name": "Ethernet", "InterfaceIndex": 7, "InterfaceAdminStatus": 1, "InterfaceOperationalStatus": 1,
    "MediaConnectState": 1, "State": 2, "HardwareInterface": True, "ConnectorPresent": True,
    "EndPointInterface": False, "NdisPhysicalMedium": 14,
}  # fmt: skip


class Bare(Given):
    """A machine on which a file that is not given is not there."""

    def answer(self, question: str, args: list[Any], timeout: float) -> Any:
        try:
            return super().answer(question, args, timeout)
        except ProbeError as error:
            if error.reason is Reason.UNRECORDED and question in {"read", "stat", "listdir"}:
                raise ProbeError(Reason.MISSING, args[0]) from error
            raise


def linux(tree: dict[str, dict[str, Any]], routes: str = ROUTES) -> Host:
    """A machine with this /sys/class/net: adapter -> file -> text; an empty text is a folder or a link."""
    answers: Answers = {("listdir", NET): sorted(tree), ("read", "/proc/net/route"): routes}
    for name, files in tree.items():
        answers["listdir", f"{NET}/{name}"] = sorted(files)
        for file, text in files.items():
            answers["stat", f"{NET}/{name}/{file}"] = {"kind": "file"}
            answers["read", f"{NET}/{name}/{file}"] = text
    return Host(Bare(answers))


def windows(rows: Any, **more: Any) -> Host:
    """A machine with these instances of MSFT_NetAdapter."""
    answers: Answers = {
        **WINDOWS,
        ("wmi", STANDARD, "MSFT_NetAdapter", interfaces.ADAPTER, ""): rows,
        **{("psutil", name): answer for name, answer in more.items()},
    }
    return given(answers)


def test_a_card_with_a_cable() -> None:
    host = linux({"lo": LO, "eth0": CARD})
    assert interfaces.adapters(host) == (Adapter("eth0", 2, enabled=True, carrier=True),)


def test_a_card_that_is_switched_off_has_no_carrier_to_read() -> None:
    (card,) = interfaces.adapters(linux({"lo": LO, "eth0": SWITCHED_OFF}))
    assert (card.enabled, card.carrier, card.usable) == (False, False, False)


def test_wifi_without_a_cell() -> None:
    (card,) = interfaces.adapters(linux({"wlan0": CARD | {"carrier": "0", "wireless": ""}}))
    assert (card.wireless, card.usable) == (True, False)


@pytest.mark.parametrize("kind", ["1", "519", "65534"])
def test_mobile_broadband_with_and_without_ethernet_headers(kind: str) -> None:
    assert [card.name for card in interfaces.adapters(linux({"wwan0": CARD | {"type": kind}}))] == ["wwan0"]


def test_beside_a_card_nothing_virtual_counts() -> None:
    virtual = {key: value for key, value in CARD.items() if key != "device"}
    tree = {
        "eth0": CARD,
        "docker0": virtual | {"bridge": "", "iflink": "3", "ifindex": "3"},
        "veth1": virtual | {"iflink": "9", "ifindex": "4", "master": ""},
        "tap0": virtual | {"tun_flags": "0x1002", "iflink": "5", "ifindex": "5"},
        "can0": CARD | {"type": "280"},
    }
    assert [card.name for card in interfaces.adapters(linux(tree))] == ["eth0"]


def test_in_a_container_the_near_end_of_the_virtual_cable() -> None:
    end = {"type": "1", "flags": "0x1003", "carrier": "1", "iflink": "7", "ifindex": "2"}
    tree = {"lo": LO, "eth0": end, "veth9": end | {"master": ""}, "dummy0": end | {"iflink": "2"}}
    assert [card.name for card in interfaces.adapters(linux(tree))] == ["eth0"]


def test_in_a_container_without_privileges_what_the_default_route_leads_through() -> None:
    tap = {"type": "1", "flags": "0x1003", "carrier": "1", "iflink": "2", "ifindex": "2", "tun_flags": "0x1002"}
    route = ROUTES + "tap0\t00000000\t0202000A\t0003\t0\t0\t0\t00000000\n"
    assert [card.name for card in interfaces.adapters(linux({"lo": LO, "tap0": tap}, route))] == ["tap0"]
    assert interfaces.adapters(linux({"lo": LO, "tap0": tap})) == ()


def test_addresses_stand_on_bridges_bonds_vlans_and_dialled_lines() -> None:
    tree = {
        "eth0": CARD | {"upper_bond0": ""},
        "bond0": {"upper_br0": "", "lower_eth0": ""},
        "br0": {"upper_br0.5": "", "lower_bond0": ""},
        "br0.5": {"lower_br0": "", "upper_br0": ""},
        "ppp0": {},
        "docker0": {},
    }
    host = linux(tree, ROUTES + "ppp0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\n")
    assert interfaces.leading(host, interfaces.adapters(host)) == ("eth0", "bond0", "br0", "br0.5", "ppp0")


def test_numbers_that_are_none_are_read_as_nothing() -> None:
    (card,) = interfaces.adapters(linux({"eth0": CARD | {"ifindex": "two", "flags": "", "carrier": "yes"}}))
    assert card == Adapter("eth0", enabled=False)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({}, Adapter("Ethernet", 7, enabled=True, carrier=True)),
        ({"InterfaceOperationalStatus": 2, "MediaConnectState": 2}, Adapter("Ethernet", 7)),
        (
            {"State": 3, "InterfaceAdminStatus": 2, "InterfaceOperationalStatus": 2, "MediaConnectState": 0},
            Adapter("Ethernet", 7, enabled=False),
        ),
        ({"NdisPhysicalMedium": 9}, Adapter("Ethernet", 7, carrier=True, wireless=True)),
    ],
)
def test_adapters_of_windows(row: dict[str, Any], expected: Adapter) -> None:
    virtual = ETHERNET | {"Name": "vEthernet (Default Switch)", "HardwareInterface": False, "ConnectorPresent": False}
    assert interfaces.adapters(windows([ETHERNET | row, virtual])) == (expected,)


@pytest.mark.parametrize(
    "nothing", [[], ProbeError(Reason.MISSING, ""), ProbeError(Reason.INAPPLICABLE, "no such namespace")]
)
def test_windows_without_its_network_classes(nothing: Any) -> None:
    addresses = {
        "Ethernet": [{"family": "inet", "address": "10.0.0.5", "netmask": "255.255.255.0"}],
        "Loopback Pseudo-Interface 1": [{"family": "inet", "address": "127.0.0.1", "netmask": "255.0.0.0"}],
        "Wi-Fi": [{"family": "inet", "address": "169.254.1.2", "netmask": "255.255.0.0"}],
    }
    states = {"Ethernet": {"isup": True}, "Loopback Pseudo-Interface 1": {"isup": True}, "Wi-Fi": {"isup": False}}
    host = windows(nothing, net_if_addrs=addresses, net_if_stats=states)
    assert interfaces.adapters(host) == (Adapter("Ethernet", carrier=True),)
    with pytest.raises(ProbeError) as raised:
        interfaces.adapters(windows(nothing, net_if_addrs={}, net_if_stats=states))
    assert raised.value.reason is Reason.UNREADABLE


def test_windows_that_refuses_is_not_taken_for_empty() -> None:
    with pytest.raises(ProbeError) as raised:
        interfaces.adapters(windows(ProbeError(Reason.FORBIDDEN, "")))
    assert raised.value.reason is Reason.FORBIDDEN


def test_addresses_without_loopback_and_hardware() -> None:
    answer = {
        "lo": [{"family": "inet", "address": "127.0.0.1", "netmask": "255.0.0.0"}],
        "eth0": [
            {"family": "inet", "address": "10.0.0.5", "netmask": "255.255.255.0"},
            {"family": "inet6", "address": "fe80::1%eth0", "netmask": "ffff:ffff:ffff:ffff::"},
            {"family": "inet", "address": "169.254.7.9", "netmask": "rubbish"},
            {"family": "link", "address": "02:00:00:00:00:01", "netmask": None},
            {"family": "inet", "address": None, "netmask": None},
        ],
    }
    found = interfaces.addresses(given({("psutil", "net_if_addrs"): answer}))
    assert found == (
        Address("eth0", "10.0.0.5", 24),
        Address("eth0", "fe80::1", 64),
        Address("eth0", "169.254.7.9", 0),
    )
    assert [address.automatic for address in found] == [False, False, True]


def test_public_addresses_are_private() -> None:
    entry = {"family": "inet", "address": "8.8.4.4", "netmask": "255.255.255.0"}
    host = given({("psutil", "net_if_addrs"): {"eth0": [entry]}})
    interfaces.addresses(host)
    assert [private.value for private in host.privates] == ["8.8.4.4"]
