"""Words: the engine's own labels by language, and how a value is written inside a sentence.

Numbers, sizes, dates and plurals are Babel's work; it is imported when the first of them is written.
"""

from __future__ import annotations

import errno
import re
import shlex
import string
import tomllib
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from techkit.inputs import InputError

LANGUAGES = ("en", "ru")
LONGEST = 200
"""Characters of one value inside a sentence; a longer one is cut in its middle."""
UNITS = ("byte", "kilobyte", "megabyte", "gigabyte", "terabyte", "petabyte")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\ud800-\udfff]")

_PLAIN_WORD = re.compile(r"[\w.:\\/@+=-]+")
_WORD_WITH_DOLLAR = re.compile(r"[\w.:\\/@+=$# -]+")
_READ_BY_SHELLS = re.compile(r'["“”„`$%]')


def visible(value: object) -> str:
    """Text from a machine, with control and bidirectional characters escaped."""
    text = _CONTROL.sub(lambda match: match[0].encode("unicode_escape", "surrogatepass").decode("ascii"), str(value))
    half = LONGEST // 2
    return text if len(text) <= LONGEST else f"{text[:half]} … {text[-half:]}"


def typed(command: str, facts: Mapping[str, Any], system: str) -> str:
    """A command with its facts, each quoted as one word of a shell."""
    parts = []
    for text, name, _, _ in string.Formatter().parse(command):
        parts.append(text)
        value = facts.get(name or "")
        words = value if isinstance(value, list | tuple) else [] if value is None else [value]
        between = ", " if system == "windows" else " "
        parts.append(between.join(_word(visible(word), system) for word in words) or ("…" if name else ""))
    return "".join(parts)


def _word(text: str, system: str) -> str:
    """One word for a shell; on Windows, whose shells quote differently, without characters that they interpret.

    MSSQL$NAME is a common service name: PowerShell takes it literally between single quotes, to which cmd.exe
    gives no meaning.
    """
    if system != "windows":
        return shlex.quote(text)
    if "$" in text and _WORD_WITH_DOLLAR.fullmatch(text):
        return f"'{text}'"
    return text if _PLAIN_WORD.fullmatch(text) else f'"{_READ_BY_SHELLS.sub("?", text)}"'


def short(text: str, most: int) -> str:
    """The text, cut at a word's end where it is longer than so many characters."""
    return text if len(text) <= most else f"{text[:most].rsplit(' ', 1)[0]} …"


@cache
def _labels(language: str) -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "words" / f"{language}.toml").read_text(encoding="utf-8"))


