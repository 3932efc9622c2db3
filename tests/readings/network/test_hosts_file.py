"""Names that are answered on this machine, before anybody is asked."""

from __future__ import annotations

import re
from typing import Any

import pytest
from conftest import ROOT
from hosts import MACHINE, given
from hypothesis import given as any_of
from hypothesis import strategies as st

from techkit import catalogue
from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.network import hosts_file
from techkit.readings.network.hosts_file import Entry

WINDOWS: dict[tuple[Any, ...], Any] = {("machine",): MACHINE | {"system": "windows"}}


def test_every_name_of_a_line() -> None:
    text = (
        "\ufeff# head\n127.0.0.1\tlocalhost\n  192.0.2.6 WWW.Example.org. example.org # x.example\n::1 ip6-localhost\n"
    )
    assert hosts_file.parse(text.lstrip("\ufeff")) == (
        Entry("127.0.0.1", "localhost"),
        Entry("192.0.2.6", "www.example.org"),
        Entry("192.0.2.6", "example.org"),
        Entry("::1", "ip6-localhost"),
    )


@pytest.mark.parametrize("line", ["", "192.0.2.6", "www.example.org 192.0.2.6", "192.0.2.600 a.example", "#1.2.3.4 a"])
def test_lines_that_say_nothing(line: str) -> None:
    assert hosts_file.parse(line) == ()


@any_of(st.text())
def test_nothing_raises(text: str) -> None:
    hosts_file.parse(text)
    hosts_file.parse(f"192.0.2.6 {text}")


@pytest.mark.parametrize(
    ("address", "expected"),
    [("0.0.0.1", False), ("::", True), ("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("192.0.2.6", False)],
)
def test_which_addresses_lead_nowhere(address: str, expected: Any) -> None:
    assert Entry(address, "a.example").blocks is expected


def test_where_it_lies() -> None:
    assert hosts_file.path(given()) == "/etc/hosts"
    root = {"values": {"SystemRoot": "D:\\Windows"}, "keys": []}
    assert hosts_file.path(given({**WINDOWS, ("registry", hosts_file.VERSION): root})) == (
        "D:\\Windows\\System32\\drivers\\etc\\hosts"
    )
    assert hosts_file.path(given(WINDOWS)) == "C:\\Windows\\System32\\drivers\\etc\\hosts"


def test_without_a_file_no_names() -> None:
    assert hosts_file.entries(given({("read", "/etc/hosts"): ProbeError(Reason.MISSING, "")})) == ()


def test_the_remedy_spares_the_names_of_this_machine() -> None:
    page = catalogue.load(ROOT / "fixes" / "network" / "hosts" / "redirected.toml")
    (pattern,) = [
        step.args["remove_lines"] for remedy in page.remedy for step in remedy.step if "remove_lines" in step.args
    ]
    removed = re.compile(pattern.replace("{target}", re.escape("127.0.0.1")))
    lines = {
        "127.0.0.1 localhost": False,
        "127.0.0.1\tlocalhost.localdomain localhost": False,
        "127.0.0.1 pc-17": False,
        "127.0.0.10 update.example": False,
        "# 127.0.0.1 update.example": False,
        "127.0.0.1 update.example": True,
        "  127.0.0.1\tupdate.example # theirs": True,
    }
    assert {line: bool(removed.search(line)) for line in lines} == lines
