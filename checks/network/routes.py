"""Routes: the way that is taken first leads out."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, critical
from techkit.readings import reach, ways


def probe(host: Host) -> ways.Ways:
    """Read every way out and ask the routers where there is a choice."""
    return ways.seen(host)


def judge(seen: ways.Ways, _: None) -> Iterator[Finding]:
    """Find what swallows everything, and a dead way that goes before a living one."""
    for rule in seen.rules:
        yield critical("rule", f"rule {rule.priority}", priority=rule.priority, action=rule.action)
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


CHECK = Check(
    probe=probe,
    judge=judge,
    limits=None,
    blocked_by=reach.NO_LINK,
)
