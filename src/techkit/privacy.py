"""Redacts what names this machine and its people, and searches the finished artefact for leaks.

Private values are registered with their kind (`Host.private`), so nothing is guessed: each gets a token,
`host-1`, the same throughout one artefact. The map from token to value stays on this machine.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from techkit.model import Private

T = TypeVar("T")
OWN = {"pages", "titles", "techkit", "schema"}
"""Parts of a document that are techkit's own words."""
SHORTEST = 2


def tokens(privates: Iterable[Private]) -> dict[str, str]:
    """Value -> token, numbered by kind in order of appearance."""
    count: dict[str, int] = {}
    found: dict[str, str] = {}
    for private in privates:
        if len(private.value) < SHORTEST or private.value in found:
            continue
        count[private.kind] = count.get(private.kind, 0) + 1
        found[private.value] = f"{private.kind}-{count[private.kind]}"
    return found


def _pattern(values: Iterable[str]) -> re.Pattern[str] | None:
    longest_first = sorted(values, key=len, reverse=True)
    if not longest_first:
        return None
    return re.compile(r"(?<![\w])(?:" + "|".join(map(re.escape, longest_first)) + r")(?![\w])", re.IGNORECASE)


def redact_text(text: str, known: dict[str, str]) -> str:
    """The text with every private value replaced, whatever its case."""
    pattern = _pattern(known)
    if pattern is None:
        return text
    folded = {value.casefold(): token for value, token in known.items()}
    return pattern.sub(lambda match: folded[match[0].casefold()], text)


def redact(thing: T, privates: Iterable[Private], *, own: Iterable[str] = OWN) -> T:
    """A record of the same type with every private value replaced; the parts named `own` are left as they are."""
    known = tokens(privates)
    raw: Any = msgspec.to_builtins(thing)
    if isinstance(raw, dict):
        raw = {key: value if key in own else _walk(value, known) for key, value in raw.items()}
        if "private" in raw:
            raw["private"] = []
    return msgspec.convert(raw, type(thing))


def _walk(value: Any, known: dict[str, str]) -> Any:
    if isinstance(value, str):
        return redact_text(value, known)
    if isinstance(value, list | tuple):
        return [_walk(inner, known) for inner in value]
    if isinstance(value, dict):
        return {redact_text(key, known): _walk(inner, known) for key, inner in value.items()}
    return value


def leaks(artefact: str, privates: Iterable[Private], own_words: str = "") -> tuple[str, ...]:
    """Private values that a finished artefact still contains; those that also occur in our own words do not count."""
    ordinary = {value for value in tokens(privates) if (own := _pattern([value])) and own.search(own_words)}
    return tuple(
        value
        for value in tokens(privates)
        if value not in ordinary and (pattern := _pattern([value])) and pattern.search(artefact)
    )
