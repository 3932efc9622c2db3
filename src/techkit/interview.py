"""Recognises a symptom by the words of a complaint."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from techkit.registry import Symptom


def recognise(complaint: str, symptoms: Mapping[str, Symptom]) -> tuple[str, ...]:
    """The symptoms with the highest score: how many of their words begin a word of the complaint."""
    plain = complaint.casefold().replace("ё", "е")
    spoken = {*re.findall(r"\w+", plain), *re.findall(r"\w+", plain.replace("-", ""))}  # wi-fi is wifi, too
    score = {
        name: sum(
            any(word.startswith(start.casefold().replace("ё", "е")) for word in spoken) for start in symptom.words
        )
        for name, symptom in symptoms.items()
    }
    best = max(score.values(), default=0)
    return tuple(name for name in symptoms if best and score[name] == best)
