"""Input from people: text files in any usual encoding, and errors in what they gave."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


class InputError(Exception):
    """An error in what somebody gave: a label of the table `error` and its values, for `Words.told`."""

    def __init__(self, label: str, **values: Any) -> None:
        super().__init__(": ".join(map(str, values.values())))
        self.label = label
        self.values = values


def text(file: Path) -> str:
    """Read a text file in UTF-8, with or without a BOM, or in UTF-16, as Windows PowerShell writes."""
    raw = file.read_bytes()
    return raw.decode("utf-16" if raw[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE} else "utf-8-sig")
