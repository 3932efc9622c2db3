"""The antivirus finds nothing in the newest files."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, critical
from techkit.readings.antivirus import scans
from techkit.readings.antivirus.scans import Scan


def probe(host: Host) -> Scan:
    """Have the running scanner look at the newest small files of the people here."""
    return scans.newest(host)


def judge(seen: Scan, _: None) -> Iterator[Finding]:
    """One finding per file; what was not scanned in time is left to the full scan."""
    for file in seen.infected:
        yield critical("infected", file.path, path=file.path, threat=file.threat)


CHECK = Check(probe=probe, judge=judge, limits=None, systems=("linux",))
