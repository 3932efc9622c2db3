"""Trains of packets: what is asked when, and what becomes of the answers."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import given

from techkit.host import ProbeError
from techkit.readings.network import ping_trains

SITE = {"addresses": [{"address": "192.0.2.1", "port": 443}, {"address": "198.51.100.1", "port": 443}]}
ROUTE = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
DEFAULT = "eth0\t00000000\t0100000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"


def answer(sent: int, times: list[float], refused: int = 0) -> dict[str, Any]:
    return {"sent": sent, "received": len(times), "too_big": 0, "refused": refused, "milliseconds": times}


def machine(router: dict[str, Any], one: dict[str, Any], other: dict[str, Any]) -> dict[tuple[Any, ...], Any]:
    return {
        ("site",): SITE,
        ("read", "/proc/net/route"): ROUTE + DEFAULT,
        ("read", "/proc/net/ipv6_route"): "",
        ("pings", "10.0.0.1", 40, 0.01, 56, False): router,
        ("pings", "192.0.2.1", 40, 0.01, 56, False): one,
        ("pings", "198.51.100.1", 40, 0.01, 56, False): other,
    }


def test_where_all_echoes_return_nothing_else_is_asked() -> None:
    seen = ping_trains.ask(
        given(machine(answer(40, [1.0] * 40), answer(40, [9.0, 11.0] * 20), answer(40, [20.0] * 40)))
    )
    assert [(train.address, train.by, train.lost) for train in seen.router] == [("10.0.0.1", "echo", 0)]
    assert [(train.median, train.jitter) for train in seen.beyond] == [(10.0, 2.0), (20.0, 0.0)]
    assert seen.gateway == "10.0.0.1"


def test_lost_echoes_are_doubted_by_connections() -> None:
    answers = machine(answer(40, [1.0] * 40), answer(40, [9.0] * 30), answer(40, [20.0] * 40))
    answers |= {("knocks", place, 443, 40): answer(40, [9.0] * 40) for place in ("192.0.2.1", "198.51.100.1")}
    seen = ping_trains.ask(given(answers))
    assert [(train.by, train.received) for train in seen.beyond] == [
        ("echo", 30), ("echo", 40), ("connection", 40), ("connection", 40),
    ]  # fmt: skip


def test_what_our_own_guard_holds_back_is_no_loss() -> None:
    refused = answer(40, [], refused=40)
    seen = ping_trains.ask(given(machine(answer(40, [1.0] * 40), refused, refused)))
    assert seen.beyond == ()


def test_a_network_that_answers_nothing_is_not_judged() -> None:
    with pytest.raises(ProbeError):
        ping_trains.ask(given(machine(answer(40, []), answer(40, []), answer(40, []))))


def test_loss_is_the_share_of_all() -> None:
    assert ping_trains.loss([ping_trains.Train("a", "echo", 10, 5), ping_trains.Train("b", "echo", 30, 30)]) == 0.125
    assert ping_trains.loss([]) is None
