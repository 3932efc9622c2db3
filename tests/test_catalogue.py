"""A page that breaks a rule is refused, and the sentence names the file and the rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from techkit import catalogue
from techkit.scaffold import PAGE

if TYPE_CHECKING:
    from pathlib import Path


def written(folder: Path, page: str) -> Path:
    file = folder / "many.toml"
    file.write_text(page, encoding="utf-8")
    return file


def test_the_page_that_a_new_check_begins_with_holds_the_rules(tmp_path: Path) -> None:
    assert catalogue.load(written(tmp_path, PAGE)).again


@pytest.mark.parametrize(
    ("good", "bad", "rule"),
    [
        pytest.param('ru = "Откройте {subject}."', "", "ru", id="a language is missing"),
        pytest.param('ru = "Откройте {subject}."', 'ru = "Откройте."', "other facts in ru", id="a fact is missing"),
        pytest.param("{limit:number}", "{limit:litres}", "litres", id="a form that nobody writes"),
        pytest.param('en = "Open {subject}."', 'en = "rm {subject:word}"', "its commands", id="a word in one language"),
        pytest.param('id = "look"', 'id = "Look!"', "Look!", id="an id with other signs"),
        pytest.param('id = "look"', 'id = "look"\ncolour = "red"', "colour", id="an unknown key"),
        pytest.param('ru = "Откройте {subject}."', 'ru = "Откройте {subject}: Win+R."', "desktop", id="no desktop"),
        pytest.param('linux = "', 'plan9 = "', "plan9", id="a command for no system"),
        pytest.param("ls {subject}", "ls '{subject}'", "quoted by itself", id="a fact that the page quotes"),
        pytest.param("ls {subject}", "ls {subject:list}", "quoted by itself", id="a fact with a form in a command"),
    ],
)  # fmt: skip
def test_a_page_that_breaks_a_rule_is_refused(tmp_path: Path, good: str, bad: str, rule: str) -> None:
    assert good in PAGE
    file = written(tmp_path, PAGE.replace(good, bad))
    with pytest.raises(catalogue.PageError) as refused:
        catalogue.load(file)
    assert str(file) in str(refused.value)
    assert rule in str(refused.value)
