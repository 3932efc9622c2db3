"""The tools that would reveal an intruder are unmodified."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, Record, critical
from techkit.readings.antivirus import altered_programs
from techkit.readings.antivirus.altered_programs import Changed


class Programs(Record, frozen=True):
    """Those that are not."""

    changed: tuple[Changed, ...] = ()


def probe(host: Host) -> Programs:
    """Compare a dozen of them with their packages' checksums."""
    return Programs(altered_programs.changed(host))


def judge(seen: Programs, _: None) -> Iterator[Finding]:
    """One finding for each."""
    for one in seen.changed:
        yield critical("changed", one.path, path=one.path, package=one.package)


CHECK = Check(probe=probe, judge=judge, limits=None, systems=("linux",))
