"""One rich incident in every format, language and reader, as it was last read by a person."""

from __future__ import annotations

import html.parser
import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from incidents import HOSTILE, rich
from markdown_it import MarkdownIt

from techkit import incident, report
from techkit.model import Incident
from techkit.report import markdown
from techkit.report.view import READERS
from techkit.words import LANGUAGES

if TYPE_CHECKING:
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

SCHEMA = ROOT / "src" / "techkit" / "report" / "incident.schema.json"


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", report.FORMATS)
def test_a_report_reads_as_it_was_last_read(form: str, language: str, reader: str, snapshot: SnapshotAssertion) -> None:
    assert report.render(rich(), form, language, reader) == snapshot


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("form", ["terminal", "markdown", "html"])
def test_hostile_text_does_nothing(form: str, reader: str) -> None:
    text = report.render(rich(), form, "en", reader)
    assert "\x1b" not in text
    if form == "markdown":
        text = MarkdownIt("commonmark").render(text)
        assert "<code>code</code>" not in text
        assert "<em>x" not in text
    if form in {"html", "markdown"}:
        assert "<script" not in text
    if form == "terminal" and reader == "specialist":
        assert "[red]" in text  # shown, not obeyed


class Reader(html.parser.HTMLParser):
    """Collects what an HTML report would load, and whether its tags close."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember what has to be closed."""
        self.loads += [value or "" for name, value in attrs if name in {"src", "href"}]
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the last one."""
        assert self.open.pop() == tag


@pytest.mark.parametrize("reader", READERS)
def test_html_is_whole_and_loads_nothing(reader: str) -> None:
    read = Reader()
    read.feed(report.render(rich(), "html", "ru", reader))
    assert read.open == []
    assert read.loads == []


def test_json_has_what_programs_rely_on() -> None:
    document = json.loads(report.render(rich(), "json", "ru", "specialist"))
    cause = document["causes"][0]
    assert cause["title"] == "Сервер имён 10.0.0.53 не отвечает"
    assert {"code", "severity", "title", "why", "subject", "facts", "remedies", "consequences"} <= cause.keys()
    assert {"id", "title", "risk", "admin", "undoable", "steps"} <= cause["remedies"][0].keys()
    assert [remedy["undoable"] for remedy in cause["remedies"]] == [False, True]
    assert [one["state"] for one in cause["consequences"]] == ["found", "not_checked"]
    assert document["causes"][1]["facts"]["volume"] == HOSTILE


def test_a_report_can_be_made_again_from_json(tmp_path: Path) -> None:
    file = tmp_path / "incident.json"
    file.write_text(report.render(rich(), "json", "en", "user"), encoding="utf-8")
    again = incident.load(file)
    assert again == rich()
    assert report.render(again, "terminal", "ru", "user") == report.render(rich(), "terminal", "ru", "user")


def test_exit_codes_follow_the_monitoring_convention() -> None:
    whole = rich()
    assert whole.exit_code == 2
    assert msgspec.structs.replace(whole, causes=whole.causes[1:]).exit_code == 1
    assert msgspec.structs.replace(whole, causes=()).exit_code == 3
    calm = tuple(result for result in whole.results if not result.gaps)
    assert msgspec.structs.replace(whole, causes=(), results=calm).exit_code == 0


def test_the_published_schema_is_the_records_own() -> None:
    schema: Any = json.loads(msgspec.json.encode(msgspec.json.schema(Incident)))
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == schema, "write it anew: python -m techkit.report.schema"


@pytest.mark.parametrize(
    ("command", "span"),
    [
        ("techkit fix os.memory_kills.killed", "`techkit fix os.memory_kills.killed`"),
        ("echo `a_b`", "`` echo `a_b` ``"),
        ("two\nlines ``` of <b>", "```` two lines ``` of <b> ````"),
    ],
)
def test_a_command_in_a_ticket_can_be_copied_as_it_stands(command: str, span: str) -> None:
    assert markdown.code(command) == span


def test_a_command_stays_in_one_piece_on_a_narrow_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    told = {reader: report.render(rich(), "terminal", "en", reader).splitlines() for reader in READERS}
    assert "techkit fix network.dns.silent" in {line.strip() for line in told["specialist"]}
    assert "techkit fix network.dns.silent" in told["user"]
    assert "  To see it again: dig @10.0.0.53 example.com" in told["specialist"]


def test_the_user_is_told_what_could_not_be_looked_at_and_what_would_lift_it() -> None:
    assert "? “disk.health” (/dev/sda): needs administrator; run techkit as administrator" in report.render(
        rich(), "terminal", "en", "user"
    )
    incident = rich()
    machine = msgspec.structs.replace(incident.machine, elevated=True)
    told = report.render(msgspec.structs.replace(incident, machine=machine), "terminal", "en", "user")
    assert "(/dev/sda): access was denied, even to an administrator" in told


def test_a_run_that_was_cut_off_is_no_good_news() -> None:
    nothing = msgspec.structs.replace(rich(), causes=(), results=(), complete=False)
    for form in ("terminal", "markdown", "html"):
        text = report.render(nothing, form, "en", "user")
        assert "Nothing wrong was found so far." in text
        assert "This run was interrupted" in text
        assert "✓" not in text


CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
NAMES = (
    "</script><img src=x onerror=1>", "[a](javascript:alert(1))", "![x](http://x)", "```\n# head", "a|b\n|---|", "1. x",
    "\u202egnp.exe", "\x9b31m", "[link=file:///etc]x[/link]", "x" * 10_000, "&lt;b&gt;", "{0}{subject}{{", "   ",
)  # fmt: skip


def everywhere(name: str) -> Incident:
    """The incident with one name wherever a machine's own text can stand."""
    document = msgspec.to_builtins(rich())
    document["machine"] |= {"name": name, "release": name, "person": name}
    findings = [finding for result in document["results"] for finding in result["findings"]]
    for told in (*document["causes"], *document["notes"], *document["muted"], *findings):
        told["subject"] = name
        told["facts"] = {key: name if isinstance(value, str) else value for key, value in told["facts"].items()}
    for gap in (gap for result in document["results"] for gap in result["gaps"]):
        gap |= {"subject": name, "detail": name}
    document["timeline"] = [
        *document["timeline"],
        {"at": "2026-11-23T09:05:00Z", "what": "complained", "subject": name},
    ]
    document["problems"] = [name]
    return msgspec.convert(document, Incident)


