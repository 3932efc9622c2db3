"""Checks a folder of checks against the rules: ours in the tests, anybody's with `techkit list --verify`."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from typing import TYPE_CHECKING

import msgspec

from techkit import catalogue
from techkit.model import Page, Text
from techkit.words import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

IMPORTS = {
    "__future__", "collections", "collections.abc", "datetime", "enum", "functools", "ipaddress", "itertools", "math",
    "ntpath", "posixpath", "re", "techkit", "typing",
}  # fmt: skip
"""What a check may import, beside techkit.readings."""
VERDICTS = {"critical", "warning", "info", "Finding"}
TITLE = 70
"""Characters of a title beside its facts: it has to fit a ticket's subject and two lines of a narrow terminal."""


class Problem(msgspec.Struct, frozen=True):
    """One broken rule."""

    where: str
    what: str


def files(folder: Path) -> dict[str, Path]:
    """The checks of a folder by name."""
    return {f"{file.parent.name}.{file.stem}": file for file in sorted((folder / "checks").glob("*/*.py"))}


def count(folder: Path) -> int:
    """How many checks a folder holds."""
    return len(files(folder))


def problems(folder: Path) -> Iterator[Problem]:
    """Every broken rule of a folder with checks/, fixes/ and tests/cases/."""
    pages, given = dict(_pages(folder)), _given(folder)
    for code, page in pages.items():
        yield from (page,) if isinstance(page, Problem) else _page(code, page)
    declared: set[str] = set()
    for name, file in files(folder).items():
        tree = ast.parse(file.read_text(encoding="utf-8"), str(file))
        yield from _borders(name, tree)
        yield from _title(name, file)
        codes = {f"{name}.{word}" for word in words(tree)}
        declared |= codes
        cases = given.get(name, [])
        for code in sorted(codes):
            if code not in pages:
                yield Problem(code, "has no page")
            if not any(code in found for found in cases):
                yield Problem(code, "no case gives it")
        if all(cases):
            yield Problem(name, "no case finds nothing")
    for code in sorted(pages.keys() - declared):
        yield Problem(code, "has a page, and no check gives it")
    yield from _circles({code: page for code, page in pages.items() if not isinstance(page, Problem)})


def words(tree: ast.AST) -> set[str]:
    """The words by which a check names its faults: the first argument of its verdicts."""
    return {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in VERDICTS
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }


def _borders(name: str, tree: ast.AST) -> Iterator[Problem]:
    for node in ast.walk(tree):
        modules: list[str] = []
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            modules = [node.module or ""]
        for module in modules:
            if module not in IMPORTS and module.partition(".readings")[0] != "techkit":
                yield Problem(name, f"imports {module}")
        if isinstance(node, ast.Name) and node.id in {"open", "eval", "exec", "__import__"}:
            yield Problem(name, f"uses {node.id}")


def _title(name: str, file: Path) -> Iterator[Problem]:
    try:
        raw = tomllib.loads(file.with_suffix(".toml").read_text(encoding="utf-8"))
        title = msgspec.convert(raw, dict[str, Text])["title"]
    except (OSError, KeyError, ValueError) as error:
        yield Problem(name, f"has no title: {error}")
        return
    if set(title) != set(LANGUAGES):
        yield Problem(name, "its title is not in every language")


def _pages(folder: Path) -> Iterator[tuple[str, Page | Problem]]:
    for file in sorted((folder / "fixes").glob("*/*/*.toml")):
        code = ".".join(file.relative_to(folder / "fixes").with_suffix("").parts)
        try:
            yield code, catalogue.load(file)
        except catalogue.PageError as error:
            yield code, Problem(code, str(error))


def _page(code: str, page: Page) -> Iterator[Problem]:
    """Whatever makes a page hard to read or a remedy untrue."""
    for language, title in page.title.items():
        if len(re.sub(r"\{.*?\}", "", title)) > TITLE or title.endswith("."):
            yield Problem(code, f"its title in {language} is too long, or ends with a full stop")
    for text in (page.why, page.evidence, *(remedy.done for remedy in page.remedy)):
        for cut in (words for words in text.values() if not words.endswith(".")):
            yield Problem(code, f"no full stop after: {cut}")
    for remedy in page.remedy:
        if remedy.settle and not remedy.automatic:
            yield Problem(code, f"{remedy.id} has time to settle, and nobody waits after steps by hand")
    for system in catalogue.SYSTEMS:
        risks = [catalogue.RISKS.index(one.risk) for one in page.remedy if one.automatic and system in one.systems]
        if risks != sorted(risks):
            yield Problem(code, f"what techkit does itself on {system} does not begin with the gentlest")


def _given(folder: Path) -> dict[str, list[set[str]]]:
    """By check: the codes that each of its cases gives."""
    given: dict[str, list[set[str]]] = {}
    for file in sorted((folder / "tests" / "cases").glob("*/*/*.json")):
        name = f"{file.parent.parent.name}.{file.parent.name}"
        case = json.loads(file.read_text(encoding="utf-8"))
        given.setdefault(name, []).append({finding["code"] for finding in case["findings"]})
    return given


def _circles(pages: dict[str, Page]) -> Iterator[Problem]:
    """Codes that explain each other in a circle."""
    from fnmatch import fnmatchcase

    above = {
        code: {other for other in pages for pattern in page.caused_by if other != code and fnmatchcase(other, pattern)}
        for code, page in pages.items()
    }
    cleared: set[str] = set()
    while free := {code for code in above.keys() - cleared if above[code] <= cleared}:
        cleared |= free
    if left := above.keys() - cleared:
        yield Problem(", ".join(sorted(left)[:6]), "explain each other in a circle")
