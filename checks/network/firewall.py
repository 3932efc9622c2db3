"""The firewall: it lets out what people need, and on Windows it is on."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from techkit import Check, Fact, Finding, Host, ProbeError, Reason, Record, attempt, critical, info, warning
from techkit.readings import clock, interfaces, packet_filter, resolvers, routes, windows_firewall
from techkit.readings.packet_filter import Drop, Packet

NEEDED = (("tcp", 443), ("tcp", 80), ("udp", 53), ("tcp", 53))
"""What hurts at once when it is dropped: web pages and names."""
ALSO = (("udp", 123),)
"""What is missed later: the time."""


class Dropped(Record, frozen=True):
    """A place of the packet filter with everything that ends there."""

    drop: Drop
    direction: str
    ports: tuple[str, ...]
    rule: str = ""
    """as nft takes it again; empty for a policy"""


class Seen(Record, frozen=True):
    """What the packet filter of Linux drops; what the firewall of Windows is set to."""

    dropped: tuple[Dropped, ...] = ()
    windows: windows_firewall.Firewall | None = None
    timekeeper: str = ""
    """the service that asks time servers, where one is at work and has not got an answer"""


def probe(host: Host) -> Seen:
    """Walk packets that everybody needs, and the answers to them, through all rules."""
    if host.system == "windows":
        return Seen(windows=windows_firewall.read(host))
    rulesets = packet_filter.read(host)
    ends: dict[tuple[Drop, str], list[str]] = {}
    for packet in _packets(host):
        drop = next((found for ruleset in rulesets if (found := ruleset.drop(packet))), None)
        if drop:
            ends.setdefault((drop, packet.direction), []).append(f"{packet.protocol} {packet.port}")
    dropped = tuple(Dropped(drop, way, tuple(ports), _text(host, drop)) for (drop, way), ports in ends.items())
    return Seen(dropped, timekeeper=attempt(partial(_timekeeper, host), "", *Reason) if dropped else "")


def _timekeeper(host: Host) -> str:
    """The service that asks for the time and has not got it: one that has asks somebody who is let through."""
    kept = clock.source(host)
    asks = kept.unit and kept.active and kept.servers
    return kept.unit or "" if asks and clock.synchronised(host, kept.unit) is False else ""


def _packets(host: Host) -> Iterator[Packet]:
    ways = attempt(partial(routes.default_gateways, host), (), Reason.MISSING, Reason.UNREADABLE)
    way = next((one for one in ways if one.version == 4), None)
    four = [one for one in interfaces.addresses(host) if one.ip.version == 4 and way and one.interface == way.interface]
    targets = [one["address"] for one in host.site()["addresses"] if ":" not in one["address"]]
    if not way or not four or not targets:
        return
    servers = attempt(partial(resolvers.servers, host), (), Reason.FORBIDDEN, Reason.MISSING, Reason.UNREADABLE)
    server = next((one for one in servers if ":" not in one and not one.startswith("127.")), targets[0])
    for protocol, port in (*NEEDED, *ALSO):
        other = server if port == 53 else targets[0]
        yield Packet("out", protocol, port, four[0].address, other, way.interface)
        yield Packet("in", protocol, port, four[0].address, other, way.interface, "established")


def _text(host: Host, drop: Drop) -> str:
    if not drop.handle:
        return ""
    try:
        said = host.run("nft", "-a", "list", "chain", drop.family, drop.table, drop.chain)
    except ProbeError:
        return ""
    return packet_filter.rule_text(said["out"], drop.handle)


def judge(seen: Seen, _: None) -> Iterator[Finding]:
    """One finding per place; what comes in unasked is dropped on every good machine and is no finding."""
    for one in seen.dropped:
        drop = one.drop
        place = f"{drop.family} {drop.table} {drop.chain}" + (f" #{drop.handle}" if drop.handle else "")
        hurts = any(port not in {f"{protocol} {number}" for protocol, number in ALSO} for port in one.ports)
        facts: dict[str, Fact] = {
            "family": drop.family,
            "table": drop.table,
            "chain": drop.chain,
            "handle": drop.handle,
            "rule": one.rule or drop.spelled,
            "ports": one.ports,
        }
        if not hurts and seen.timekeeper:
            yield warning("time", place, **facts, service=seen.timekeeper)
        elif not hurts:
            yield info("spares", place, **facts)
        elif drop.chain.startswith(("ufw", "ufw6")):
            yield critical("ufw", place, **facts)
        elif one.direction == "in":
            yield critical("answers", place, **facts)
        elif one.rule:
            yield critical("drops", place, **facts)
        elif drop.spelled:
            yield critical("iptables", f"{drop.table} {drop.chain}", **facts)
        else:
            yield critical("closed", place, **facts)
    if seen.windows:
        yield from _windows(seen.windows)


def _windows(firewall: windows_firewall.Firewall) -> Iterator[Finding]:
    facts: dict[str, Any] = {"profile": ", ".join(firewall.active)}
    for rule in firewall.blocking:
        yield critical("rule", rule.name, **facts, rule=rule.name, ports=rule.ports or ("*",), policy=rule.policy)
    if firewall.outbound_blocked:
        yield warning("outbound", facts["profile"], **facts)
    if firewall.off and not firewall.others:
        if "public" in firewall.off:
            yield warning("off", "public", profile="public")
        else:
            yield info("off", firewall.off[0], profile=firewall.off[0])


CHECK = Check(probe=probe, judge=judge, limits=None)