def marks(page: str) -> set[str]:
    """The tags of an HTML document."""
    read = Reader()
    found: set[str] = set()
    read.handle_starttag = lambda tag, attrs: found.update((tag, *(name for name, _ in attrs)))  # type: ignore[method-assign]
    read.handle_endtag = lambda tag: None  # type: ignore[method-assign]  # noqa: ARG005 - the parser's signature
    read.feed(page)
    return found


@cache
def usual(language: str, reader: str) -> set[str]:
    """The tags of a report whose names are plain."""
    return marks(report.render(everywhere("name"), "html", language, reader)) | {"open"}


@settings(max_examples=40)
@given(st.sampled_from(NAMES) | st.text(max_size=80), st.sampled_from(READERS), st.sampled_from(LANGUAGES))
def test_no_name_does_more_than_be_read(name: str, reader: str, language: str) -> None:
    incident = everywhere(name)
    for form in ("terminal", "markdown", "html"):
        text = report.render(incident, form, language, reader)
        assert not CONTROLS.search(text)
        if form == "html":
            assert marks(text) <= usual(language, reader)
        if form == "markdown":
            assert not marks(MarkdownIt("commonmark").render(text)) & {"a", "img", "script", "pre", "table"}


def test_a_quoted_name_within_a_quotation_has_the_inner_marks() -> None:
    incident = rich()
    code = incident.causes[0].code
    page = msgspec.structs.replace(incident.pages[code], title={"en": 'The pool "x" is off', "ru": "Пул «x» отключён"})
    quoted = msgspec.structs.replace(incident, pages={**incident.pages, code: page})
    assert "скажите: «PC-17: Пул „x“ отключён»." in report.render(quoted, "terminal", "ru", "user")
