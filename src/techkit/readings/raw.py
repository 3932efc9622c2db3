"""The bytes of a file that the doorway has made text of."""

from __future__ import annotations

import re

_ESCAPED = re.compile(rb"\\x([0-9a-f]{2})")
_BYTES = {b"%02x" % number: bytes([number]) for number in range(256)}


def of(text: str) -> bytes:
    """Give back the bytes; a file that itself spells such an escape is not told apart."""
    return _ESCAPED.sub(lambda match: _BYTES[match[1]], text.encode("utf-8", "surrogatepass"))
