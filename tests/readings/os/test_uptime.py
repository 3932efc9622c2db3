"""How long the system has been running."""

from __future__ import annotations

import pytest
from hosts import given

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.os.uptime import uptime


def test_linux_says_it_itself() -> None:
    assert uptime(given({("read", "/proc/uptime"): "350735.47 234388.90\n"})) == 350735.47


@pytest.mark.parametrize("text", ["", "soon\n"])
def test_what_is_no_number_is_unreadable(text: str) -> None:
    with pytest.raises(ProbeError) as unreadable:
        uptime(given({("read", "/proc/uptime"): text}))
    assert unreadable.value.reason is Reason.UNREADABLE
