"""Nobody gets in from the network without authentication."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, Record, critical, warning
from techkit.readings.antivirus import protections
from techkit.readings.antivirus.protections import Door


class Doors(Record, frozen=True):
    """The unsafe ways in."""

    found: tuple[Door, ...] = ()


def probe(host: Host) -> Doors:
    """Read how remote desktop, or the SSH server, is set up."""
    return Doors(protections.doors(host))


def judge(seen: Doors, _: None) -> Iterator[Finding]:
    """One finding per way in."""
    for door in seen.found:
        if door.kind == "empty":
            yield critical("empty_passwords", door.where, where=door.where, value=door.value)
        elif door.kind == "root":
            yield warning("root_password", door.where, where=door.where, value=door.value)
        else:
            yield warning("without_nla", door.where, where=door.where, value=door.value)


CHECK = Check(probe=probe, judge=judge, limits=None)
