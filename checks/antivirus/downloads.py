"""The antivirus finds nothing in the files that came last."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, critical
from techkit.readings.antivirus import scans
from techkit.readings.antivirus.scans import Scan


def probe(host: Host) -> Scan:
    """Hand the newest small files of the people here to the scanner that runs."""
    return scans.newest(host)


def judge(seen: Scan, _: None) -> Iterator[Finding]:
    """One finding for each file; what could not be judged in time is left to the whole scan."""
    for file in seen.infected:
        yield critical("infected", file.path, path=file.path, threat=file.threat)


CHECK = Check(probe=probe, judge=judge, limits=None, systems=("linux",))
