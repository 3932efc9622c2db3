"""The web server of Windows has given up none of its sites."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, Record, Severity
from techkit.readings.software import app_pools
from techkit.readings.software.app_pools import Pool


class Limits(Record, frozen=True):
    """In seconds; one that was started again by hand leaves no trace, and somebody will have done so by then."""

    fresh: float = 86400


class Seen(Record, frozen=True):
    """The pools that were given up, and the time now."""

    pools: tuple[Pool, ...]
    now: float


def probe(host: Host) -> Seen:
    """Ask the log, and the processes for those that work again."""
    return Seen(app_pools.given_up(host), host.now())


def judge(seen: Seen, limits: Limits) -> Iterator[Finding]:
    """One finding for each: its processes fail, or its account is not let in."""
    for pool in seen.pools:
        severity = Severity.WARNING if seen.now - pool.time < limits.fresh else Severity.INFO
        facts: dict[str, Fact] = {"pool": pool.name, "event": pool.event, "when": pool.time}
        if pool.event == app_pools.NO_IDENTITY:
            yield Finding("not_let_in", severity, pool.name, facts)
        else:
            yield Finding("given_up", severity, pool.name, facts | {"program": app_pools.WORKER})


CHECK = Check(probe=probe, judge=judge, limits=Limits(), systems=("windows",))
