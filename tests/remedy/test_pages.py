"""Every page's remedies: what techkit does itself can be prepared from what its check finds, and holds the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from conftest import cases, judged

from techkit import catalogue, registry
from techkit.model import Finding, Page, Remedy, Step
from techkit.remedy import actions

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGES = catalogue.Catalogue(registry.roots())


def automatic() -> Iterator[tuple[str, Remedy]]:
    for code in PAGES.codes():
        for remedy in PAGES.page(code).remedy:
            if remedy.automatic:
                yield code, remedy


@pytest.fixture(scope="module")
def given() -> dict[str, list[dict[str, Any]]]:
    """By code, the facts that the cases of its check give."""
    found: dict[str, list[dict[str, Any]]] = {}
    for name, file in cases():
        for verdict in judged(name, file):
            if isinstance(verdict, Finding):
                found.setdefault(f"{name}.{verdict.code}", []).append(verdict.named)
    return found


@pytest.mark.parametrize(("code", "remedy"), [pytest.param(c, r, id=f"{c}:{r.id}") for c, r in automatic()])
def test_its_steps_name_only_facts_that_the_check_gives(
    code: str, remedy: Remedy, given: dict[str, list[dict[str, Any]]]
) -> None:
    needed = {name for step in remedy.step for name in actions.named(step)}
    told = {name for facts in given.get(code, []) for name in facts}
    assert needed <= told, f"{remedy.id} needs {sorted(needed - told)}"


def page(remedy: Remedy) -> Any:
    text = {"en": "x", "ru": "x"}
    return Page(title=text, why=text, evidence=text, remedy=(remedy,))


TEXT = {"en": "x", "ru": "x"}
SERVICE = {"unit": "cron", "state": "running"}


@pytest.mark.parametrize(
    ("do", "args", "flags"),
    [
        ("service", SERVICE, {"risk": "low"}),
        ("service", SERVICE, {"admin": True}),
        ("package", {"what": "repair"}, {"risk": "low"}),
        ("command", {"argv": ["rm", "-r", "/"]}, {"risk": "high", "admin": True}),
    ],
    ids=str,
)
def test_a_page_that_breaks_the_rules_does_not_load(do: str, args: dict[str, Any], flags: dict[str, Any]) -> None:
    remedy = Remedy("x", TEXT, (Step("x", "x", do, args),), TEXT, **flags)
    with pytest.raises(ValueError, match=" "):
        catalogue._hold_to_rules(page(remedy))  # noqa: SLF001 - a page without a file


def test_a_page_that_holds_them_does() -> None:
    step = Step("x", "x", "package", {"what": "repair"})
    remedy = Remedy("x", TEXT, (step,), TEXT, risk="medium", admin=True)
    catalogue._hold_to_rules(page(remedy))  # noqa: SLF001 - as above


@pytest.mark.parametrize(
    ("do", "args", "stopped"),
    [
        ("package", {"what": "repair"}, True), ("package", {"what": "lists"}, False),
        ("clean", {"what": "packages"}, True), ("service", SERVICE, False),
        ("command", {"argv": ["e2fsck", "-fy", "{device}"]}, True), ("command", {"argv": ["locale-gen"]}, False),
        ("command", {"argv": ["DISM.exe", "/Online"]}, True),
    ],
)  # fmt: skip
def test_a_dying_disk_is_spared(do: str, args: dict[str, Any], stopped: bool) -> None:
    remedy = Remedy("x", TEXT, (Step("x", "x", do, args),), TEXT)
    assert (catalogue.stopping(remedy) == {"disk.health.failing"}) == stopped
