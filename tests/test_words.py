"""How values are written, in both languages."""

from __future__ import annotations

import re
import shlex
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

import techkit
from techkit.catalogue import FORMS
from techkit.cli import speech
from techkit.words import Words, choose, short, typed, visible

if TYPE_CHECKING:
    from pathlib import Path

EN, RU = Words("en"), Words("ru")
ONE_FILE = pytest.mark.skipif(sys.platform == "win32", reason="the one file is for Linux")


@pytest.mark.parametrize(
    ("value", "form", "english", "russian"),
    [
        (2_254_857_830, "bytes", "2.1 GB", "2,1 ГБ"),
        (0, "bytes", "0 bytes", "0 байт"),
        (209_715_200, "bytes", "200 MB", "200 МБ"),
        (1, "times", "1 time", "1 раз"),
        (3, "times", "3 times", "3 раза"),
        (12, "times", "12 times", "12 раз"),
        (21, "times", "21 times", "21 раз"),
        (0.95, "percent", "95%", "95 %"),
        (0.9976, "percent", "99.8%", "99,8 %"),
        (1, "days", "1 day", "1 день"),
        (3, "days", "3 days", "3 дня"),
        (210, "days", "210 days", "210 дней"),
        (10800, "duration", "3 hours", "3 часа"),
        (-90, "duration", "90 seconds", "90 секунд"),
        (1.9, "duration", "1.9 seconds", "1,9 секунды"),
        (12, "milliseconds", "12 ms", "12 мс"),
        (("a", "b"), "list", "a, b", "a, b"),
        (1_790_000_000, "date", "21 Sep 2026", "21 сент. 2026"),
        ("2024-10-03", "date", "3 Oct 2024", "3 окт. 2024"),
        ("never", "date", "never", "never"),
        (True, "", "yes", "да"),
        (None, "bytes", "–", "–"),
        (1234.5, "number", "1,234.5", "1 234,5"),
    ],
)
def test_values_are_written_as_people_of_the_language_do(value: object, form: str, english: str, russian: str) -> None:
    assert EN.write(value, form).replace("\u00a0", " ") == english
    assert RU.write(value, form).replace("\u00a0", " ") == russian


def test_a_value_is_explained_by_its_page() -> None:
    explained = {"code": {"7": {"en": "no disk", "ru": "нет диска"}}}
    assert RU.fill("Итог: {code}", {"code": 7}, explained) == "Итог: нет диска"
    assert EN.fill("Result: {code} {missing}", {"code": 8}, explained) == "Result: 8 –"


@given(st.text())
def test_nothing_that_moves_a_cursor_survives(text: str) -> None:
    assert not set(visible(text)) & {chr(number) for number in (*range(32), *range(0x7F, 0xA0), 0x202E, 0x2028)}


@given(st.text())
def test_hostile_facts_stay_one_line(text: str) -> None:
    assert "\n" not in EN.fill("{name} is here", {"name": text})


@given(st.text())
def test_a_fact_stays_one_word_of_a_command_on_linux(text: str) -> None:
    assert shlex.split(typed("ls -l {path}", {"path": text}, "linux")) == ["ls", "-l", visible(text)]


@given(st.text(), st.integers())
def test_a_fact_stays_one_word_of_a_command_inside_a_sentence(text: str, number: int) -> None:
    filled = EN.fill("rm {path:word} {pid:word}", {"path": text, "pid": number})
    assert shlex.split(filled) == ["rm", visible(text), str(number)]


@given(st.text())
def test_a_fact_of_a_command_ends_no_quotation_and_starts_nothing_on_windows(text: str) -> None:
    command = typed("sc.exe query {unit}", {"unit": text}, "windows")
    assert not set("`%“”„") & set(command)
    if "$" in command:
        assert re.fullmatch(r"sc\.exe query '[\w.:\\/@+=$# -]+'", command)
        return
    assert command.count('"') in {0, 2}
    assert command.count('"') == 2 or not re.search(r"[^\w.:\\/@+=-]", command.removeprefix("sc.exe query "))


def test_the_second_database_of_a_server_keeps_its_name() -> None:
    assert typed("sc.exe query {unit}", {"unit": "MSSQL$ACCT"}, "windows") == "sc.exe query 'MSSQL$ACCT'"
    assert typed("sc.exe query {unit}", {"unit": "a$b & calc"}, "windows") == 'sc.exe query "a?b & calc"'


def test_every_fact_of_a_list_is_a_word_of_its_own() -> None:
    folders = {"folders": ("/srv", "/my files")}
    assert typed("du -sh {folders}", folders, "linux") == "du -sh /srv '/my files'"
    assert typed("dir {folders}", folders, "windows") == 'dir /srv, "/my files"'
    assert typed("awk '{{print}}' {folders}", {}, "linux") == "awk '{print}' …"


