"""What everybody needs, sent through the rules of a machine in thought."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import bare

from techkit.host import ProbeError
from techkit.readings.network import blocked_traffic
from techkit.readings.network.blocked_traffic import Dropped, Turned
from techkit.readings.network.packet_filter import Drop

ROUTE = (
    "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\neth0\t00000000\t0100000A\t0003\t0\t0\t0\t00000000\n"
)
BASE = {
    ("read", "/proc/net/route"): ROUTE,
    ("psutil", "net_if_addrs"): {"eth0": [{"family": 2, "address": "10.0.0.5", "netmask": "255.255.255.0"}]},
    ("site",): {"addresses": [{"address": "192.0.2.1", "port": 443}]},
    ("read", "/etc/resolv.conf"): "nameserver 10.0.0.1\n",
    ("stat", "/etc/resolv.conf"): {"link": None},
}


def walked(
    saved: str, more: dict[tuple[Any, ...], Any] | None = None
) -> tuple[tuple[Dropped, ...], tuple[Turned, ...]]:
    rules = {("run", "iptables-save"): {"code": 0, "out": f"*filter\n:INPUT ACCEPT [0:0]\n{saved}COMMIT\n", "err": ""}}
    return blocked_traffic.walk(bare(BASE | rules | (more or {})))


def test_nothing_is_dropped_where_no_rule_drops() -> None:
    assert walked(":OUTPUT ACCEPT [0:0]\n") == ((), ())


@pytest.mark.parametrize(
    ("condition", "ports", "spares"),
    [
        ("-p udp -m multiport --dports 53,123", ("udp 53", "udp 123"), False),
        ("-d 10.0.0.1/32", ("udp 53", "tcp 53"), False),
        ("-p udp --dport 123", ("udp 123",), True),
    ],
)
def test_one_place_with_all_that_ends_there(condition: str, ports: tuple[str, ...], *, spares: bool) -> None:
    rule = f"-A OUTPUT {condition} -j DROP"
    (one,), turned = walked(f":OUTPUT ACCEPT [0:0]\n{rule}\n")
    assert one == Dropped(Drop("ip", "filter", "OUTPUT", spelled=rule), "out", ports)
    assert (one.spares, turned) == (spares, ())


def test_what_a_machine_says_to_itself_is_told_apart() -> None:
    (one,), _ = walked(":OUTPUT ACCEPT [0:0]\n-A INPUT -i lo -j DROP\n")
    assert (one.loopback, one.direction, one.ports, one.spares) == (True, "in", ("tcp 631",), False)


@pytest.mark.parametrize(("state", "told"), [("refused", 1), ("open", 0)])
def test_a_turn_hurts_where_nobody_listens_at_its_end(state: str, told: int) -> None:
    rule = "-A OUTPUT -p tcp -m tcp --dport 443 -j REDIRECT --to-ports 9"
    saved = f":OUTPUT ACCEPT [0:0]\nCOMMIT\n*nat\n:OUTPUT ACCEPT [0:0]\n{rule}\n"
    dropped, turned = walked(saved, {("connect", "127.0.0.1", 9): {"state": state}})
    assert dropped == ()
    assert turned == (Turned(Drop("ip", "nat", "OUTPUT", spelled=rule), ("tcp 443",), 9),) * told


def test_who_may_not_see_the_rules_knows_nothing() -> None:
    with pytest.raises(ProbeError):
        blocked_traffic.walk(bare({("machine",): {"system": "linux", "elevated": False}}))
