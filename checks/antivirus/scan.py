"""A full scan finds nothing where malware arrives and starts."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, Reason, Record, Unseen, critical
from techkit.readings.antivirus import scans
from techkit.readings.antivirus.scans import Scan


class Limits(Record, frozen=True):
    """At most so many infected files are named."""

    most: int = 20


def probe(host: Host) -> Scan:
    """Scan downloads, temporary files and what starts by itself; takes minutes."""
    return scans.thorough(host)


def judge(seen: Scan, limits: Limits) -> Iterator[Finding | Unseen]:
    """One finding for each file."""
    for file in seen.infected[: limits.most]:
        yield critical("infected", file.path, path=file.path, threat=file.threat)
    if seen.late:
        yield Unseen("antivirus.scan", Reason.TIMEOUT, str(seen.late))


CHECK = Check(probe=probe, judge=judge, limits=Limits(), cost="slow")
