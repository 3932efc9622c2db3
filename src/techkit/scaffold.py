"""Templates of `techkit new`: a check, its title, page and cases, which pass the tests unchanged."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

CHECK = '''"""State in one sentence what this looks at."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, Record, warning


class Seen(Record, frozen=True):
    """What was observed."""

    value: int


class Limits(Record, frozen=True):
    """From where on it is a fault."""

    warning: int = 10


def probe(host: Host) -> Seen:
    """Ask the machine."""
    return Seen(value=len(host.listdir("/tmp")))


def judge(seen: Seen, limits: Limits) -> Iterator[Finding]:
    """Say what it means."""
    if seen.value > limits.warning:
        yield warning("many", "/tmp", value=seen.value, limit=limits.warning)


CHECK = Check(probe=probe, judge=judge, limits=Limits(), systems=("linux",))
'''
TITLE = """[title]
en = "The good state, as a sentence"
ru = "Хорошее состояние одним предложением"
"""
PAGE = """caused_by = []

[title]
en = "{subject} holds {value:number} things"
ru = "{subject}: слишком много вещей ({value:number})"

[why]
en = "What it means for the person. Then the rest."
ru = "Что это значит для человека. Затем остальное."

[evidence]
en = "Counted: {value:number}; limit: {limit:number}."
ru = "Насчитано: {value:number}; порог: {limit:number}."

[again]
linux = "ls {subject}"

[[remedy]]
id = "look"

[remedy.title]
en = "Look at {subject}"
ru = "Посмотрите на {subject}"

[[remedy.step]]
en = "Open {subject}."
ru = "Откройте {subject}."

[remedy.done]
en = "It worked if techkit finds nothing more."
ru = "Получилось, если techkit больше ничего не находит."
"""
BLANK = PAGE.replace("{value:number}", "{subject}").replace("{limit:number}", "{subject}")
FINDS = """{{
  "observation": {{"value": 11}},
  "findings": [{{"code": "{name}.many", "severity": "warning", "subject": "/tmp", "facts": {{"value": 11}}}}]
}}
"""
SILENT = """{
  "observation": {"value": 10},
  "findings": []
}
"""


def check(folder: Path, name: str) -> list[Path]:
    """Write a new check with everything it needs; raises FileExistsError and changes nothing where one is there."""
    area, short = name.split(".")
    return _write(
        {
            folder / "checks" / area / f"{short}.py": CHECK,
            folder / "checks" / area / f"{short}.toml": TITLE,
            folder / "fixes" / area / short / "many.toml": PAGE,
            folder / "tests" / "cases" / area / short / "many.json": FINDS.format(name=name),
            folder / "tests" / "cases" / area / short / "few.json": SILENT,
        }
    )


def page(folder: Path, name: str) -> list[Path]:
    """Write a new page; raises FileExistsError where one is there."""
    area, short, word = name.split(".")
    return _write({folder / "fixes" / area / short / f"{word}.toml": BLANK})


def _write(files: dict[Path, str]) -> list[Path]:
    for file in files:
        if file.exists():
            raise FileExistsError(17, "exists", str(file))
    for file, text in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")
    return list(files)
