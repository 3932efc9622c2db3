"""What somebody gives techkit: files, by whichever program they were saved, and what is wrong with them."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


class Complaint(Exception):  # noqa: N818 - what is wrong, the label says
    """What is wrong with something that was given: a label of `error` and its values, for `Words.told`."""

    def __init__(self, label: str, **values: Any) -> None:
        super().__init__(": ".join(map(str, values.values())))
        self.label = label
        self.values = values


def text(file: Path) -> str:
    """A text file in UTF-8, with or without its mark, or in UTF-16, which the older PowerShell writes."""
    raw = file.read_bytes()
    return raw.decode("utf-16" if raw[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE} else "utf-8-sig")
