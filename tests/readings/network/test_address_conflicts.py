"""Who else has our addresses."""

from __future__ import annotations

from hosts import MACHINE, given

from techkit.readings.network import address_conflicts
from techkit.readings.network.address_conflicts import Claim
from techkit.readings.network.interfaces import ADAPTER

SIX = """\
fe80000000000000c8970cfffe900efb 02 40 20 80     eth0
20010db8007700000000000000000050 02 40 00 {flags}     eth0
00000000000000000000000000000001 01 80 10 80       lo
"""


def test_the_kernel_marks_addresses_that_somebody_has() -> None:
    assert address_conflicts.parse_if_inet6(SIX.format(flags="80")) == []
    assert address_conflicts.parse_if_inet6(SIX.format(flags="88")) == [Claim("eth0", "2001:db8:77::50", taken=True)]


def test_windows_marks_duplicates() -> None:
    properties = ("IPAddress", "InterfaceAlias", "AddressState")
    rows = [
        {"IPAddress": "10.0.0.5", "InterfaceAlias": "Ethernet", "AddressState": 2},
        {"IPAddress": "127.0.0.1", "InterfaceAlias": "Loopback", "AddressState": 4},
    ]
    card = {"Name": "Ethernet", "HardwareInterface": False, "ConnectorPresent": False}
    host = given(
        {
            ("machine",): MACHINE | {"system": "windows"},
            ("wmi", "root\\StandardCimv2", "MSFT_NetIPAddress", properties, ""): rows,
            ("wmi", "root\\StandardCimv2", "MSFT_NetAdapter", ADAPTER, ""): [card],
            (
                "events",
                "System",
                (address_conflicts.CONFLICT,),
                address_conflicts.DAYS,
                (address_conflicts.PROVIDER,),
            ): [],
        }
    )
    assert [claim.taken for claim in address_conflicts.asked(host)] == [True, False]


def test_windows_remembers_whom_it_has_met() -> None:
    events = [
        {"time": 9.0, "data": ["", "10.0.0.5", "02-00-5E-00-53-09"]},
        {"time": 8.0, "data": ["", "10.0.0.5", "02-00-5E-00-53-07"]},
        {"time": 7.0, "data": ["", "", ""]},
        {"time": 6.0, "data": {}},
    ]
    assert address_conflicts.met(events) == {"10.0.0.5": ("02:00:5e:00:53:09", 9.0)}
