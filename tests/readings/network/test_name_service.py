"""A name server by what it says of itself: rows in the form of their classes, BIND's journal and settings."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import MACHINE, bare, given

from techkit.host import ProbeError
from techkit.model import Gap, Reason
from techkit.readings.network import name_service
from techkit.readings.network.name_service import Forwarder, Zone
from techkit.readings.os import services

SERVICES = ("wmi", "root\\cimv2", "Win32_Service", services.ROWS, "")
ZONES = ("wmi", name_service.SPACE, "MicrosoftDNS_Zone", name_service.ZONE, "")
SERVER = ("wmi", name_service.SPACE, "MicrosoftDNS_Server", name_service.SERVER, "")
SITE = {"names": ["www.example.com"], "pages": [], "addresses": [], "time": [], "tls": []}


def zone(name: str, kind: int = 1, *, paused: bool = False, shut: bool = False, own: bool = False) -> dict[str, Any]:
    return dict(zip(name_service.ZONE, (name, kind, paused, shut, own), strict=True))


def answer(code: str = "NOERROR", *addresses: str, state: str = "answered") -> dict[str, Any]:
    return {"state": state, "code": code, "addresses": list(addresses), "milliseconds": 1.0}


WINDOWS = {
    ("machine",): MACHINE | {"system": "windows"},
    ("site",): SITE,
    SERVICES: [{"Name": "DNS", "State": "Running", "StartMode": "Auto"}],
    ZONES: [zone("corp.example"), zone("0.in-addr.arpa", shut=True, own=True), zone("other.example", 4, shut=True)],
    SERVER: [{"Forwarders": ["10.0.0.9", "1.1.1.1"], "IsSlave": False}],
    ("dns", "10.0.0.9", "www.example.com", "A"): answer(state="timeout"),
    ("dns", "1.1.1.1", "www.example.com", "A"): answer("NOERROR", "192.0.2.1"),
}


def test_a_healthy_name_server_of_windows_with_a_silent_forwarder() -> None:
    seen = name_service.name_service(given(WINDOWS))
    assert (seen.zones, seen.only, seen.unseen) == ((), False, ())
    assert seen.forwarders == (Forwarder("10.0.0.9", "timeout"), Forwarder("1.1.1.1", "answered"))


def test_a_zone_is_told_only_where_it_gives_no_answer() -> None:
    rows = [zone("corp.example", shut=True), zone("shop.example", paused=True), zone("well.example", shut=True)]
    asked = {
        ZONES: rows,
        ("dns", "127.0.0.1", "corp.example", "SOA"): answer("SERVFAIL"),
        ("dns", "127.0.0.1", "shop.example", "SOA"): ProbeError(Reason.TIMEOUT),
        ("dns", "127.0.0.1", "well.example", "SOA"): answer("NOERROR", "ns1. root. 1 2 3 4 5"),
    }
    seen = name_service.name_service(given(WINDOWS | asked))
    assert seen.zones == (Zone("corp.example", "expired"), Zone("shop.example", "paused"))


def test_what_the_administrator_alone_may_ask_is_a_gap() -> None:
    shut = {ZONES: ProbeError(Reason.FORBIDDEN), SERVER: ProbeError(Reason.INAPPLICABLE)}
    seen = name_service.name_service(given(WINDOWS | shut))
    assert seen.unseen == (
        Gap("MicrosoftDNS_Zone", Reason.FORBIDDEN),
        Gap("MicrosoftDNS_Server", Reason.MISSING),
    )


def test_others_answer_for_no_names() -> None:
    with pytest.raises(ProbeError) as caught:
        name_service.name_service(given(WINDOWS | {SERVICES: [{"Name": "Dhcp", "State": "Running"}]}))
    assert caught.value.reason is Reason.INAPPLICABLE


JOURNAL = """zone example.org/IN: loading from master file /etc/bind/db.example.org failed: unknown RR type 'AA'
zone example.org/IN: not loaded due to errors.
zone mended.example/IN: not loaded due to errors.
zone mended.example/IN: loaded serial 2026010102
zone inner.example/IN/internal: not loaded due to errors.
zone localhost/IN: loaded serial 2
"""
CONF = """options {
    // forwarders { 9.9.9.9; };
    /* forwarders {
       8.8.4.4; }; */
    forwarders { 10.0.0.9; 10.0.0.10 port 5353; };  # inside
    forward only;
};
"""
SHOW = ("run", "systemctl", "show", f"--property={','.join(services.PROPERTIES)}", "--", *name_service.UNITS)
LOG = ("run", "journalctl", "-u", "named.service", "-b", "-o", "cat", "-n", "400", "--no-pager")
RUNNING = "Id=named.service\nLoadState=loaded\nActiveState=active\n\nId=bind9.service\nLoadState=not-found\n"
BIND = {
    ("site",): SITE,
    ("stat", "/run/systemd/system"): {"kind": "folder"},
    SHOW: {"code": 0, "out": RUNNING, "err": ""},
    LOG: {"code": 0, "out": JOURNAL, "err": ""},
    ("read", "/etc/bind/named.conf.options"): CONF,
    ("dns", "10.0.0.9", "www.example.com", "A"): answer(state="timeout"),
    ("dns", "10.0.0.10", "www.example.com", "A"): answer(state="timeout"),
    ("dns", "127.0.0.1", "example.org", "SOA"): answer("SERVFAIL"),
    ("dns", "127.0.0.1", "inner.example", "SOA"): answer("NOERROR", "ns1. root. 1 2 3 4 5"),
}


def test_bind_by_its_journal_and_its_settings() -> None:
    seen = name_service.name_service(bare(BIND))
    assert seen.zones == (Zone("example.org", "not_loaded"), Zone("inner.example", "not_loaded", served=True))
    assert [one.state for one in seen.forwarders] == ["timeout", "timeout"]
    assert (seen.only, seen.unseen) == (True, ())


@pytest.mark.parametrize(("elevated", "reason"), [(False, Reason.FORBIDDEN), (True, Reason.UNREADABLE)])
def test_a_journal_that_says_nothing_is_a_gap(elevated: bool, reason: Reason) -> None:
    answers = BIND | {LOG: {"code": 1, "out": "", "err": "no"}, ("machine",): MACHINE | {"elevated": elevated}}
    assert name_service.name_service(bare(answers)).unseen == (Gap("journalctl", reason),)


def test_settings_without_forwarders() -> None:
    assert name_service.parse_settings("options { recursion yes; };") == ((), False)
    assert name_service.parse_settings("forwarders { };") == ((), False)
