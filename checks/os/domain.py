"""The machine and its domain trust each other."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, Record, critical, info, warning
from techkit.readings import domains
from techkit.readings.domains import Domain


class Limits(Record, frozen=True):
    """How often a controller may refuse this machine before it is no accident."""

    denied: int = 2


def probe(host: Host) -> Domain:
    """Ask for the domain and what became of the last talks with it."""
    return domains.domain(host)


def judge(seen: Domain, limits: Limits) -> Iterator[Finding]:
    """Not trusted any more, without its key, or out of reach."""
    if seen.denied >= limits.denied:
        yield critical("trust_broken", seen.name, domain=seen.name, count=seen.denied)
    elif not seen.keytab:
        yield critical("keytab_missing", seen.name, domain=seen.name, path=domains.KEYTAB)
    elif seen.offline:
        yield warning("offline", seen.name, domain=seen.name)
    elif seen.silent:
        yield info("out_of_reach", seen.name, domain=seen.name, count=seen.silent)


CHECK = Check(probe=probe, judge=judge, limits=Limits())
