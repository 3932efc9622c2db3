"""Encrypted volumes are protected."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, info, warning
from techkit.readings.disk import encryption


def probe(host: Host) -> tuple[encryption.Volume, ...]:
    """Ask for every volume."""
    return encryption.encryption(host)


def judge(seen: tuple[encryption.Volume, ...], _: None) -> Iterator[Finding]:
    """Suspended: encrypted with an exposed key; unfinished: stopped half way; on: as it should be."""
    for one in seen:
        if one.state == "encrypted" and one.protected is False:
            yield warning("suspended", one.volume, volume=one.volume, state=one.state)
        elif one.state == "paused":
            yield warning("unfinished", one.volume, volume=one.volume, state=one.state)
        elif one.state in {"encrypting", "decrypting"}:
            yield info("changing", one.volume, volume=one.volume, state=one.state)
        elif one.state == "encrypted":
            yield info("on", one.volume, volume=one.volume, state=one.state)


CHECK = Check(probe=probe, judge=judge, limits=None)