@given(st.sampled_from(sorted(FORMS)), st.none() | st.text() | st.integers() | st.floats() | st.booleans())
def test_whatever_a_machine_says_can_be_written(form: str, value: object) -> None:
    assert isinstance(EN.write(value, form), str)
    assert isinstance(RU.write(value, form), str)


def test_a_moment_beyond_every_calendar_is_written_as_it_is() -> None:
    assert EN.fill("Since {when:datetime}", {"when": 1e308}) == "Since 1e+308"


def test_braces_in_a_fact_are_no_placeholders() -> None:
    assert EN.fill("{name}", {"name": "{secret} {0}"}) == "{secret} {0}"


def test_the_language_asked_for_wins_then_the_persons_then_english() -> None:
    assert choose("ru", "en_US") == "ru"
    assert choose("", "ru_RU.UTF-8") == "ru"
    assert choose("", "fr_FR") == "en"


def test_a_title_names_a_few_and_says_that_there_are_more() -> None:
    assert EN.fill("{names:few}", {"names": ("a", "b", "c", "d")}) == "a, b, c …"
    assert EN.fill("{names:list}", {"names": ("a", "b", "c", "d")}) == "a, b, c, d"


def test_a_long_title_is_cut_at_a_words_end() -> None:
    assert short("The name server does not answer", 20) == "The name server …"
    assert short("It is full", 20) == "It is full"


def test_no_label_is_left_over() -> None:
    source = "".join(
        file.read_text(encoding="utf-8")
        for file in (ROOT / "src" / "techkit").rglob("*")
        if file.suffix in {".py", ".html", ".md"}
    )
    for table, labels in tomllib.loads((ROOT / "src/techkit/words/en.toml").read_text(encoding="utf-8")).items():
        completed = re.findall(rf"{table}\.(\w*){{", source)  # by a value that is known when it runs
        left = [
            name
            for name in labels
            if not re.search(rf"\b{name}\b", source) and not any(name.startswith(start) for start in completed if start)
        ]
        assert not left or (table in {"ask", "refused"} and "" in completed), (table, left)


def test_evidence_leaves_out_what_the_machine_has_not_told() -> None:
    template = "Sectors: {a}; pending: {b}; life: {c:percent}, limit 1. Kind: {kind}. Read from SMART; service: {unit}."
    explained = {"kind": {"None": {"en": "unknown"}}}
    assert EN.tell(template, {"a": None, "b": 3, "unit": ()}, explained) == (
        "Pending: 3. Kind: unknown. Read from SMART."
    )
    assert EN.tell("Its last line: {line}.", {"line": "It is gone."}, {}) == "Its last line: It is gone."
    assert EN.tell("Signs: {signs:list}.", {}, {}) == "Signs: –."


def test_a_command_is_told_as_it_is_typed_here_and_nothing_else_that_names_us() -> None:
    words = Words("en", program="./techkit-0.1")
    page = "It worked if techkit check os.clock finds nothing; techkit never asks again."
    assert words.fill(page, {}) == "It worked if ./techkit-0.1 check os.clock finds nothing; techkit never asks again."
    assert words.say("report.command", code="os.clock.wrong") == "./techkit-0.1 fix os.clock.wrong"
    assert Words("en", program="/opt/techkit").say("report.command", code="a.b.c") == "/opt/techkit fix a.b.c"
    assert Words("ru").fill("techkit undo", {}) == "techkit undo"


@ONE_FILE
@pytest.mark.parametrize(
    ("typed", "mode", "expected"),
    [
        ("{folder}/a tool", 0o755, "'{folder}/a tool'"),
        ("./a tool", 0o755, "'./a tool'"),
        ("{folder}/a tool", 0o644, "python3 '{folder}/a tool'"),
    ],
)
def test_the_one_file_is_called_by_the_name_it_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str, mode: int, expected: str
) -> None:
    file = tmp_path / "a tool"
    file.touch(mode=mode)
    file.chmod(mode)
    monkeypatch.setattr(techkit, "started", ("-I", "-B", str(file)))
    monkeypatch.setattr("sys.argv", [typed.format(folder=tmp_path), "check"])
    monkeypatch.setenv("PATH", "/nowhere")
    assert speech.program() == expected.format(folder=tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert speech.program().replace("~/'a tool'", "HOME") == expected.format(folder=tmp_path).replace(
        f"'{tmp_path}/a tool'", "HOME"
    )


@ONE_FILE
def test_the_one_file_that_is_found_by_its_name_is_called_by_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "tk"
    file.touch(mode=0o755)
    monkeypatch.setattr(techkit, "started", ("-I", "-B", str(file)))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert speech.program() == "tk"
    monkeypatch.setattr(techkit, "started", ("-P", "-m", "techkit"))
    assert speech.program() == "techkit"
