"""Rules as nft and iptables tell them."""

from __future__ import annotations

import json

import pytest
from hosts import given

from techkit.host import ProbeError
from techkit.readings.network import rulesets
from techkit.readings.network.packet_filter import Drop, Packet, Ruleset

WEB = Packet("out", "tcp", 443, "10.0.0.5", "192.0.2.1", "eth0")
ANSWER = Packet("in", "tcp", 443, "10.0.0.5", "192.0.2.1", "eth0", "established")
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
    found = rulesets.parse_iptables(SAVED)
    assert found.drop(ANSWER) is None
    assert found.drop(Packet("out", "tcp", 80, "10.0.0.5", "192.0.2.1", "eth0")) is None
    assert found.drop(Packet("out", "tcp", 443, "10.0.0.5", "10.1.1.1", "eth0")) is None
    spelled = "-A OUTPUT ! -o lo -p tcp -m tcp --dport 400:500 -j DROP"
    assert found.drop(WEB) == Drop("ip", "filter", "OUTPUT", spelled=spelled)
    assert found.drop(Packet("out", "udp", 53, "10.0.0.5", "10.0.0.1", "eth0")) is not None


def test_tables_of_iptables_are_read_by_it_where_nft_cannot_spell_them() -> None:
    base = {
        "family": "ip",
        "table": "filter",
        "name": "OUTPUT",
        "type": "filter",
        "hook": "output",
        "prio": 0,
        "policy": "accept",
    }
    xt = {"family": "ip", "table": "filter", "chain": "OUTPUT", "handle": 4,
          "expr": [{"xt": {"type": "match", "name": "multiport"}}, {"drop": None}]}  # fmt: skip
    host = given(
        {
            ("run", "nft", "-j", "list", "ruleset"): {
                "code": 0, "out": json.dumps({"nftables": [{"chain": base}, {"rule": xt}]}), "err": "",
            },
            ("read", rulesets.LEGACY): "",
            ("run", "iptables-save"): {"code": 0, "out": SAVED, "err": ""},
        }
    )  # fmt: skip
    first, second = rulesets.read(host)
    assert first.drop(WEB) is None
    web = second.drop(WEB)
    assert web is not None
    assert (web.chain, web.handle) == ("OUTPUT", 0)  # the other has fewer rules there


def test_what_is_no_answer_of_nft_is_unreadable() -> None:
    with pytest.raises(ProbeError):
        rulesets.parse_nft("Operation not permitted")


def test_a_rule_is_found_by_its_number_without_its_counts() -> None:
    text = "\tchain out { # handle 1\n\t\ttcp dport { 80, 443 } counter packets 6 bytes 420 drop # handle 2\n\t}\n"
    assert rulesets.parse_rule(text, 2) == "tcp dport { 80, 443 } counter drop"
    assert rulesets.parse_rule(text, 3) == ""


def test_a_rule_of_iptables_has_the_number_that_nft_gives_it() -> None:
    rules_ = [{"rule": {"family": "ip", "table": "filter", "chain": "OUTPUT", "handle": 7, "expr": []}}]
    saved = "*filter\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT -p tcp -m tcp --dport 443 -j DROP\nCOMMIT\n"
    drop = rulesets.parse_iptables(saved).numbered(Ruleset(rules_)).drop(WEB)
    assert drop is not None
    assert (drop.handle, drop.spelled) == (7, "-A OUTPUT -p tcp -m tcp --dport 443 -j DROP")


def test_what_is_turned_back_to_this_machine() -> None:
    saved = "*nat\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT -p tcp -m tcp --dport 443 -j REDIRECT --to-ports 9\nCOMMIT\n"
    ruleset = rulesets.parse_iptables(saved)
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
    assert rulesets.parse_devices(text) == devices
