"""What leaves this machine names neither it nor its people."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec
import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from techkit.config import Settings
from techkit.diagnose import diagnose
from techkit.host import Host, tape
from techkit.model import Finding, Private, Severity
from techkit.privacy import leaks, redact, redact_text, tokens

if TYPE_CHECKING:
    from pathlib import Path

PRIVATE = (Private("host", "PC-17"), Private("person", "alice"), Private("person", "Alice Liddell"))


def test_the_same_name_becomes_the_same_token_whatever_its_case() -> None:
    assert redact_text("pc-17: /home/alice, ALICE on PC-17.corp", tokens(PRIVATE)) == (
        "host-1: /home/person-1, person-1 on host-1.corp"
    )


def test_longer_names_come_before_their_parts() -> None:
    assert redact_text("Alice Liddell", tokens(PRIVATE)) == "person-2"


def test_only_whole_words_are_names() -> None:
    assert redact_text("alices malice", tokens(PRIVATE)) == "alices malice"


def test_a_record_keeps_its_type_and_its_numbers() -> None:
    finding = Finding("a.b.c", Severity.WARNING, "alice", {"path": "/home/alice", "names": ("alice", "bob"), "size": 3})
    hidden = redact(finding, PRIVATE)
    assert hidden.subject == "person-1"
    assert hidden.facts == {"path": "/home/person-1", "names": ("person-1", "bob"), "size": 3}


def test_the_finished_artefact_is_searched_once_more() -> None:
    assert leaks("sent by Alice", PRIVATE) == ("alice",)
    assert leaks("sent by person-1", PRIVATE) == ()
    assert leaks("every disk of alice", (Private("host", "disk"),), "The disk is full") == ()


names = st.lists(
    st.builds(Private, st.sampled_from(["host", "person"]), st.text("abcdeхыъ-. ", min_size=2, max_size=9)), max_size=5
)


@given(names, st.text("abcdeхыъ-. :/", max_size=80))
def test_redacting_twice_changes_nothing_more(privates: list[Private], text: str) -> None:
    known = tokens([private for private in privates if private.value.strip(" .-") == private.value])
    once = redact_text(text, known)
    assert redact_text(once, known) == once


PERSONAL = re.compile(
    r"S-1-5-21-\d{4,}|(?:[0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}|[\w.]+@[\w-]+\.\w+|\banna\b|Олег|\bfs01\b|corp\.example",
    re.IGNORECASE,
)


@pytest.mark.parametrize(
    "name", ["office-broken", "share-full", "laptop-russian", "domain-astray", "other-account", "update-server-gone"]
)
def test_a_tape_without_names_is_judged_as_the_machine_was(tmp_path: Path, name: str) -> None:
    done = diagnose(Settings(), tape=ROOT / "tests" / "tapes" / f"windows-11-{name}.json")
    recording = redact(tape.recorded(done.host, "0"), done.host.privates, own=("techkit", "system"))
    file = tmp_path / "tape.json"
    file.write_bytes(msgspec.json.encode(recording))
    assert PERSONAL.findall(file.read_text(encoding="utf-8")) == []
    again = diagnose(Settings(), tape=file).incident
    assert [cause.code for cause in again.causes] == [cause.code for cause in done.incident.causes]
    assert [(one.check, one.outcome) for one in again.results] == [
        (one.check, one.outcome) for one in done.incident.results
    ]


@pytest.mark.parametrize(
    ("name", "private"),
    [
        ("fs01", True), ("nas.home.example", True), ("Fritz!Box 7590", True), ("TP-Link_1234", True), ("Office", False),
        ("Офис", False), ("nas", False), ("10", False), ("5G", False), ("192.168.1.20", False), ("fe80::1", False),
        ("", False),
    ],
)  # fmt: skip
def test_a_chosen_name_is_private_unless_it_is_a_plain_word_or_an_address(name: str, private: bool) -> None:
    host = Host(tape.Tape(tape.Recording("windows", 0, [])))
    host.named("network", name)
    assert host.privates == ((Private("network", name),) if private else ())
