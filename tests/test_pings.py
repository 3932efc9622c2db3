"""Trains of echoes: what ping(8) prints, and this machine's own loopback."""

from __future__ import annotations

import sys

import pytest

from techkit.host.icmp import parse_pings
from techkit.host.linux import Linux

IPUTILS = """\
PING 127.0.0.1 (127.0.0.1) 56(84) bytes of data.
64 bytes from 127.0.0.1: icmp_seq=1 ttl=64 time=0.042 ms
64 bytes from 127.0.0.1: icmp_seq=3 ttl=64 time=1.5 ms
"""
BUSYBOX = "64 bytes from 127.0.0.1: seq=0 ttl=64 time=0.087 ms\n"
TOO_LARGE = (
    "ping: local error: message too long, mtu=1300\nFrom 10.0.0.1 icmp_seq=1 Frag needed and DF set (mtu = 1300)\n"
)


def test_every_answer_counts_whoever_prints_it() -> None:
    answer = parse_pings([IPUTILS, BUSYBOX, TOO_LARGE], 6)
    assert answer == {"sent": 6, "received": 3, "too_big": 2, "refused": 0, "milliseconds": [0.042, 1.5, 0.087]}


@pytest.mark.skipif(sys.platform != "linux", reason="asks this machine's own loopback")
def test_nothing_is_lost_on_the_way_to_oneself() -> None:
    linux = Linux({})
    echoes = linux.answer("pings", ["127.0.0.1", 20, 0.005, 56, False], 1)
    knocks = linux.answer("knocks", ["127.0.0.1", 9, 20], 0.5)
    assert (echoes["received"], knocks["received"]) == (20, 20)
