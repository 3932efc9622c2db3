"""The operating system still gets security updates."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

from techkit import Check, Fact, Finding, Host, Reason, Record, Unseen, critical, info, warning
from techkit.readings.os import releases, updates
from techkit.readings.supplements import Supplements


class Seen(Record, frozen=True):
    """The release and today's date (ISO 8601)."""

    release: releases.Release
    today: str
    newest: float | None = None
    """when Windows installed its newest update; asked only after its end"""


class Limits(Record, frozen=True):
    """Days before the end of support that are worth a warning, and after which our own table is old."""

    soon: int = 90
    table: int = 365
    extended: int = 60  # Windows still hands out a last repair of its own updates within a month of the end


def probe(host: Host) -> Seen:
    """Ask for the release and look up its end."""
    today = datetime.fromtimestamp(host.now(), UTC).date().isoformat()
    release = releases.release(host)
    if host.system == "windows" and release.end and release.end < today:
        return Seen(release, today, updates.newest_installed(host, Supplements(host)))
    return Seen(release, today)


def judge(seen: Seen, limits: Limits) -> Iterator[Finding | Unseen]:
    """Ended, or ending soon; what is in no table is unknown."""
    end = seen.release.end
    if end is None:
        yield Unseen(seen.release.name, Reason.MISSING, f"{releases.AS_OF}: {seen.release.name} {seen.release.version}")
        return
    if not end:
        return
    left = (date.fromisoformat(end) - date.fromisoformat(seen.today)).days
    moment = datetime.fromisoformat(f"{end}T00:00:00+00:00").timestamp()
    facts: dict[str, Fact] = {"release": seen.release.name, "end": moment, "days": abs(left), "as_of": releases.AS_OF}
    if left < 0 and seen.newest is not None and seen.newest > moment + limits.extended * 86400:
        yield info("extended", seen.release.name, **facts, newest=seen.newest)
    elif left < 0:
        yield critical("ended", seen.release.name, **facts)
    elif left <= limits.soon:
        yield warning("ending", seen.release.name, **facts)
    elif (date.fromisoformat(seen.today) - date.fromisoformat(releases.AS_OF)).days > limits.table:
        yield info("table_old", seen.release.name, **facts)


CHECK = Check(probe=probe, judge=judge, limits=Limits())