def named(text: str) -> set[str]:
    """The facts that a text names."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


NAME = "techkit"
_TYPED = re.compile(rf"(?<![\w./~-]){NAME}(?= (?:check|compare|explain|fix|list|mute|record|report|undo)\b)")
"""Our own name where it begins a command."""


class Words:
    """One language, the machine's offset from UTC in seconds for moments, and what a person types to start us."""

    def __init__(self, language: str, offset: int = 0, program: str = NAME) -> None:
        self.language = language
        self._program = program
        self._zone = timezone(timedelta(seconds=offset)) if offset else UTC

    def say(self, key: str, **values: Any) -> str:
        """One of the engine's own labels, `table.name`, with its values filled in."""
        label: Any = _labels(self.language)
        for part in key.split("."):
            label = label[part]
        return self._typed(self.fill(str(label), values) if values else str(label))

    def _typed(self, text: str) -> str:
        """A text with its commands as they are typed here."""
        return text if self._program == NAME else _TYPED.sub(lambda _: self._program, text)

    def reason(self, error: OSError) -> str:
        """Why the system refused something; in its own words where we have none."""
        name = errno.errorcode.get(error.errno or 0, "")
        return self.say(f"refused.{name}") if self.knows(f"refused.{name}") else str(error.strerror or error)

    def told(self, error: InputError) -> str:
        """An error in what somebody gave, as a sentence."""
        values = {k: self.reason(v) if isinstance(v, OSError) else v for k, v in error.values.items()}
        return self.say(f"error.{error.label}", **values)

    def knows(self, key: str) -> bool:
        """Whether there is such a label."""
        table, _, name = key.partition(".")
        return name in _labels(self.language).get(table, {})

    def fill(
        self,
        template: str,
        facts: Mapping[str, Any],
        explained: Mapping[str, Mapping[str, Mapping[str, str]]] | None = None,
    ) -> str:
        """A page's sentence with its facts; `explained` gives words for single values. A missing fact is a dash."""
        parts = []
        for text, name, form, _ in string.Formatter().parse(template):
            parts.append(self._typed(text))
            if name is None:
                continue
            value = facts.get(name)
            meaning = (explained or {}).get(name, {}).get(str(value))
            parts.append(meaning[self.language] if meaning else self.write(value, form or ""))
        return "".join(parts)

    def tell(
        self, template: str, facts: Mapping[str, Any], explained: Mapping[str, Mapping[str, Mapping[str, str]]]
    ) -> str:
        """A page's evidence, filled in, without the clauses whose facts are all unknown."""
        told = {name for name, value in facts.items() if value not in (None, (), [], "")}
        told |= {name for name, meanings in explained.items() if "None" in meanings}
        first, *rest = re.split(r"([;.] )", template)
        clauses = ("", first), *zip(rest[::2], rest[1::2], strict=True)
        kept = [mark + clause for mark, clause in clauses if not (asked := named(clause)) or asked & told] or [first]
        text = "".join(kept).removeprefix("; ").removeprefix(". ")
        said = self.fill(text[:1].upper() + text[1:].rstrip("."), facts, explained)
        return said if said.endswith((".", "!", "?")) else f"{said}."

    def write(self, value: Any, form: str = "") -> str:
        """One value in one form.

        plain, bytes, percent, duration, days, times, number, list (of up to ten), few (of up to three, for a title),
        date, datetime, milliseconds, word (of a command for a Linux shell; of a list, one word each).
        """
        if value is None or value in ((), []):
            return "–"
        if form in {"list", "few", "word"} or isinstance(value, list | tuple):
            shown = [visible(item) for item in (value if isinstance(value, list | tuple) else [value])]
            if form == "word":
                return " ".join(_word(item, "linux") for item in shown)
            most = 3 if form == "few" else 10
            return ", ".join(shown[:most]) + (" …" if len(shown) > most else "")
        if isinstance(value, bool):
            return self.say("value.yes" if value else "value.no")
        if not form or (isinstance(value, str) and form != "date"):
            return visible(value)
        try:
            return str(getattr(self, f"_{form}")(value)).replace("\u202f", "\u00a0")
        except (ArithmeticError, ValueError, OSError):  # not a size, date or number that can be formatted
            return visible(value)

    def _number(self, value: float) -> str:
        from babel.numbers import format_decimal

        return str(format_decimal(round(value, 2), locale=self.language))

    def _percent(self, value: float) -> str:
        from babel.numbers import format_percent

        shown = round(value, 3) if 0.99 <= value < 1 or 0 < value < 0.01 else round(value, 2)
        return str(
            format_percent(shown, "#,##0.#\u00a0%" if self.language == "ru" else "#,##0.#%", locale=self.language)
        )

    def _unit(self, value: float, unit: str, length: str = "long") -> str:
        from babel.units import format_unit

        return str(format_unit(value, unit, length=length, locale=self.language))  # type: ignore[arg-type]

    def _bytes(self, value: float) -> str:
        size, place = float(value), 0
        while abs(size) >= 1000 and place < len(UNITS) - 1:
            size, place = size / 1024, place + 1
        rounded = round(size, 1) if size < 10 and place else round(size)
        return self._unit(rounded, f"digital-{UNITS[place]}", "short" if place else "long")

    def _times(self, value: float) -> str:
        from babel import Locale

        form = Locale.parse(self.language).plural_form(value)
        return self.say(f"times.{form}", count=value)

    def _days(self, value: float) -> str:
        return self._unit(round(value), "duration-day")

    def _milliseconds(self, value: float) -> str:
        return self._unit(round(value), "duration-millisecond", "short")

    def _duration(self, value: float) -> str:
        seconds = abs(value)
        for unit, size in (("year", 365.25 * 86400), ("day", 86400), ("hour", 3600), ("minute", 60)):
            if seconds >= 2 * size or (seconds >= size and unit != "year" and seconds % size < size / 20):
                return self._unit(round(seconds / size), f"duration-{unit}")
        return self._unit(round(seconds, 1 if seconds < 10 and seconds != int(seconds) else 0) or 0, "duration-second")

    def _date(self, value: float | str) -> str:
        from babel.dates import format_date

        day = date.fromisoformat(value) if isinstance(value, str) else datetime.fromtimestamp(value, self._zone).date()
        return str(format_date(day, "d MMM y", locale=self.language))

    def _datetime(self, value: float) -> str:
        from babel.dates import format_datetime

        return str(format_datetime(datetime.fromtimestamp(value, self._zone), "d MMM y HH:mm", locale=self.language))


def choose(asked: str, system_language: str) -> str:
    """The language to use: the one asked for, else the person's own if techkit speaks it, else English."""
    for language in (asked, system_language):
        if language[:2].lower() in LANGUAGES:
            return language[:2].lower()
    return LANGUAGES[0]
