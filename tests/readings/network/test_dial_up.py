"""Connections that were dialled and did not come up."""

from __future__ import annotations

from typing import Any

import pytest

from techkit.readings.network import dial_up
from techkit.readings.network.dial_up import Failure


def event(number: int, when: float, *texts: str) -> dict[str, Any]:
    return {"id": number, "provider": dial_up.PROVIDER, "level": 2, "time": when, "data": list(texts)}


def test_a_failure_counts_until_the_connection_is_up_again() -> None:
    failed = [event(20227, when, "{id}", "pc\\anna", "Work", error) for when, error in ((9, "809"), (8, "691"))]
    assert dial_up.parse(failed) == (Failure("Work", 809, 2, 9),)
    assert dial_up.parse([event(20225, 10, "{id}", "pc\\anna", "Work"), *failed]) == ()
    assert dial_up.parse(
        [*failed, event(20225, 7, "{id}", "pc\\anna", "Work"), event(20227, 6, "x", "pc\\anna", "Work", "720")]
    ) == (Failure("Work", 809, 2, 9),)


def test_a_record_of_another_form_says_nothing() -> None:
    named = {
        "id": 20227,
        "provider": "RasClient",
        "level": 2,
        "time": 9.0,
        "data": {"a": "{id}", "b": "SYSTEM", "c": "Work", "d": "868"},
    }
    assert dial_up.parse([named]) == (Failure("Work", 868, 1, 9.0),)
    assert dial_up.parse([event(20227, 9), event(20227, 9, "809"), event(20227, 9, "x", "y", "Work", "none")]) == ()


def adapter(name: str, *, link: int = 2, **more: Any) -> dict[str, Any]:
    row = {"InterfaceDescription": name, "HardwareInterface": False, "Hidden": False, "MediaConnectState": link}
    return row | {"State": 2} | more


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (
            [adapter("Fortinet Virtual Ethernet Adapter (NDIS 6.30)")],
            ("Fortinet Virtual Ethernet Adapter (NDIS 6.30)",),
        ),
        ([adapter("TAP-Windows Adapter V9"), adapter("Wintun Userspace Tunnel", link=1)], ()),
        ([adapter("Fortinet SSL VPN Virtual Ethernet Adapter", link=0, State=3)], ()),
        ([adapter("WAN Miniport (IKEv2) VPN", Hidden=True)], ()),
        ([adapter("Bluetooth Device (Personal Area Network)"), adapter("Hyper-V Virtual Ethernet Adapter")], ()),
        ([adapter("Check Point Card", HardwareInterface=True)], ()),
    ],
)
def test_a_vpn_of_another_maker_rests_while_none_is_connected(
    rows: list[dict[str, Any]], expected: tuple[str, ...]
) -> None:
    assert dial_up.parse_adapters(rows) == expected
