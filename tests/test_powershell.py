"""What a person is given to type into PowerShell can be typed: a grammar of that language reads every command."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from conftest import ROOT

from techkit import catalogue, words

if TYPE_CHECKING:
    from collections.abc import Iterator

grammar = pytest.importorskip("tree_sitter_pwsh", reason="the grammar of PowerShell: pip install techkit[test]")

RUN = re.compile(r"^(?:Run|Run in PowerShell as administrator): (.+)$")
PLAIN = "Spooler"
FACTS = (
    PLAIN,
    "Принтер 2-го этажа",
    "C:\\Users\\o'neil\\a b",
    'a"; Remove-Item x; "',
    "$(calc)",
    "`n{0}|&",
    7,
    None,
    ("a", "b c"),
)
"""What a fact may be; none may break the command that shows the evidence again."""


@cache
def parser() -> Any:
    """The parser, made once."""
    from tree_sitter import Language, Parser

    return Parser(Language(grammar.language()))


def readable(command: str) -> bool:
    """Whether PowerShell would take it as it stands."""
    return not parser().parse(command.encode()).root_node.has_error


def commands() -> Iterator[tuple[str, str]]:
    """Every command for Windows, with the page and the place where it stands."""
    pages = catalogue.Catalogue((ROOT,))
    for code in pages.codes():
        page = pages.page(code)
        if "windows" in page.again:
            yield f"{code} again", page.again["windows"]
        for remedy in page.remedy:
            for number, step in enumerate(remedy.step if remedy.systems == ("windows",) else (), 1):
                if match := RUN.match(step.text["en"]):
                    yield f"{code} {remedy.id} {number}", match[1]


@pytest.mark.parametrize(("where", "command"), [pytest.param(w, c, id=w) for w, c in commands()])
def test_a_command_can_be_typed_whatever_its_facts_are(where: str, command: str) -> None:
    for value in FACTS if where.endswith(" again") else (PLAIN,):  # a step's facts are not quoted
        facts = dict.fromkeys(words.named(command), value)
        said = words.typed(command, facts, "windows")
        assert readable(said), (where, said)


def test_the_grammar_knows_right_from_wrong() -> None:
    assert readable("Get-WinEvent -FilterHashtable @{LogName='System'; Id=1001} | Select-Object -First 3")
    assert readable("netsh wlan show interfaces; sc.exe query Spooler")
    assert not any(map(readable, ("Get-Item 'abc", "@{a=1", "dir | % { $_.Name", "Where-Object { $_.Id -eq 3 -and }")))
