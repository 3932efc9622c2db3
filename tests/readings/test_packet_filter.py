"""Packets walked through rules as nft and iptables tell them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hosts import given

from techkit.host import ProbeError
from techkit.readings import packet_filter
from techkit.readings.packet_filter import Drop, Packet, Ruleset

OUT = {"family": "inet", "table": "t", "name": "o", "type": "filter", "hook": "output", "prio": 0, "policy": "accept"}
IN = OUT | {"name": "i", "hook": "input", "policy": "drop"}
WEB = Packet("out", "tcp", 443, "10.0.0.5", "192.0.2.1", "eth0")
ANSWER = Packet("in", "tcp", 443, "10.0.0.5", "192.0.2.1", "eth0", "established")
DROP: dict[str, Any] = {"drop": None}
ACCEPT: dict[str, Any] = {"accept": None}


def port(right: Any, protocol: str = "tcp", op: str = "==") -> dict[str, Any]:
    return {"match": {"op": op, "left": {"payload": {"protocol": protocol, "field": "dport"}}, "right": right}}


def meta(key: str, right: Any) -> dict[str, Any]:
    return {"match": {"op": "==", "left": {"meta": {"key": key}}, "right": right}}


def rules(*lines: list[dict[str, Any]], base: dict[str, Any] = OUT, more: tuple[dict[str, Any], ...] = ()) -> Ruleset:
    made = [
        {"rule": {"family": "inet", "table": "t", "chain": base["name"], "handle": number, "expr": parts}}
        for number, parts in enumerate(lines, 1)
    ]
    return Ruleset([{"chain": base}, *made, *more])


@pytest.mark.parametrize(
    "parts",
    [
        [port(443), {"counter": {"packets": 1, "bytes": 60}}, DROP],
        [port({"set": [80, 443]}), {"reject": {"type": "tcp reset"}}],
        [port({"set": [22, {"range": [400, 500]}]}), DROP],
        [port(53, op="!="), DROP],
        [meta("l4proto", "tcp"), meta("oifname", "eth*"), DROP],
        [{"match": {"op": "==", "left": {"payload": {"protocol": "ip", "field": "daddr"}},
                    "right": {"prefix": {"addr": "192.0.2.0", "len": 24}}}}, DROP],
        [DROP],
    ],
)  # fmt: skip
def test_what_fits_is_dropped(parts: list[dict[str, Any]]) -> None:
    assert rules(parts).drop(WEB) == Drop("inet", "t", "o", 1)


@pytest.mark.parametrize(
    "parts",
    [
        [port(80), DROP],
        [port(443, "udp"), DROP],
        [meta("skuid", 1000), DROP],
        [port(443), {"limit": {"rate": 5, "per": "second"}}, DROP],
        [meta("oifname", "lo"), DROP],
        [port(443), {"counter": None}],
    ],
)
def test_what_does_not_surely_fit_is_not(parts: list[dict[str, Any]]) -> None:
    assert rules(parts).drop(WEB) is None


def test_what_may_have_been_let_through_before_is_not_called_dropped() -> None:
    assert rules([meta("skuid", 0), ACCEPT], [DROP]).drop(WEB) is None
    assert rules([port(443), ACCEPT], [DROP]).drop(WEB) is None
    assert rules([port(80), ACCEPT], [DROP]).drop(WEB) == Drop("inet", "t", "o", 2)


def test_a_policy_drops_what_no_rule_accepts_and_answers_are_accepted_by_their_state() -> None:
    states = {"match": {"op": "in", "left": {"ct": {"key": "state"}}, "right": ["established", "related"]}}
    assert rules(base=IN).drop(ANSWER) == Drop("inet", "t", "i")
    assert rules([states, ACCEPT], base=IN).drop(ANSWER) is None
    table = {"set": [["invalid", {"drop": None}], ["established", {"accept": None}]]}
    assert rules([{"vmap": {"key": {"ct": {"key": "state"}}, "data": table}}], base=IN).drop(ANSWER) is None


def test_a_jump_is_followed_and_a_set_is_looked_up() -> None:
    inner = {"rule": {"family": "inet", "table": "t", "chain": "c", "handle": 9, "expr": [port("@web"), DROP]}}
    names = {"set": {"family": "inet", "table": "t", "name": "web", "elem": [80, 443]}}
    assert rules([{"jump": {"target": "c"}}], more=(inner, names)).drop(WEB) == Drop("inet", "t", "c", 9)


def test_an_earlier_table_decides_first() -> None:
    early = OUT | {"table": "raw", "prio": -300, "policy": "drop"}
    assert Ruleset([{"chain": OUT}, {"chain": early}]).drop(WEB) == Drop("inet", "raw", "o")


SAVED = """\
*filter
:INPUT DROP [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A OUTPUT -p udp -m multiport --dports 53,123 -j REJECT --reject-with icmp-port-unreachable
-A OUTPUT -p tcp -m tcp --dport 80 -m owner --uid-owner 1000 -j DROP
-A OUTPUT -d 10.0.0.0/8 -j ACCEPT
-A OUTPUT ! -o lo -p tcp -m tcp --dport 400:500 -j DROP
COMMIT
"""


def test_iptables_says_the_same_in_its_own_words() -> None:
    found = packet_filter.parse_iptables(SAVED)
    assert found.drop(ANSWER) is None
    assert found.drop(Packet("out", "tcp", 80, "10.0.0.5", "192.0.2.1", "eth0")) is None
    assert found.drop(Packet("out", "tcp", 443, "10.0.0.5", "10.1.1.1", "eth0")) is None
    spelled = "-A OUTPUT ! -o lo -p tcp -m tcp --dport 400:500 -j DROP"
    assert found.drop(WEB) == Drop("ip", "filter", "OUTPUT", spelled=spelled)
    assert found.drop(Packet("out", "udp", 53, "10.0.0.5", "10.0.0.1", "eth0")) is not None


def test_tables_of_iptables_are_read_by_it_where_nft_cannot_spell_them() -> None:
    base = OUT | {"family": "ip", "table": "filter", "name": "OUTPUT"}
    xt = {"family": "ip", "table": "filter", "chain": "OUTPUT", "handle": 4,
          "expr": [{"xt": {"type": "match", "name": "multiport"}}, DROP]}  # fmt: skip
    host = given(
        {
            ("run", "nft", "-j", "list", "ruleset"): {
                "code": 0, "out": json.dumps({"nftables": [{"chain": base}, {"rule": xt}]}), "err": "",
            },
            ("read", packet_filter.LEGACY): "",
            ("run", "iptables-save"): {"code": 0, "out": SAVED, "err": ""},
        }
    )  # fmt: skip
    first, second = packet_filter.read(host)
    assert first.drop(WEB) is None
    web = second.drop(WEB)
    assert web is not None
    assert (web.chain, web.handle) == ("OUTPUT", 0)  # the other has fewer rules there


def test_what_is_no_answer_of_nft_is_unreadable() -> None:
    with pytest.raises(ProbeError):
        packet_filter.parse_nft("Operation not permitted")


def test_a_rule_is_found_by_its_number_without_its_counts() -> None:
    text = "\tchain out { # handle 1\n\t\ttcp dport { 80, 443 } counter packets 6 bytes 420 drop # handle 2\n\t}\n"
    assert packet_filter.rule_text(text, 2) == "tcp dport { 80, 443 } counter drop"
    assert packet_filter.rule_text(text, 3) == ""


def test_a_rule_of_iptables_has_the_number_that_nft_gives_it() -> None:
    rules_ = [{"rule": {"family": "ip", "table": "filter", "chain": "OUTPUT", "handle": 7, "expr": []}}]
    saved = "*filter\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT -p tcp -m tcp --dport 443 -j DROP\nCOMMIT\n"
    drop = packet_filter.parse_iptables(saved).numbered(Ruleset(rules_)).drop(WEB)
    assert drop is not None
    assert (drop.handle, drop.spelled) == (7, "-A OUTPUT -p tcp -m tcp --dport 443 -j DROP")


def test_what_is_turned_back_to_this_machine() -> None:
    saved = "*nat\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT -p tcp -m tcp --dport 443 -j REDIRECT --to-ports 9\nCOMMIT\n"
    ruleset = packet_filter.parse_iptables(saved)
    assert ruleset.drop(WEB) is None
    spelled = "-A OUTPUT -p tcp -m tcp --dport 443 -j REDIRECT --to-ports 9"
    assert ruleset.diversion(WEB) == (9, Drop("ip", "nat", "OUTPUT", 0, spelled))
    assert ruleset.diversion(Packet("out", "tcp", 80, "10.0.0.5", "192.0.2.1", "eth0")) is None


@pytest.mark.parametrize(
    ("text", "devices"),
    [
        ('type filter hook ingress device "eth0" priority filter; policy accept;', ["eth0"]),
        ("type filter hook ingress devices = { eth0, wlan0 } priority 0;", ["eth0", "wlan0"]),
        ("type filter hook input priority 0;", []),
    ],
)
def test_the_adapters_of_a_chain(text: str, devices: list[str]) -> None:
    assert packet_filter.parse_devices(text) == devices
