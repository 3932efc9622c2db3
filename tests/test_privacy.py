"""What leaves this machine names neither it nor its people."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from techkit.model import Finding, Private, Severity
from techkit.privacy import leaks, redact, redact_text, tokens

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
