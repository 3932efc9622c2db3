"""The laws that hold the house together: who may import whom, who asks, who writes."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest
from conftest import ROOT

from techkit import catalogue, completeness, registry, words
from techkit.words import LANGUAGES

if TYPE_CHECKING:
    from pathlib import Path

ENGINE = ROOT / "src" / "techkit"
MAY_IMPORT = {
    "model": set(),
    "inputs": set(),
    "host": {"model", "inputs"},
    "words": {"model", "inputs"},
    "privacy": {"model"},
    "store": {"model", "inputs"},
    "interview": {"registry"},
    "scaffold": set(),
    "config": {"model", "store", "inputs"},
    "readings": {"model", "host", "readings"},
    "check": {"model", "host"},
    "registry": {"model", "check", "inputs"},
    "catalogue": {"model", "check", "remedy", "words", "inputs"},
    "completeness": {"catalogue", "model", "words"},
    "engine": {"model", "host", "check", "registry", "inputs"},
    "diagnosis": {"model", "catalogue"},
    "incident": {"model", "host", "engine", "diagnosis", "catalogue", "registry", "words", "inputs"},
    "diagnose": {"model", "host", "config", "engine", "incident", "catalogue", "registry"},
    "remedy": {
        "model",
        "host",
        "catalogue",
        "engine",
        "store",
        "diagnose",
        "incident",
        "config",
        "remedy",
        "registry",
        "words",
    },
    "report": {"model", "words", "privacy", "remedy", "report"},
}
WRITERS = {"store", "remedy", "scaffold"}
WRITING = {"write_text", "write_bytes", "unlink", "rename", "mkdir", "chmod", "rmdir", "touch", "symlink_to"}


def modules() -> list[tuple[str, Path]]:
    """(room, file): the first part of a module's path below the engine."""
    return [
        (file.relative_to(ENGINE).parts[0].removesuffix(".py"), file)
        for file in sorted(ENGINE.rglob("*.py"))
        if file.name not in {"__init__.py", "__main__.py"} or file.parent != ENGINE
    ]


def imported(tree: ast.AST) -> set[str]:
    """The rooms of ours that a module imports."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "techkit":
            parts = node.module.split(".")
            found |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {name.split(".")[1] for name in (a.name for a in node.names) if name.startswith("techkit.")}
    return found - {"__version__"}


@pytest.mark.parametrize(("room", "file"), [pytest.param(r, f, id=str(f.relative_to(ENGINE))) for r, f in modules()])
def test_every_room_imports_only_what_it_may(room: str, file: Path) -> None:
    if room == "cli":
        return
    own_names = {"attempt", "Host", "ProbeError", "Reason", "Record", "Finding", "GiB", "KiB", "MiB", "Severity"}
    assert imported(ast.parse(file.read_text(encoding="utf-8"))) - own_names <= MAY_IMPORT[room] | {room}


def test_nobody_imports_the_command_line() -> None:
    assert [
        file.name
        for room, file in modules()
        if room != "cli" and "cli" in imported(ast.parse(file.read_text(encoding="utf-8")))
    ] == []


def test_only_store_and_remedies_write_files() -> None:
    guilty = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for room, file in modules()
        if room not in WRITERS
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr in WRITING
        and not (isinstance(node.value, ast.Name) and node.value.id == "formatter")  # the help's, not a file's
    ]
    assert guilty == []


def test_the_catalogue_is_complete() -> None:
    assert [f"{problem.where}: {problem.what}" for problem in completeness.problems(ROOT)] == []


def test_no_page_raises_its_voice() -> None:
    pages = catalogue.Catalogue((ROOT,))
    loud = [code for code in pages.codes() if any("!" in text for text in pages.page(code).why.values())]
    assert loud == []


def test_every_page_says_how_to_see_it_again() -> None:
    pages = catalogue.Catalogue((ROOT,))
    assert [code for code in pages.codes() if not pages.page(code).again] == []


def test_as_many_checks_load_as_there_are_files() -> None:
    assert set(completeness.files(ROOT)) == set(registry.names())
    assert all(registry.load(name) for name in registry.names())


def test_blockers_exist() -> None:
    codes = set(catalogue.Catalogue(registry.roots()).codes())
    unknown = {code for name in registry.names() for code in registry.load(name).blocked_by if code not in codes}
    assert unknown == set()


def test_causes_exist() -> None:
    from fnmatch import fnmatchcase

    pages = catalogue.Catalogue(registry.roots())
    codes = set(pages.codes())
    dangling = {
        f"{code}: {pattern}"
        for code in codes
        for pattern in pages.page(code).caused_by
        if not any(fnmatchcase(other, pattern) for other in codes)
    }
    assert dangling == set()


def test_blockers_form_no_circle() -> None:
    above = {
        name: {code.rpartition(".")[0] for code in registry.load(name).blocked_by} - {name} for name in registry.names()
    }
    cleared: set[str] = set()
    while free := {name for name in above.keys() - cleared if above[name] <= cleared}:
        cleared |= free
    assert above.keys() - cleared == set()


def test_symptoms_name_checks_that_exist() -> None:
    for name, symptom in registry.symptoms().items():
        assert set(symptom.title) == set(LANGUAGES), name
        for word in symptom.checks:
            assert registry.select((word,)), f"{name}: {word}"


def test_both_languages_have_the_same_labels() -> None:
    labels = {
        language: tomllib.loads((ENGINE / "words" / f"{language}.toml").read_text(encoding="utf-8"))
        for language in LANGUAGES
    }
    del labels["en"]["times"]  # each language has its own plural forms
    for table, names in labels["en"].items():
        assert names.keys() == labels["ru"][table].keys(), table
        for name, text in names.items():
            assert words.named(text) == words.named(labels["ru"][table][name]), f"{table}.{name}"


def test_checks_load_nothing_heavy() -> None:
    heavy = {"rich", "babel", "jinja2", "dns", "jc", "psutil", "typer", "platformdirs", "distro", "asyncio"}
    code = (
        "import sys; from techkit import registry; [registry.load(n) for n in registry.names()];"
        f"print(sorted({heavy} & {{m.partition('.')[0] for m in sys.modules}}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
