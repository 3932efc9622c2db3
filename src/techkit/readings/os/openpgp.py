"""Keys of a keyring and issuers of a signature; the parts of RFC 4880 and RFC 9580 that archives need.

Nothing is verified here: apt does that. This only identifies the signing key.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from typing import TYPE_CHECKING

from techkit.model import Record
from techkit.readings import raw

if TYPE_CHECKING:
    from collections.abc import Iterator

SIGNATURE, PUBLIC, SUBKEY = 2, 6, 14
CREATED, KEY_EXPIRES, ISSUER, FINGERPRINT = 2, 9, 16, 33
SELF = {0x10, 0x11, 0x12, 0x13, 0x18, 0x1F}
"""Kinds of signature by which a key speaks of itself or of its subkeys."""
_ARMOUR = re.compile(r"-----BEGIN PGP ([A-Z ]+)-----\s*\n(.*?)-----END PGP \1-----", re.DOTALL)


class Key(Record, frozen=True):
    """One key: its last 16 hexadecimal digits, and when it ceases to be good, seconds since 1970; 0: never."""

    id: str
    fingerprint: str
    expires: float = 0


def signers(text: str) -> tuple[str, ...]:
    """Ids of the keys that signed a clear text or made a detached signature."""
    found: list[str] = []
    for kind, block in _ARMOUR.findall(text):
        if kind == "SIGNATURE":
            found += [_issuer(body) for tag, body in _packets(_unarmoured(block)) if tag == SIGNATURE]
    return tuple(dict.fromkeys(filter(None, found)))


def keys(text: str) -> tuple[Key, ...]:
    """The keys of a keyring, armoured or not, as the doorway has read it; raises ValueError where it is none."""
    armoured = _ARMOUR.findall(text)
    data = b"".join(_unarmoured(block) for _, block in armoured) if armoured else raw.of(text)
    found: list[Key] = []
    latest = born = 0
    for tag, body in _packets(data):
        if tag in {PUBLIC, SUBKEY} and (key := _key(body)):
            found.append(key)
            latest, born = 0, _number(body[1:5])
        elif tag == SIGNATURE and found and len(body) > 2 and body[0] in {4, 6} and body[1] in SELF:
            parts = _subpackets(body)
            made = _number(parts.get(CREATED))
            lasts = _number(parts.get(KEY_EXPIRES))
            own = _issuer(body) in {key.id for key in found}
            if own and (made > latest or (made == latest and lasts)):
                latest = made
                found[-1] = Key(found[-1].id, found[-1].fingerprint, born + lasts if lasts else 0)
    if not found:
        raise ValueError("no key")
    return tuple(found)


def _unarmoured(block: str) -> bytes:
    _, blank, body = block.replace("\r", "").partition("\n\n") if ":" in block else ("", "\n\n", block)
    lines = [line.strip() for line in body.split("\n") if line.strip() and not line.startswith("=")]
    try:
        return base64.b64decode("".join(lines)) if blank else b""
    except binascii.Error:
        return b""


def _packets(data: bytes) -> Iterator[tuple[int, bytes]]:
    place = 0
    while place + 1 < len(data) and data[place] & 0x80:
        head = data[place]
        if head & 0x40:
            tag, size, start = head & 0x3F, data[place + 1], place + 2
            if 192 <= size < 224:
                size, start = ((size - 192) << 8) + _number(data[start : start + 1]) + 192, start + 1
            elif size == 255:
                size, start = _number(data[start : start + 4]), start + 4
            elif size >= 224:
                return  # a part of unknown length: data, never a key
        else:
            tag, wide = (head >> 2) & 0xF, head & 3
            if wide == 3:
                return
            width = 1 << wide
            size, start = _number(data[place + 1 : place + 1 + width]), place + 1 + width
        yield tag, data[start : start + size]
        place = start + size


def _key(body: bytes) -> Key | None:
    if len(body) < 6 or body[0] not in {4, 6}:
        return None
    if body[0] == 6:
        print_ = hashlib.sha256(b"\x9b" + len(body).to_bytes(4, "big") + body).hexdigest().upper()
        return Key(print_[:16], print_)
    print_ = hashlib.sha1(b"\x99" + len(body).to_bytes(2, "big") + body, usedforsecurity=False).hexdigest().upper()
    return Key(print_[-16:], print_)


def _issuer(body: bytes) -> str:
    """The key that made a signature; "" where it does not say."""
    if len(body) > 17 and body[0] == 3:
        return body[7:15].hex().upper()
    parts = _subpackets(body)
    if FINGERPRINT in parts and len(parts[FINGERPRINT]) > 16:
        version, print_ = parts[FINGERPRINT][0], parts[FINGERPRINT][1:].hex().upper()
        return print_[:16] if version == 6 else print_[-16:]
    return parts.get(ISSUER, b"").hex().upper()


def _subpackets(body: bytes) -> dict[int, bytes]:
    """The parts of a signature of version 4 or 6, by their kind."""
    if len(body) < 6 or body[0] not in {4, 6}:
        return {}
    found: dict[int, bytes] = {}
    place, width = 4, 2 if body[0] == 4 else 4
    for _ in range(2):  # the part that is signed, then the one that is not
        end = place + width + _number(body[place : place + width])
        place += width
        while place < min(end, len(body)):
            size = body[place]
            place += 1
            if 192 <= size < 255:
                size, place = ((size - 192) << 8) + _number(body[place : place + 1]) + 192, place + 1
            elif size == 255:
                size, place = _number(body[place : place + 4]), place + 4
            if size < 1 or place + size > len(body):
                return found
            found.setdefault(body[place] & 0x7F, body[place + 1 : place + size])
            place += size
        place = end
    return found


def _number(data: bytes | None) -> int:
    return int.from_bytes(data or b"", "big")
