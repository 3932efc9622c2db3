"""The routers, and what of them and beyond them answers."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import bare

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.network import routers

ROUTE = (
    "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\neth0\t00000000\t0100000A\t0003\t0\t0\t0\t00000000\n"
)
ARP = "IP address  HW type  Flags  HW address  Mask  Device\n10.0.0.1  0x1  0x6  AA:00:00:00:00:01  *  eth0\n"
SILENT = {"state": "timeout"}
BASE: dict[tuple[Any, ...], Any] = {
    ("read", "/proc/net/route"): ROUTE,
    ("listdir", "/sys/class/net"): [],
    ("psutil", "net_if_stats"): {},
    ("psutil", "net_if_addrs"): {},
    ("site",): {"addresses": [{"address": "192.0.2.1", "port": 443}]},
    ("ping", "10.0.0.1"): SILENT,
    ("neighbour", "10.0.0.1", "eth0"): {"state": "silent", "mac": None},
    **{("connect", "10.0.0.1", port): SILENT for port in routers.PORTS},
    ("connect", "192.0.2.1", 443): SILENT,
}


def look(more: dict[tuple[Any, ...], Any] | None = None) -> routers.Routers:
    return routers.look(bare(BASE | (more or {})))


def test_a_router_that_answers_to_nothing() -> None:
    seen = look()
    (one,) = seen.gateways
    assert (one.address, one.interface, one.alive, one.absent, one.unseen) == ("10.0.0.1", "eth0", False, True, False)
    assert (seen.beyond, seen.asked, seen.direct) == (False, (4,), False)


@pytest.mark.parametrize(
    "question", [("ping", "10.0.0.1"), ("connect", "10.0.0.1", 80), ("neighbour", "10.0.0.1", "eth0")]
)
def test_one_answer_is_enough(question: tuple[Any, ...]) -> None:
    state = {"ping": "answered", "connect": "refused", "neighbour": "reachable"}[question[0]]
    (one,) = look({question: {"state": state, "mac": "aa:00:00:00:00:02"}}).gateways
    assert one.alive


def test_what_is_beyond_is_asked_for_by_number() -> None:
    assert look({("connect", "192.0.2.1", 443): {"state": "open"}}).beyond


def test_a_hardware_address_that_is_fixed_by_hand() -> None:
    told = {"state": "reachable", "mac": "aa:00:00:00:00:02"}
    (one,) = look({("read", "/proc/net/arp"): ARP, ("neighbour", "10.0.0.1", "eth0"): told}).gateways
    assert (one.pinned, one.mac) == ("aa:00:00:00:00:01", "aa:00:00:00:00:02")


def test_what_cannot_be_tried_is_not_silent() -> None:
    shut = ProbeError(Reason.FORBIDDEN)
    questions = [question for question in BASE if question[0] in {"ping", "neighbour", "connect"}]
    (one,) = look(dict.fromkeys(questions, shut)).gateways
    assert (one.unseen, one.alive) == (True, False)


def test_a_machine_without_a_router() -> None:
    seen = look({("read", "/proc/net/route"): ROUTE.partition("eth0")[0]})
    assert (seen.gateways, seen.versions, seen.unit) == ((), (), None)
