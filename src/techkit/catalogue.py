"""From a code to its page: `disk.logs.huge` is `fixes/disk/logs/huge.toml`; loading is validating."""

from __future__ import annotations

import re
import string
import tomllib
from typing import TYPE_CHECKING, Any

import msgspec

from techkit import words
from techkit.inputs import InputError
from techkit.model import Page, Remedy, Step, Text
from techkit.remedy import actions
from techkit.words import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

SYSTEMS = ("linux", "windows")
RISKS = ("none", "low", "medium", "high")
FAILING = "disk.health.failing"
"""Forbids every repair that writes much: on a dying disk each write may be the last."""
STEP_WORDS = {*LANGUAGES, "do"}
FORMS = {
    "", "bytes", "percent", "duration", "days", "times", "number", "list", "few", "date", "datetime", "milliseconds",
    "word",
}  # fmt: skip
"""The forms in which a fact can be written; a title has room for `few` of a list."""


_WINDOW = re.compile(r"ms-settings:|\b\w+\.(?:msc|cpl)\b|\bWin(?:dows)?\+\w")
"""What leads to a window of Windows in every language: its address, its file, the keys that open it."""


class PageError(InputError):
    """A page that breaks the rules."""


class Catalogue:
    """The pages below the folders `fixes/` of these roots; a page is read when its code was found."""

    def __init__(self, roots: tuple[Path, ...]) -> None:
        self._folders = [root / "fixes" for root in roots]
        self._pages: dict[str, Page] = {}

    def page(self, code: str) -> Page:
        """The page of a code; raises `PageError` where there is none or it breaks a rule."""
        if code not in self._pages:
            self._pages[code] = load(self._file(code))
        return self._pages[code]

    def codes(self) -> Iterator[str]:
        """Every code that has a page."""
        for folder in self._folders:
            for file in sorted(folder.glob("*/*/*.toml")):
                yield ".".join(file.relative_to(folder).with_suffix("").parts)

    def _file(self, code: str) -> Path:
        for folder in self._folders:
            file = folder.joinpath(*code.split(".")).with_suffix(".toml")
            if file.is_file():
                return file
        raise PageError("no_page", code=code)


def load(file: Path) -> Page:
    """Read one page and validate it; raises `PageError`."""
    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
        for remedy in raw.get("remedy", ()):
            remedy["step"] = [_step(step) for step in remedy.get("step", ())]
        page = msgspec.convert(raw, Page)
        _hold_to_rules(page)
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise PageError("file", file=file, why=error) from error
    return page


def _step(raw: dict[str, Any]) -> dict[str, Any]:
    """Split a step into its words, its action and the action's arguments."""
    told = {key: value for key, value in raw.items() if key not in STEP_WORDS}
    if told and "do" not in raw:
        raise ValueError(f"a step without do has arguments: {', '.join(told)}")
    return {key: value for key, value in raw.items() if key in STEP_WORDS} | ({"args": told} if told else {})


def texts(page: Page) -> Iterator[tuple[str, Text]]:
    """Every text of a page, with the place where it stands."""
    yield "title", page.title
    yield "why", page.why
    yield "evidence", page.evidence
    for fact, explained in page.values.items():
        for value, text in explained.items():
            yield f"values.{fact}.{value}", text
    for remedy in page.remedy:
        yield f"remedy {remedy.id} title", remedy.title
        yield f"remedy {remedy.id} done", remedy.done
        if remedy.loses:
            yield f"remedy {remedy.id} loses", remedy.loses
        for number, step in enumerate(remedy.step, 1):
            yield f"remedy {remedy.id} step {number}", step.text


def words_of(text: str) -> set[str]:
    """The facts that a text quotes as words of a command."""
    return {name for _, name, form, _ in string.Formatter().parse(text) if name and form == "word"}


def named(step: Step) -> set[str]:
    """The facts that a step's action uses."""
    return actions.named(step)


def stopping(remedy: Remedy) -> set[str]:
    """The codes that forbid a remedy: those it names, and a dying disk if it would write much."""
    wears = any(actions.wears_the_disk(step) for step in remedy.step)
    return {*remedy.stop_if, FAILING} if wears else set(remedy.stop_if)


def hold_together(page: Page) -> None:
    """Check that a page from elsewhere can be rendered; raises if it cannot."""
    for place, text in texts(page):
        _hold_forms(place, [text[language] for language in LANGUAGES], FORMS)
    for command in page.again.values():
        words.named(command)
    for remedy in page.remedy:
        if remedy.risk not in RISKS:
            raise ValueError(f"there is no risk {remedy.risk!r}")
        for step in remedy.step:
            actions.undoable(step)


def _hold_to_rules(page: Page) -> None:
    for place, text in texts(page):
        _hold_text(place, text)
    for system, command in page.again.items():
        if system not in SYSTEMS:
            raise ValueError(f"again is for {system!r}, which is none of {', '.join(SYSTEMS)}")
        if quoted := re.search(r"""['"]\{\w|\w\}['"]|\{\w*:""", command):
            raise ValueError(f"again: {quoted[0]!r}: a fact must be quoted by itself")
    ids = [remedy.id for remedy in page.remedy]
    if len(set(ids)) != len(ids):
        raise ValueError("two remedies have the same id")
    for remedy in page.remedy:
        _hold_remedy(remedy)


def _hold_text(place: str, text: Text) -> None:
    if set(text) != set(LANGUAGES) or not all(text.values()):
        raise ValueError(f"{place} is not in {' and '.join(LANGUAGES)}")
    if words.named(text["en"]) != words.named(text["ru"]):
        raise ValueError(f"{place} names other facts in ru than in en")
    if words_of(text["en"]) != words_of(text["ru"]):
        raise ValueError(f"{place} has other facts in its commands in ru than in en")
    _hold_forms(place, text.values(), FORMS - {"list", "word"} if place == "title" else FORMS)


def _hold_forms(place: str, said: Iterable[str], allowed: set[str]) -> None:
    forms = {form or "" for one in said for _, name, form, _ in string.Formatter().parse(one) if name}
    if unknown := forms - allowed:
        raise ValueError(f"{place} writes a fact as {min(unknown)!r}")


def _hold_remedy(remedy: Remedy) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9-]*", remedy.id):
        raise ValueError(f"the remedy id {remedy.id!r} is not made of lower-case letters, digits and hyphens")
    if remedy.risk not in RISKS:
        raise ValueError(f"remedy {remedy.id}: the risk {remedy.risk!r} is none of {', '.join(RISKS)}")
    if not remedy.step:
        raise ValueError(f"remedy {remedy.id} has no step")
    by_hand = [text for step in remedy.step if not step.do for text in step.text.values()]
    if not remedy.desktop and any(map(_WINDOW.search, by_hand)):
        raise ValueError(f"remedy {remedy.id} leads to a window and does not say that it needs a desktop")
    for step in remedy.step:
        if step.do:
            actions.parse(step)
    if remedy.automatic:
        _hold_automatic(remedy)


def _hold_automatic(remedy: Remedy) -> None:
    """Check that an automatic remedy declares its risk and the rights it needs."""
    if remedy.risk == "none" and any(step.do != "open" for step in remedy.step):
        raise ValueError(f"remedy {remedy.id} changes something and has no risk")
    if not remedy.admin and any(actions.needs_administrator(step) for step in remedy.step):
        raise ValueError(f"remedy {remedy.id} needs an administrator and does not say so")
