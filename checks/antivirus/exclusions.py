"""The antivirus excludes no place where malware arrives."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, Record, warning
from techkit.readings.antivirus import protections
from techkit.readings.antivirus.protections import Exclusion


class Excluded(Record, frozen=True):
    """The exclusions that are too wide."""

    found: tuple[Exclusion, ...] = ()


def probe(host: Host) -> Excluded:
    """Read the exclusions of the active antivirus."""
    return Excluded(protections.exclusions(host))


def judge(seen: Excluded, _: None) -> Iterator[Finding]:
    """One finding for each."""
    for one in seen.found:
        if one.kind == "size":
            option, size = one.value.split(" ", 1)
            yield warning("size", one.value, program=one.program, option=option, size=size)
            continue
        yield warning("wide", one.value, program=one.program, kind=one.kind, value=one.value)


CHECK = Check(probe=probe, judge=judge, limits=None)
