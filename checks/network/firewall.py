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
LOCAL, OWN = "127.0.0.1", 631


class Dropped(Record, frozen=True):
    """A place of the packet filter with everything that ends there."""

    drop: Drop
    direction: str
    ports: tuple[str, ...]
    rule: str = ""
    """as nft takes it again; empty for a policy"""
    loopback: bool = False
    """it is what this machine sends to itself"""


class Turned(Record, frozen=True):
    """A rule that turns what people send to the world to a port of this machine, at which nobody listens."""

    drop: Drop
    ports: tuple[str, ...]
    to: int
    rule: str = ""


class Seen(Record, frozen=True):
    """What the packet filter of Linux drops; what the firewall of Windows is set to."""

    dropped: tuple[Dropped, ...] = ()
    turned: tuple[Turned, ...] = ()
    windows: windows_firewall.Firewall | None = None
    timekeeper: str = ""
    """the service that asks time servers, where one is at work and has not got an answer"""


def probe(host: Host) -> Seen:
    """Walk packets that everybody needs, and the answers to them, through all rules."""
    if host.system == "windows":
        return Seen(windows=windows_firewall.read(host))
    rulesets = packet_filter.read(host)
    ends: dict[tuple[Drop, str, bool], list[str]] = {}
    turns: dict[tuple[int, Drop], list[str]] = {}
    for packet in (*_packets(host), *_own_packets()):
        drop = next((found for ruleset in rulesets if (found := ruleset.drop(packet))), None)
        turn = next((way for ruleset in rulesets if (way := ruleset.diversion(packet))), None)
        name = f"{packet.protocol} {packet.port}"
        if drop:
            ends.setdefault((drop, packet.direction, packet.interface == interfaces.LOOPBACK), []).append(name)
        elif turn and packet.direction == "out" and packet.interface != interfaces.LOOPBACK:
            turns.setdefault(turn, []).append(name)
    dropped = tuple(
        Dropped(drop, way, tuple(ports), _text(host, drop), own) for (drop, way, own), ports in ends.items()
    )
    return Seen(
        dropped,
        tuple(
            Turned(drop, tuple(ports), port, _text(host, drop))
            for (port, drop), ports in turns.items()
            if host.connect(LOCAL, port, timeout=0.5)["state"] == "refused"
        ),
        timekeeper=attempt(partial(_timekeeper, host), "", *Reason) if dropped else "",
    )


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


def _own_packets() -> Iterator[Packet]:
    """What programs of this machine say to each other; port 631 stands for all."""
    for direction in ("out", "in"):
        yield Packet(direction, "tcp", OWN, LOCAL, LOCAL, interfaces.LOOPBACK)


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
        if not (one.loopback and any(other.drop == one.drop and not other.loopback for other in seen.dropped)):
            yield _dropped(one, seen.timekeeper)
    yield from map(_turned, seen.turned)
    if seen.windows:
        yield from _windows(seen.windows)


def _dropped(one: Dropped, timekeeper: str) -> Finding:
    drop = one.drop
    place = f"{drop.family} {drop.table} {drop.chain}" + (f" #{drop.handle}" if drop.handle else "")
    hurts = one.loopback or any(port not in {f"{protocol} {number}" for protocol, number in ALSO} for port in one.ports)
    facts: dict[str, Fact] = {
        "family": drop.family,
        "table": drop.table,
        "chain": drop.chain,
        "handle": drop.handle,
        "rule": one.rule or drop.spelled,
        "ports": one.ports,
    }
    if not hurts:
        return warning("time", place, **facts, service=timekeeper) if timekeeper else info("spares", place, **facts)
    if one.loopback:
        return critical("loopback", place, **facts)
    if drop.chain.startswith(("ufw", "ufw6")):
        return critical("ufw", place, **facts)
    if one.direction == "in":
        return critical("answers", place, **facts)
    if one.rule:
        return critical("drops", place, **facts)
    if drop.spelled:
        return critical("iptables", f"{drop.table} {drop.chain}", **facts)
    return critical("closed", place, **facts)


def _turned(one: Turned) -> Finding:
    by = one.drop
    facts: dict[str, Fact] = {"family": by.family, "table": by.table, "chain": by.chain, "handle": by.handle}
    place = f"{by.family} {by.table} {by.chain}"
    return critical("turned", place, **facts, rule=one.rule or by.spelled, ports=one.ports, to=one.to)


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
