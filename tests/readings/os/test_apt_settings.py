"""How apt is set."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import bare
from hypothesis import given as any_of
from hypothesis import strategies as st

from techkit.host import ProbeError
from techkit.model import Gap, Reason
from techkit.readings.os import apt_settings
from techkit.readings.supplements import Supplements

SHUT = ProbeError(Reason.FORBIDDEN)


def test_settings_short_and_nested() -> None:
    text = """// a comment
APT::Periodic::Update-Package-Lists "1"; # another
APT { Periodic { Enable "0"; /* and
one more */ }; };
Acquire::http::Proxy "http://proxy.example:3128/";
"""
    assert apt_settings.parse_settings(text) == {
        "apt::periodic::update-package-lists": "1",
        "apt::periodic::enable": "0",
        "acquire::http::proxy": "http://proxy.example:3128/",
    }


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('APT::Periodic { Enable "1"; };\n', 0),
        ('A { B "}"; }; // }\n', 0),
        ('A {\n B "1";\n', 2),
        ('A "1";\n}}\n', 2),
        ("", 0),
    ],
)
def test_braces_that_do_not_fit(text: str, line: int) -> None:
    bad = apt_settings.parse_braces(text, "x")
    assert (bad.line if bad else 0) == line


@pytest.mark.parametrize(
    ("text", "forbids"),
    [
        ("Package: *\nPin: release *\nPin-Priority: -1\n", True),
        ("Package: *\nPin: release a=*\nPin-Priority: -10\n", True),
        ("Package: snapd\nPin: release *\nPin-Priority: -1\n", False),
        ("Package: *\nPin: release a=sid\nPin-Priority: -1\n", False),
        ("Package: *\nPin: release *\nPin-Priority: 100\n", False),
    ],
)
def test_preferences_that_forbid_everything(text: str, forbids: bool) -> None:
    assert apt_settings.parse_pins(text) is forbids


@any_of(st.text(max_size=200))
def test_no_text_breaks_the_parsers(text: str) -> None:
    apt_settings.parse_settings(text)
    apt_settings.parse_pins(text)
    apt_settings.parse_braces(text, "x")


def machine(**texts: Any) -> dict[tuple[Any, ...], Any]:
    """Answers for the files of a folder, and for nothing else."""
    folders = {("listdir", f"/etc/apt/{folder}"): list(texts) for folder in ("apt.conf.d", "preferences.d")}
    files = {("read", f"/etc/apt/{f}/{name}"): texts[name] for f in ("apt.conf.d", "preferences.d") for name in texts}
    return folders | files


def test_a_later_file_goes_before_an_earlier() -> None:
    answers = machine(a='X::Y "1";', b='X::Y "2";')
    assert apt_settings.settings(bare(answers)) == {"x::y": "2"}
    assert apt_settings.merged(apt_settings.texts(Supplements(bare(answers)))) == {"x::y": "2"}


def test_a_file_that_is_shut_is_told_beside_what_the_others_say() -> None:
    more = Supplements(bare(machine(a='X "1";\n}', b=SHUT)))
    (bad,) = apt_settings.bad_settings(apt_settings.texts(more))
    assert (bad.file, more.unseen) == (
        "/etc/apt/apt.conf.d/a",
        (Gap("/etc/apt/apt.conf.d/b", Reason.FORBIDDEN, question="read"),),
    )
    with pytest.raises(ProbeError):
        apt_settings.settings(bare(machine(b=SHUT)))


def test_the_file_that_forbids_all_is_found_beside_one_that_is_shut() -> None:
    more = Supplements(bare(machine(a=SHUT, b="Package: *\nPin: release *\nPin-Priority: -1\n")))
    assert apt_settings.forbidden(more) == "/etc/apt/preferences.d/b"
    assert [gap.subject for gap in more.unseen] == ["/etc/apt/preferences.d/a"]


def test_which_machine_updates_itself() -> None:
    tool: dict[tuple[Any, ...], Any] = {("stat", "/usr/bin/unattended-upgrade"): {"kind": "file"}}
    on = 'APT::Periodic::Unattended-Upgrade "1";'
    assert apt_settings.automatic(bare(tool | machine(a=on)))
    assert not apt_settings.automatic(bare(tool | machine(a=on, b='APT::Periodic::Enable "0";')))
    assert not apt_settings.automatic(bare(machine(a=on)))
