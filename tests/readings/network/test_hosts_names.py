"""The names of the hosts file beside what name servers say."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import bare

from techkit.readings.network import hosts_names
from techkit.readings.network.hosts_names import Name

OWN = {
    ("resolve", "pc-17"): {"addresses": ["10.0.0.5"], "error": "none", "milliseconds": 1},
    ("which", "freshclam"): None,
}


def look(text: str, more: dict[tuple[Any, ...], Any] | None = None) -> hosts_names.Written:
    file = {("read", "/etc/hosts"): f"127.0.0.1 localhost\n{text}"}
    servers = {("read", "/etc/resolv.conf"): "nameserver 10.0.0.1\n", ("stat", "/etc/resolv.conf"): {"link": None}}
    return hosts_names.look(bare(OWN | file | servers | (more or {})))


def said(code: str, *addresses: str, state: str = "answered") -> dict[str, Any]:
    return {"state": state, "code": code, "addresses": list(addresses)}


@pytest.mark.parametrize(
    ("answer", "expected", "differs", "unasked"),
    [
        (said("NOERROR", "192.0.2.7"), ("192.0.2.7",), False, False),
        (said("NOERROR", "192.0.2.8"), ("192.0.2.8",), True, False),
        (said("NXDOMAIN"), (), False, False),
        (said("SERVFAIL"), None, False, True),
        (said("", state="timeout"), None, False, True),
    ],
)
def test_a_name_beside_what_a_server_says(
    answer: dict[str, Any],
    expected: tuple[str, ...] | None,
    *,
    differs: bool,
    unasked: bool,
) -> None:
    (name,) = look("192.0.2.7 www.example.com\n", {("dns", "10.0.0.1", "www.example.com", "A"): answer}).names
    assert (name.expected, name.differs, name.unasked) == (expected, differs, unasked)


def test_a_name_that_is_blocked_or_nobody_elses_is_not_asked_for() -> None:
    assert look("0.0.0.0 ads.example.com\n10.0.0.5 pc-17\n10.0.0.9 nas.local\n").names == (
        Name("0.0.0.0", "ads.example.com", blocks=True),  # noqa: S104 - an address, nothing listens
    )


def test_names_of_its_own_that_a_machine_does_not_find() -> None:
    nothing = {"addresses": [], "error": "unknown", "milliseconds": 1}
    assert look("", {("resolve", "pc-17"): nothing}).lost == ("pc-17",)
    assert look("127.0.1.1 pc-17\n", {("resolve", "pc-17"): nothing}).lost == ()


def test_a_file_that_programs_do_not_read_tells_nothing() -> None:
    answers = {("read", "/etc/nsswitch.conf"): "hosts: dns\n", ("resolve", "localhost"): {"error": "unknown"}}
    seen = look("", answers)
    assert (seen.read, seen.lost) == (False, ("localhost",))


def test_an_address_elsewhere_for_localhost() -> None:
    assert look("10.6.6.6 localhost\n").strayed == ("10.6.6.6",)
