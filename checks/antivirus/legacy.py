"""SMB 1, the outdated protocol that worms use, is off."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, Record, warning
from techkit.readings.antivirus import protections
from techkit.readings.antivirus.protections import Legacy


class Spoken(Record, frozen=True):
    """Where it is still on."""

    found: tuple[Legacy, ...] = ()


def probe(host: Host) -> Spoken:
    """Read the switches of both sides."""
    return Spoken(protections.legacy(host))


def judge(seen: Spoken, _: None) -> Iterator[Finding]:
    """Worms get in through the server side; the client alone should be off too."""
    for one in seen.found:
        if one.side == "server":
            yield warning("smb1_server", one.where, where=one.where, value=one.value)
        elif all(other.side != "server" for other in seen.found):
            yield warning("smb1_client", one.where, where=one.where, value=one.value)


CHECK = Check(probe=probe, judge=judge, limits=None)
