"""The backups that Windows makes by itself succeed, and go on being made."""

from collections.abc import Iterator
from itertools import pairwise

from techkit import Check, Fact, Finding, Host, Record, warning
from techkit.readings.os import backups
from techkit.readings.os.backups import Backups

SUBJECT = "Windows Server Backup"


class Limits(Record, frozen=True):
    """How often a backup may fail in a row, and how much later than usual the next may come."""

    failures: int = 2
    regular: int = 4  # backups from which on one can tell how often they are made
    late: float = 3  # times the longest time between two
    least: float = 3 * 86400


def probe(host: Host) -> Backups:
    """Read what became of each."""
    return backups.backups(host)


def judge(seen: Backups, limits: Limits) -> Iterator[Finding]:
    """Failing since the last good one; or none at all any more, where there was one every so often."""
    good = [run for run in seen.runs if run.good]
    failed = seen.runs[: seen.runs.index(good[0])] if good else seen.runs
    age = seen.now - good[0].time if good else None
    if len(failed) >= limits.failures:
        last = failed[0]
        facts: dict[str, Fact] = {"count": len(failed), "age": age, "event": last.event, "error": last.error or None}
        target = last.target or (good[0].target if good else "")
        yield warning("failing", SUBJECT, **facts, target=target or None, when=last.time)
    elif not failed and len(good) >= limits.regular and age is not None:
        gap = max(newer.time - older.time for newer, older in pairwise(good))
        if age > max(limits.least, limits.late * gap):
            yield warning("ceased", SUBJECT, age=age, usual=gap, count=len(good), target=good[0].target or None)


CHECK = Check(probe=probe, judge=judge, limits=Limits(), systems=("windows",))
