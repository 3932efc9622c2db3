"""Wi-Fi: radios, their switches, and what became of the last connections."""

from __future__ import annotations

import struct
from typing import Any

import pytest
from hosts import MACHINE, bare, given

from techkit.host import ProbeError, wlanapi
from techkit.model import Reason
from techkit.readings import services, wireless
from techkit.readings.interfaces import ADAPTER
from techkit.readings.links import Link
from techkit.readings.wireless import Trouble, Wifi

GUID = "{FD7B5BF5-2E4B-4CA4-0000-F633D86283A1}"
NOW = 1_790_000_000.0
NET = "/sys/class/net/wlan0"


# ---------------------------------------------------------------------- what wlanapi gives
def listed(*entries: tuple[str, int]) -> bytes:
    raw = bytes.fromhex("f55b7bfd4b2ea44c0000f633d86283a1")
    body = b"".join(
        raw + name.encode("utf-16-le").ljust(512, b"\0") + struct.pack("<I", state) for name, state in entries
    )
    return struct.pack("<II", len(entries), 0) + body


def test_interfaces_are_told_by_guid_name_and_state() -> None:
    found = wlanapi.interfaces(listed(("Адаптер AX201", 1), ("Other", 99)))
    assert [described for _, described in found] == [
        {"interface": "Адаптер AX201", "guid": GUID, "state": "connected"},
        {"interface": "Other", "guid": GUID, "state": ""},
    ]
    assert wlanapi.interfaces(listed()) == []


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([(0, 1, 1)], ""),
        ([(0, 2, 1), (1, 2, 1)], "software"),
        ([(0, 2, 1), (1, 1, 1)], ""),
        ([(0, 2, 2)], "hardware"),
        ([], ""),
    ],
)
def test_a_radio_is_off_where_every_part_of_it_is(parts: list[tuple[int, int, int]], expected: str) -> None:
    raw = struct.pack("<I", len(parts)) + b"".join(struct.pack("<III", *part) for part in parts)
    assert wlanapi.switched_off(raw.ljust(4 + 64 * 12, b"\0")) == expected


def test_what_is_not_said_is_none() -> None:
    assert wlanapi.number(b"", "<i") is None
    assert wlanapi.number(struct.pack("<i", -61), "<i") == -61
    assert wlanapi.switched_off(b"") == ""


# ---------------------------------------------------------------------- Windows
def event(number: int, hours: float, network: str = "Office", **data: str) -> dict[str, Any]:
    said = {"SSID": network, "ProfileName": network} | data
    return {"id": number, "provider": wireless.PROVIDER, "level": 2, "time": NOW - hours * 3600, "data": said}


def laptop(
    *records: dict[str, Any], state: str = "connected", off: str = "", wired: bool = False, **answers: Any
) -> Wifi:
    radio = {"interface": "AX201", "guid": GUID.lower(), "state": state, "strength": -60, "channel": 44, "off": off}
    link = 1 if state == "connected" else 2
    card = dict.fromkeys(ADAPTER) | {"HardwareInterface": True, "ConnectorPresent": True, "State": 2}
    cards = [card | {"Name": "Wi-Fi", "NdisPhysicalMedium": 9, "InterfaceGuid": GUID, "MediaConnectState": link}]
    cards += [card | {"Name": "Ethernet", "NdisPhysicalMedium": 14, "MediaConnectState": 1}] if wired else []
    row = dict.fromkeys(services.ROWS) | {"Name": "WlanSvc", "State": "Running", "StartMode": "Auto"}
    host = given(
        {
            ("machine",): MACHINE | {"system": "windows", "edition": "client"},
            ("wmi", "root\\StandardCimv2", "MSFT_NetAdapter", ADAPTER, ""): cards,
            ("wmi", "root\\cimv2", "Win32_Service", services.ROWS, ""): [row | answers.pop("service", {})],
            ("radios",): [radio],
            ("events", wireless.LOG, (8001, 8002, 8003), 1, (wireless.PROVIDER,)): list(records),
            ("events", "System", wireless.SLEEPS, 1, (wireless.SLEEP,)): answers.pop("slept", []),
        }
    )
    return wireless.wifi(host)


