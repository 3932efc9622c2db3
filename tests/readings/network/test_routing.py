"""The ways out: routes that lead somewhere, and those that swallow."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hosts import MACHINE, given

from techkit.readings.network import routing
from techkit.readings.network.routes import NOWHERE
from techkit.readings.network.routing import Rule, Way

TABLE = """\
Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
*	00000000	00000000	0001	0	0	10	00000000	0	0	0
eth0	00000000	01004D0A	0003	0	0	1024	00000000	0	0	0
eth0	00004D0A	00000000	0001	0	0	1024	00FFFFFF	0	0	0
*	00000080	00000000	0201	0	0	0	00000080	0	0	0
"""
ROUTES = [{"type": "blackhole", "dst": "default", "metric": 10}, {"type": "unreachable", "dst": "128.0.0.0/1"}]
PLAIN = "\n".join(line for line in TABLE.splitlines() if not line.startswith("*"))


def run(*argv: str) -> tuple[str, ...]:
    return ("run", *argv)


def said(rows: Any) -> dict[str, Any]:
    return {"code": 0, "out": json.dumps(rows), "err": ""}


def test_halves_go_before_the_whole_and_small_metrics_before_large_ones() -> None:
    host = given(
        {
            ("read", "/proc/net/route"): TABLE,
            ("neighbour", "10.77.0.1", "eth0"): {"state": "reachable", "mac": "02:00:00:00:00:01"},
            run("ip", "-j", "-4", "route", "show"): said(ROUTES),
        }
    )
    assert routing.seen(host).ways == (
        Way("128.0.0.0/1", kind="unreachable"),
        Way("0.0.0.0/0", metric=10, kind="blackhole"),
        Way("0.0.0.0/0", "eth0", "10.77.0.1", 1024, "reachable"),
    )


def test_one_way_is_read_and_nobody_is_asked_for_its_router() -> None:
    door = {"addresses": [{"address": "192.0.2.1", "port": 443}]}
    host = given(
        {
            ("read", "/proc/net/route"): PLAIN,
            ("site",): door,
            ("connect", "192.0.2.1", 443): {"state": "open", "milliseconds": 1},
        }
    )
    assert routing.seen(host) == routing.Ways((Way("0.0.0.0/0", "eth0", "10.77.0.1", 1024),))


def test_rules_are_read_where_nothing_can_be_reached() -> None:
    rules = [
        {"priority": 0, "src": "all", "table": "local"},
        {"priority": 50, "src": "all", "action": "prohibit"},
        {"priority": 70, "src": "all", "dst": "192.0.2.9", "action": "unreachable"},
        {"priority": 80, "src": "10.1.0.0", "srclen": 16, "action": "blackhole"},
    ]
    host = given(
        {
            ("read", "/proc/net/route"): PLAIN,
            ("site",): {"addresses": [{"address": "192.0.2.1", "port": 443}]},
            ("connect", "192.0.2.1", 443): {"state": "unreachable", "milliseconds": 1},
            run("ip", "-j", "-4", "rule", "show"): said(rules),
        }
    )
    assert routing.seen(host).rules == (Rule(50, "prohibit"),)


def test_a_router_of_another_network_is_noticed() -> None:
    table = PLAIN.replace("01004D0A", "0109A8C0")
    host = given(
        {
            ("read", "/proc/net/route"): table,
            ("neighbour", "192.168.9.1", "eth0"): {"state": "silent", "mac": None},
            ("site",): {"addresses": []},
        }
    )
    assert routing.seen(host).ways == (Way("0.0.0.0/0", "eth0", "192.168.9.1", 1024, "silent", on_link=False),)


def test_windows_lists_its_routes_as_objects() -> None:
    properties = ("DestinationPrefix", "NextHop", "InterfaceAlias", "InterfaceIndex", "RouteMetric", "Store")
    row = {"InterfaceAlias": "Ethernet", "InterfaceIndex": 7, "RouteMetric": 0, "Store": 1}
    rows = [
        row | {"DestinationPrefix": "0.0.0.0/0", "NextHop": "10.0.0.1"},
        row | {"DestinationPrefix": "10.0.0.0/24", "NextHop": NOWHERE},
    ]
    host = given(
        {
            ("machine",): MACHINE | {"system": "windows"},
            ("wmi", "root\\StandardCimv2", "MSFT_NetRoute", properties, ""): rows,
        }
    )
    assert routing.seen(host).ways == (Way("0.0.0.0/0", "Ethernet", "10.0.0.1"),)


def test_routes_to_single_networks_are_told_where_their_router_is_silent() -> None:
    table = PLAIN + "\neth0\t000200C0\t63004D0A\t0003\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
    host = given(
        {
            ("read", "/proc/net/route"): table,
            ("neighbour", "10.77.0.99", "eth0"): {"state": "silent", "mac": None},
            ("site",): {"addresses": []},
            ("read", routing.TIME_TO_LIVE): "1\n",
        }
    )
    seen = routing.seen(host)
    assert seen.parts == (Way("192.0.2.0/24", "eth0", "10.77.0.99"),)
    assert seen.hops == 1


def test_a_rule_that_sends_everything_to_a_silent_router() -> None:
    rules = [{"priority": 0, "src": "all", "table": "local"}, {"priority": 200, "src": "all", "table": "100"}]
    host = given(
        {
            ("read", "/proc/net/route"): PLAIN,
            ("site",): {"addresses": [{"address": "192.0.2.1", "port": 443}]},
            ("connect", "192.0.2.1", 443): {"state": "timeout", "milliseconds": None},
            run("ip", "-j", "-4", "rule", "show"): said(rules),
            run("ip", "-j", "-4", "route", "show", "table", "100"): said(
                [{"dst": "default", "gateway": "10.77.0.98", "dev": "eth0"}]
            ),
            ("neighbour", "10.77.0.98", "eth0"): {"state": "silent", "mac": None},
        }
    )
    assert routing.seen(host).diversions == (routing.Diversion(200, "100", "10.77.0.98", "eth0"),)


@pytest.mark.parametrize(("table", "main"), [("main", True), ("51820", False)])
def test_whether_a_rule_asks_the_table_of_all_routes(table: str, main: bool) -> None:
    rules = [{"priority": 0, "src": "all", "table": "local"}, {"priority": 9, "src": "all", "table": table}]
    host = given(
        {
            ("read", "/proc/net/route"): PLAIN,
            ("site",): {"addresses": [{"address": "192.0.2.1", "port": 443}]},
            ("connect", "192.0.2.1", 443): {"state": "unreachable", "milliseconds": 1},
            run("ip", "-j", "-4", "rule", "show"): said(rules),
            run("ip", "-j", "-4", "route", "show", "table", table): said([]),
        }
    )
    assert routing.seen(host).main is main


@pytest.mark.parametrize(("src", "found"), [("all", 1), ("10.77.0.50", 1), ("10.77.0.51", 0)])
def test_a_rule_that_sends_everything_to_a_table_that_throws_it_away(src: str, found: int) -> None:
    rules = [{"priority": 500, "src": src, "table": "77"}, {"priority": 32766, "src": "all", "table": "main"}]
    address = {"family": "ip", "address": "10.77.0.50", "netmask": "255.255.255.0"}
    host = given(
        {
            ("read", "/proc/net/route"): PLAIN,
            ("site",): {"addresses": [{"address": "192.0.2.1", "port": 443}]},
            ("connect", "192.0.2.1", 443): {"state": "unreachable", "milliseconds": 1},
            ("psutil", "net_if_addrs"): {"eth0": [address]},
            run("ip", "-j", "-4", "rule", "show"): said(rules),
            run("ip", "-j", "-4", "route", "show", "table", "77"): said([{"type": "prohibit", "dst": "default"}]),
        }
    )
    diversions = [routing.Diversion(500, "77", source=src, action="prohibit")] * found
    assert list(routing.seen(host).diversions) == diversions
