"""Wi-Fi: radios, their switches, and what became of the last connections."""

from __future__ import annotations

import struct
from typing import Any

import pytest
from hosts import MACHINE, bare, given

from techkit.host import ProbeError, wlanapi
from techkit.model import Reason
from techkit.readings.network import wireless
from techkit.readings.network.interfaces import ADAPTER
from techkit.readings.network.links import Link
from techkit.readings.network.routes import PROFILE
from techkit.readings.network.wireless import Network, Trouble, Wifi
from techkit.readings.os import services

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


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        (
            "<MSM><security><authEncryption><authentication>WPA3SAE</authentication><encryption>AES</encryption>",
            {"authentication": "WPA3SAE", "encryption": "AES"},
        ),
        (
            "<authentication> open </authentication>\r\n<encryption>none</encryption>",
            {"authentication": "open", "encryption": "none"},
        ),
        ("<WLANProfile/>", {"authentication": "", "encryption": ""}),
    ],
)
def test_of_what_windows_has_noted_only_the_protection_is_taken(profile: str, expected: dict[str, str]) -> None:
    assert wlanapi.security(profile) == expected


@pytest.mark.parametrize(
    ("channel", "six", "expected"),
    [
        (1, True, "2.4/6"), (1, False, "2.4"), (6, True, "2.4"), (13, True, "2.4/6"), (14, True, "2.4"),
        (36, True, "5"), (144, True, "5"), (145, True, "6"), (149, True, "5/6"), (149, False, "5"), (177, False, "5"),
        (17, True, "6"), (181, True, "6"), (233, True, "6"), (18, True, ""), (0, True, ""), (5180, True, ""),
    ],
)  # fmt: skip
def test_a_channel_that_stands_for_two_bands_is_told_as_both(channel: int, six: bool, expected: str) -> None:
    assert wireless.band_of_channel(channel, six=six) == expected


# ---------------------------------------------------------------------- Windows
def event(number: int, hours: float, network: str = "Office", **data: str) -> dict[str, Any]:
    said = {"SSID": network, "ProfileName": network} | data
    return {"id": number, "provider": wireless.PROVIDER, "level": 2, "time": NOW - hours * 3600, "data": said}


def laptop(
    *records: dict[str, Any], state: str = "connected", off: str = "", wired: bool = False, **answers: Any
) -> Wifi:
    radio = {"interface": "AX201", "guid": GUID.lower(), "state": state, "strength": -60, "off": off}
    radio |= {"channel": answers.pop("channel", 44)}
    link = 1 if state == "connected" else 2
    card = dict.fromkeys(ADAPTER) | {"HardwareInterface": True, "ConnectorPresent": True, "State": 2}
    cards = [card | {"Name": "Wi-Fi", "NdisPhysicalMedium": 9, "InterfaceGuid": GUID, "MediaConnectState": link}]
    cards[0]["InterfaceIndex"] = 7
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
            ("wmi", "root\\StandardCimv2", "MSFT_NetConnectionProfile", PROFILE, ""): answers.pop("shown", []),
            ("wireless_network", GUID.lower(), "Office"): answers.pop("noted", ProbeError(Reason.MISSING)),
        }
    )
    return wireless.wifi(host)


def test_a_radio_is_named_as_its_adapter() -> None:
    assert laptop() == Wifi((Link("Wi-Fi", signal=-60, band="5", channel=44),), alone=False)
    assert laptop(off="software", state="not_ready") == Wifi((), (("Wi-Fi", "software"),))
    assert not laptop(off="software", state="not_ready", wired=True).alone


@pytest.mark.parametrize(
    ("authentication", "encryption", "protection"),
    [
        ("open", "none", "open"), ("open", "WEP", "WEP"), ("shared", "WEP", "WEP"), ("WPAPSK", "AES", "WPA"),
        ("WPA2PSK", "TKIP", "WPA"), ("WPA2", "AES", "WPA2"), ("WPA3SAE", "AES", ""), ("OWE", "AES", ""),
    ],
)  # fmt: skip
def test_a_network_is_as_protected_as_windows_has_noted(authentication: str, encryption: str, protection: str) -> None:
    noted = {"authentication": authentication, "encryption": encryption}
    found = laptop(event(8001, 2, InterfaceGuid=GUID), noted=noted)
    assert found.networks == (Network("Wi-Fi", "Office", protection),)


def test_a_network_of_which_the_log_tells_no_more_is_known_by_how_windows_shows_it() -> None:
    noted = {"authentication": "WPA2PSK", "encryption": "AES"}
    shown = [
        dict.fromkeys(PROFILE) | {"Name": name, "InterfaceIndex": index} for name, index in (("LAN", 3), ("Office", 7))
    ]
    found = laptop(event(8002, 1, "Café", InterfaceGuid=GUID), noted=noted, shown=shown, channel=1)
    assert found.networks == (Network("Wi-Fi", "Office", "WPA2"),)
    assert found.links[0].band == "2.4"
    assert laptop(shown=shown, channel=1).links[0].band == "2.4/6"
    assert laptop(shown=shown).networks == ()


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
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("*:Office:5180 MHz:WPA2", (Network("wlan0", "Office", "WPA2"), "5")),
        (r"*:Caf\:e:2437 MHz:", (Network("wlan0", "Caf:e", "open"), "2.4")),
        ("*:Old:2412 MHz:WEP", (Network("wlan0", "Old", "WEP"), "2.4")),
        ("*:Old:2412 MHz:WPA1", (Network("wlan0", "Old", "WPA"), "2.4")),
        ("*:Both:2412 MHz:WPA1 WPA2", (Network("wlan0", "Both", "WPA2"), "2.4")),
        ("*:New:5955 MHz:WPA3", (Network("wlan0", "New"), "6")),
        ("*:Work:5885 MHz:WPA2 WPA3 802.1X", (Network("wlan0", "Work"), "5")),
        ("*:Guests:2412 MHz:OWE", (Network("wlan0", "Guests"), "2.4")),
        (" :Other:2412 MHz:WEP", (None, "")),
        ("Error: NetworkManager is not running.", (None, "")),
    ],
)
def test_networkmanager_tells_the_protection_and_the_band(line: str, expected: tuple[Network | None, str]) -> None:
    assert wireless.parse_nmcli("wlan0", f" :Neighbour:2412 MHz:WPA2\n{line}\n") == expected


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


def test_a_windows_whose_only_adapters_are_of_software_has_no_radio() -> None:
    port = dict.fromkeys(ADAPTER) | {"Name": "Local Area Connection* 1", "State": 2}
    hidden = port | {"HardwareInterface": False, "ConnectorPresent": False, "InterfaceGuid": GUID}
    machine = MACHINE | {"system": "windows", "edition": "client"}
    answers = {("machine",): machine, ("wmi", "root\\StandardCimv2", "MSFT_NetAdapter", ADAPTER, ""): [hidden]}
    with pytest.raises(ProbeError) as caught:
        wireless.wifi(given(answers))
    assert caught.value.reason is Reason.INAPPLICABLE
