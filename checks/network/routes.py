"""The preferred default route works."""

from collections.abc import Iterator
from itertools import groupby

from techkit import Check, Fact, Finding, Host, Record, critical, warning
from techkit.readings.network import connectivity, routing


class Limits(Record, frozen=True):
    """Few hosts are more than thirty hops away."""

    hops: int = 30


def probe(host: Host) -> routing.Ways:
    """Read all default routes, and probe the routers if there are several."""
    return routing.seen(host)


def judge(seen: routing.Ways, limits: Limits) -> Iterator[Finding]:
    """Find routes that drop everything, and dead routes preferred to working ones."""
    yield from _rules(seen)
    if seen.hops < limits.hops:
        yield critical(
            "short_lived", "ip_default_ttl", hops=seen.hops, usual=routing.Ways().hops, file=routing.TIME_TO_LIVE
        )
    for router, parts in groupby(sorted(seen.parts, key=lambda way: way.gateway), key=lambda way: way.gateway):
        some = tuple(parts)
        yield warning(
            "dead_part", router, gateway=router, interface=some[0].interface, target=some[0].target,
            targets=tuple(way.target for way in some),
        )  # fmt: skip
    if not seen.ways:
        return
    first, others = seen.ways[0], seen.ways[1:]
    living = next((way for way in others if way.interface and way.state == "reachable"), None)
    facts: dict[str, Fact] = {
        "target": first.target,
        "metric": first.metric,
        "interface": first.interface or None,
        "gateway": first.gateway or None,
        "kind": first.kind or None,
        "other": living.gateway if living else None,
        "other_interface": living.interface if living else None,
    }
    if not first.interface:
        yield critical("swallowed", first.target, **facts)
    elif first.state == "silent" and living:
        yield critical("dead_first", first.gateway, **facts)
    elif first.state == "silent" and not first.on_link:
        yield critical("off_network", first.gateway, **facts)


def _rules(seen: routing.Ways) -> Iterator[Finding]:
    """What is asked before the routes."""
    for rule in seen.rules:
        yield critical("rule", f"rule {rule.priority}", priority=rule.priority, action=rule.action)
    if not seen.main:
        yield critical("main_unasked", "main", table="main")
    for one in seen.diversions:
        facts: dict[str, Fact] = {"priority": one.priority, "table": one.table, "source": one.source}
        if one.action:
            yield critical("rule_table", f"rule {one.priority}", **facts, action=one.action)
        else:
            yield critical("diverted", one.gateway, **facts, gateway=one.gateway, interface=one.interface)


CHECK = Check(
    probe=probe,
    judge=judge,
    limits=Limits(),
    blocked_by=connectivity.NO_LINK,
)
