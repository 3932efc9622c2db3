"""The database of installed packages can be read."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, critical
from techkit.readings.os import package_databases
from techkit.readings.os.package_databases import Database


def probe(host: Host) -> Database:
    """Let the package manager's own reader look at it."""
    return package_databases.database(host)


def judge(seen: Database, _: None) -> Iterator[Finding]:
    """Damaged, with or without a copy to go back to."""
    if seen.message and seen.copy:
        yield critical("damaged", seen.path, path=seen.path, message=seen.message, copy=seen.copy)
    elif seen.message:
        yield critical("damaged_no_copy", seen.path, path=seen.path, message=seen.message)


CHECK = Check(probe=probe, judge=judge, limits=None, systems=("linux",))