def test_a_radio_is_named_as_its_adapter() -> None:
    assert laptop() == Wifi((Link("Wi-Fi", signal=-60),), alone=False)
    assert laptop(off="software", state="not_ready") == Wifi((), (("Wi-Fi", "software"),))
    assert not laptop(off="software", state="not_ready", wired=True).alone


def test_a_service_that_rests_is_told_before_its_radios_are_asked() -> None:
    found = laptop(service={"State": "Stopped", "StartMode": "Disabled"})
    assert (found.unit, found.startup) == ("WlanSvc", "disabled")


def test_a_network_that_refuses_the_key_is_told_until_it_lets_in() -> None:
    refused = [event(8002, hours, ReasonCode="294932") for hours in (1, 2)]
    assert laptop(*refused, state="disconnected").troubles == (Trouble("Office", "key", 2, NOW - 3600, "0x48014"),)
    assert laptop(event(8001, 0.5), *refused, state="disconnected").troubles == ()
    assert laptop(*refused).troubles == ()


def test_a_network_that_is_elsewhere_is_no_trouble() -> None:
    assert laptop(event(8002, 1, ReasonCode="163851"), state="disconnected").troubles == ()
    other = laptop(event(8002, 1, ReasonCode="229378"), state="disconnected").troubles
    assert other == (Trouble("Office", "failing", 1, NOW - 3600, "0x38002"),)
    unnamed = laptop({**event(8002, 1), "data": []}, state="disconnected").troubles
    assert unnamed == (Trouble("", "failing", 1, NOW - 3600),)


def test_what_sleep_has_cut_off_is_not_counted() -> None:
    lost = [event(8003, hours, ReasonCode="229387") for hours in (1, 2, 3)]
    slept = [{"id": 42, "provider": wireless.SLEEP, "level": 4, "time": NOW - 2 * 3600 + 30, "data": {}}]
    assert laptop(*lost, slept=slept).troubles == (Trouble("Office", "dropping", 2, NOW - 3600),)
    assert laptop(event(8003, 1, ReasonCode="0")).troubles == ()


# ---------------------------------------------------------------------- Linux
def linux(**files: str) -> Wifi:
    answers: dict[tuple[Any, ...], Any] = {
        ("listdir", "/sys/class/net"): ["wlan0"],
        ("stat", f"{NET}/device"): {"kind": "folder"},
        ("stat", f"{NET}/phy80211"): {"kind": "folder"},
        ("read", f"{NET}/type"): "1",
        ("read", f"{NET}/flags"): "0x1003",
        ("read", f"{NET}/ifindex"): "3",
        ("read", f"{NET}/carrier"): "1",
        ("read", f"{NET}/phy80211/name"): "phy0\n",
        ("listdir", wireless.SWITCHES): ["rfkill0", "rfkill1"],
        ("read", "/sys/class/rfkill/rfkill0/name"): "hci0\n",
        ("read", "/sys/class/rfkill/rfkill1/name"): "phy0\n",
        ("which", "iw"): None,
    }
    return wireless.wifi(
        bare(answers | {("read", f"/sys/class/rfkill/rfkill1/{name}"): text for name, text in files.items()})
    )


def test_rfkill_holds_a_radio_by_a_switch_or_by_software() -> None:
    assert linux(hard="0\n", soft="0\n").off == ()
    assert linux(hard="0\n", soft="1\n").off == (("wlan0", "software"),)
    assert linux(hard="1\n", soft="0\n").off == (("wlan0", "hardware"),)


def test_without_a_radio_there_is_nothing_to_ask() -> None:
    with pytest.raises(ProbeError) as caught:
        wireless.wifi(bare({("listdir", "/sys/class/net"): []}))
    assert caught.value.reason is Reason.INAPPLICABLE
