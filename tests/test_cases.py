"""Every case: what a check observed, and what it must find."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from conftest import cases, judged, read

from techkit import catalogue, registry, words
from techkit.model import Finding, Gap

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from techkit.model import Page

CENTURY = 36525
"""Days; more of them are seconds."""


@pytest.mark.parametrize(("name", "file"), [pytest.param(n, f, id=f"{n}/{f.stem}") for n, f in cases()])
def test_the_judge_finds_what_the_case_says(name: str, file: Path) -> None:
    case, verdicts = read(file), judged(name, file)
    found = [verdict for verdict in verdicts if isinstance(verdict, Finding)]
    gaps = [verdict for verdict in verdicts if isinstance(verdict, Gap)]

    assert [(f"{name}.{f.code}", f.severity, f.subject) for f in found] == [
        (f["code"], f["severity"], f["subject"]) for f in case["findings"]
    ]
    for finding, expected in zip(found, case["findings"], strict=True):
        facts = msgspec.json.decode(msgspec.json.encode(finding.facts))
        assert {key: facts.get(key) for key in expected.get("facts", {})} == expected.get("facts", {})
    assert [(g.subject, g.reason) for g in gaps] == [(g["subject"], g["reason"]) for g in case.get("unseen", [])]


def told(name: str, file: Path) -> Iterator[tuple[str, Page, dict[str, Any]]]:
    """The code, the page and the facts of everything that a case finds."""
    pages = catalogue.Catalogue(registry.roots())
    for verdict in judged(name, file):
        if isinstance(verdict, Finding):
            code = f"{name}.{verdict.code}"
            yield code, pages.page(code), verdict.named


@pytest.mark.parametrize(("name", "file"), [pytest.param(n, f, id=f"{n}/{f.stem}") for n, f in cases()])
def test_a_page_names_only_facts_that_its_findings_carry(name: str, file: Path) -> None:
    for code, page, facts in told(name, file):
        texts = [text["en"] for _, text in catalogue.texts(page)] + [*page.again.values()]
        assert {fact for text in texts for fact in words.named(text)} <= facts.keys(), code


@pytest.mark.parametrize(("name", "file"), [pytest.param(n, f, id=f"{n}/{f.stem}") for n, f in cases()])
def test_a_title_has_no_gap_and_days_are_no_seconds(name: str, file: Path) -> None:
    for code, page, facts in told(name, file):
        named = {fact for fact in words.named(page.title["en"]) if "None" not in page.values.get(fact, {})}
        assert not [fact for fact in named if facts[fact] in (None, (), "")], code
        days = {fact for _, text in catalogue.texts(page) for fact in re.findall(r"{(\w+):days}", text["en"])}
        assert not [fact for fact in days if (facts[fact] or 0) > CENTURY], code
