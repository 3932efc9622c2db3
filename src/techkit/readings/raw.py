"""The bytes of a file that the host has decoded as text."""

from __future__ import annotations

import re

_ESCAPED = re.compile(rb"\\x([0-9a-f]{2})")
_BYTES = {b"%02x" % number: bytes([number]) for number in range(256)}


def of(text: str) -> bytes:
    """The bytes of an escaped text; literal escapes in the file are not distinguished."""
    return _ESCAPED.sub(lambda match: _BYTES[match[1]], text.encode("utf-8", "surrogatepass"))
