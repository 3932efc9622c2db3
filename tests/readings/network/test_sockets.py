"""The ports that connections take."""

from __future__ import annotations

import pytest
from hosts import given

from techkit.host import ProbeError
from techkit.readings.network import sockets

COUNTS = "sockets: used 68\nTCP: inuse 12 orphan 0 tw 30 alloc 82 mem 244\nUDP: inuse 2 mem 0\n"


def test_what_has_ended_still_counts() -> None:
    assert sockets.parse_counts(COUNTS) == 42


def test_the_range() -> None:
    assert sockets.local_ports(given({("read", sockets.RANGE): "32768\t60999\n"})) == (32768, 60999)


@pytest.mark.parametrize("text", ["", "32768\n", "a b\n"])
def test_what_is_no_range_is_no_answer(text: str) -> None:
    with pytest.raises(ProbeError):
        sockets.local_ports(given({("read", sockets.RANGE): text}))
