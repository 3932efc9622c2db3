"""What the antivirus has found was dealt with."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, ProbeError, Reason, Record, critical, info, warning
from techkit.readings.antivirus import scans, threats
from techkit.readings.antivirus.threats import Threat

LEFT = {"there", "failed", "untouched"}


class Threats(Record, frozen=True):
    """What was found in the last month."""

    found: tuple[Threat, ...] = ()


class Limits(Record, frozen=True):
    """At most so many of the remaining files are named."""

    most: int = 10


def probe(host: Host) -> Threats:
    """Read the antivirus' own records; antivirus.downloads reports a file that was just found again."""
    if host.system == "windows":
        return Threats(threats.windows(host))
    found = threats.linux(host)
    told = set() if all(one.state != "there" for one in found) else _told(host)
    return Threats(tuple(one for one in found if one.path not in told))


def _told(host: Host) -> set[str]:
    try:
        return {file.path for file in scans.newest(host).infected}
    except ProbeError as error:
        if error.reason is Reason.UNRECORDED:
            raise
        return set()


def judge(seen: Threats, limits: Limits) -> Iterator[Finding]:
    """Still there: an alarm; allowed by somebody: a warning; gone: a note."""
    left = [one for one in seen.found if one.state in LEFT]
    for one in left[: limits.most]:
        yield critical("unresolved", one.path or one.name, **_facts(one))
    for one in seen.found:
        if one.state == "allowed":
            yield warning("allowed", one.path or one.name, **_facts(one))
    gone = sorted({one.name for one in seen.found if one.state == "gone"})
    if gone:
        last = max((one.when or 0 for one in seen.found if one.state == "gone"), default=0)
        yield info("resolved", "antivirus", names=tuple(gone[: limits.most]), count=len(gone), date=last or None)


def _facts(one: Threat) -> dict[str, Fact]:
    return {"threat": one.name, "path": one.path, "date": one.when, "state": one.state}


CHECK = Check(probe=probe, judge=judge, limits=Limits())
