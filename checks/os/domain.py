"""The machine and its domain trust each other."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, Record, Severity, Unseen, critical, info, warning
from techkit.readings.os import domains
from techkit.readings.os.domains import Domain


class Limits(Record, frozen=True):
    """How often a controller may refuse this machine by accident."""

    denied: int = 2
    turned_away: int = 3
    """how often a controller refuses another machine, for a reason that may be none"""
    policy: float = 3 * 3600
    """seconds for which the rules of the domain may not arrive: they are fetched every two hours"""
    fresh: float = 24 * 3600


def probe(host: Host) -> Domain:
    """Ask for the domain and what became of the last talks with it."""
    return domains.domain(host)


def judge(seen: Domain, limits: Limits) -> Iterator[Finding | Unseen]:
    """Not resolvable, not trusted, without a key, unreachable; or refusing others."""
    yield from _names(seen)
    if seen.resident and seen.networks and "domain" not in seen.networks and any(one.knows for one in seen.servers):
        yield warning(
            "wrong_network", seen.name, domain=seen.name, profile=seen.networks[0], controller=seen.controller
        )
    if away := [one for one in seen.turned_away if one.distrusted or one.count >= limits.turned_away]:
        computers = tuple(one.computer for one in away)
        severity = Severity.WARNING if any(one.distrusted for one in away) else Severity.INFO
        told: dict[str, Fact] = {"domain": seen.name, "computers": computers, "count": sum(one.count for one in away)}
        yield Finding("turned_away", severity, seen.name, told)
    if seen.denied >= limits.denied:
        yield critical("trust_broken", seen.name, domain=seen.name, count=seen.denied)
    elif not seen.keytab:
        yield critical("keytab_missing", seen.name, domain=seen.name, path=domains.KEYTAB)
    elif seen.offline:
        yield warning("offline", seen.name, domain=seen.name)
    elif seen.silent:
        yield info("out_of_reach", seen.name, domain=seen.name, count=seen.silent)
    yield from _policy(seen, limits)
    yield from seen.unseen


def _policy(seen: Domain, limits: Limits) -> Iterator[Finding]:
    """Group policy that does not arrive; without a controller in reach a finding on servers only."""
    it = seen.policy
    if not it or it.count == 1 or it.since < limits.policy or it.last > limits.fresh:
        return
    facts: dict[str, Fact] = {"domain": seen.name, "count": it.count, "since": it.since}
    facts |= {"path": it.path or None, "error": it.error or None}
    if it.local:
        yield Finding("policy_damaged", Severity.WARNING, it.path, facts)
    elif it.reason != "away" or seen.resident:
        yield Finding("policy_failed", Severity.WARNING, seen.name, facts | {"reason": it.reason})


def _names(seen: Domain) -> Iterator[Finding]:
    """One name server that does not know the domain fails now and then; all of them, always."""
    ignorant = [server for server in seen.servers if not server.knows]
    if ignorant and len(ignorant) == len(seen.servers):
        addresses = tuple(server.address for server in ignorant)
        severity = Severity.CRITICAL if seen.resident else Severity.INFO
        facts: dict[str, Fact] = {"domain": seen.name, "servers": addresses, "controller": seen.controller}
        if seen.by_hand and not seen.resident:
            yield warning("set_astray", seen.name, domain=seen.name, servers=addresses)
        else:
            yield Finding("unknown_to_all", severity, seen.name, facts)
        return
    for server in ignorant:
        right = tuple(one.address for one in seen.servers if one.knows and one.interface == server.interface)
        if right:
            told: dict[str, Fact] = {"domain": seen.name, "server": server.address, "interface": server.interface}
            yield warning("foreign_server", server.address, **told, right=right)


CHECK = Check(probe=probe, judge=judge, limits=Limits())
