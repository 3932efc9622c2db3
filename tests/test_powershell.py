"""PowerShell: a grammar reads every command that a person is given to type, and every snippet that techkit asks by."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from conftest import ROOT

from techkit import catalogue, words
from techkit.host import ProbeError, powershell
from techkit.host.windows import Windows
from techkit.model import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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


SNIPPETS = sorted(powershell.FOLDER.glob("*.ps1"))
TOLD = """\
dhcp_scopes .
packages {"Name":"Microsoft.WindowsStore","Status":"Ok"}\r
packages {"Name":"Microsoft.WindowsCalculator","Status":"Modified, NeedsRemediation"}\r
packages .\r
"""


@pytest.mark.parametrize("file", SNIPPETS, ids=[file.stem for file in SNIPPETS])
def test_a_snippet_can_be_read_and_stands_in_a_command_line_as_it_is(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert readable(text)
    assert text.isascii()
    assert '"' not in text  # the command line would have to escape it
    assert not re.search(r"\[(?!string\])[a-z.]+\]|\.\w+\(", text, re.IGNORECASE), "no constrained language takes that"


def test_one_text_asks_for_all() -> None:
    assert readable(powershell.script())
    assert all(f"'{file.stem} .'" in powershell.script() for file in SNIPPETS)
    assert len(powershell.script()) < 8191, "no command line of cmd.exe is longer"


class Shell(Windows):
    """A Windows on which PowerShell says this."""

    def __init__(self, said: str | ProbeError) -> None:
        super().__init__({})
        self.said = said
        self.runs: list[tuple[str, ...]] = []

    def ask_run(self, *argv: str, timeout: float) -> Any:
        """What it says, or why it does not start."""
        assert timeout
        self.runs.append(argv)
        if isinstance(self.said, ProbeError):
            raise self.said
        return {"code": 0, "out": self.said, "err": ""}


def test_one_process_answers_all_questions() -> None:
    shell = Shell(TOLD)
    assert shell.answer("powershell", ["dhcp_scopes"], 1) == []
    assert [row["Name"].rpartition(".")[2] for row in shell.answer("powershell", ["packages"], 1)] == [
        "WindowsStore", "WindowsCalculator",
    ]  # fmt: skip
    assert [run[0] for run in shell.runs] == ["powershell"]
    assert not {"-EncodedCommand", "-File", "-ExecutionPolicy"} & set(shell.runs[0])


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("", Reason.UNREADABLE),
        ('packages {"Name":"a","Status":"Ok"}', Reason.UNREADABLE),  # it was killed before it had told all
        ("packages {\n", Reason.UNREADABLE),
        ("packages ! ObjectNotFound CommandNotFoundException\n", Reason.INAPPLICABLE),
        ("packages ! PermissionDenied DHCP 5,Get-DhcpServerv4Scope\n", Reason.FORBIDDEN),
        ("packages ! NotSpecified System.Exception,Get-AppxPackage\n", Reason.UNREADABLE),
        (ProbeError(Reason.FORBIDDEN, "powershell: error 1260"), Reason.FORBIDDEN),
    ],
)
def test_a_powershell_that_does_not_answer_is_unknown(said: str | ProbeError, reason: Reason) -> None:
    shell = Shell(said)
    for _ in range(2):
        with pytest.raises(ProbeError) as caught:
            shell.answer("powershell", ["packages"], 1)
        assert caught.value.reason is reason
    assert len(shell.runs) == 1
