"""Packets walked through rules."""

from __future__ import annotations

from typing import Any

import pytest

from techkit.readings.network.packet_filter import Drop, Packet, Ruleset

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


@pytest.mark.parametrize(
    ("limit", "dropped"),
    [
        ({"rate": 1, "per": "minute", "inv": True}, True),
        ({"rate": 20, "per": "hour", "burst": 5, "inv": True}, True),
        ({"rate": 60, "per": "minute", "inv": True}, False),
        ({"rate": 3, "per": "second", "inv": True}, False),
        ({"rate": 1, "rate_unit": "kbytes", "per": "minute", "inv": True}, False),
        ("@named", False),
    ],
)
def test_a_rate_at_which_nobody_can_work(limit: Any, dropped: bool) -> None:
    assert bool(rules([port(443), {"limit": limit}, DROP]).drop(WEB)) is dropped


def test_few_are_let_through_and_the_others_dropped() -> None:
    few = [port(443), {"limit": {"rate": 2, "per": "minute"}}, ACCEPT]
    assert rules(few, [DROP]).drop(WEB) == Drop("inet", "t", "o", 2)
    assert rules([port(443), {"limit": {"rate": 2, "per": "second"}}, ACCEPT], [DROP]).drop(WEB) is None
