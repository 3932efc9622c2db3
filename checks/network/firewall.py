"""The firewall lets needed traffic out, and on Windows it is on."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from techkit import Check, Fact, Finding, Host, Reason, Record, Severity, Unseen, attempt, critical, info, warning
from techkit.readings.network import blocked_traffic, windows_firewall
from techkit.readings.network.blocked_traffic import Dropped, Turned
from techkit.readings.os import clock


class Seen(Record, frozen=True):
    """What the packet filter of Linux drops; what the firewall of Windows is set to."""

    dropped: tuple[Dropped, ...] = ()
    turned: tuple[Turned, ...] = ()
    windows: windows_firewall.Firewall | None = None
    timekeeper: str = ""
    """the service that asks time servers, where one is at work and has not got an answer"""


def probe(host: Host) -> Seen:
    """Simulate packets that everybody needs, and their answers, through all rules."""
    if host.system == "windows":
        return Seen(windows=windows_firewall.read(host))
    dropped, turned = blocked_traffic.walk(host)
    waiting = attempt(partial(clock.unanswered, host), "", *Reason) if dropped else ""
    return Seen(dropped, turned, timekeeper=waiting)


def judge(seen: Seen, _: None) -> Iterator[Finding | Unseen]:
    """One finding per rule or policy; dropping unsolicited incoming traffic is normal."""
    for one in seen.dropped:
        if not (one.loopback and any(other.drop == one.drop and not other.loopback for other in seen.dropped)):
            yield _dropped(one, seen.timekeeper)
    yield from map(_turned, seen.turned)
    if seen.windows:
        yield from _windows(seen.windows)


def _dropped(one: Dropped, timekeeper: str) -> Finding:
    drop = one.drop
    place = drop.place + (f" #{drop.handle}" if drop.handle else "")
    facts: dict[str, Fact] = {
        "family": drop.family,
        "table": drop.table,
        "chain": drop.chain,
        "handle": drop.handle,
        "rule": one.rule or drop.spelled,
        "ports": one.ports,
    }
    if one.spares:
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
    return critical("turned", by.place, **facts, rule=one.rule or by.spelled, ports=one.ports, to=one.to)


def _windows(firewall: windows_firewall.Firewall) -> Iterator[Finding | Unseen]:
    facts: dict[str, Any] = {"profile": ", ".join(firewall.active)}
    for rule in firewall.blocking:
        yield critical("rule", rule.name, **facts, rule=rule.name, ports=rule.ports or ("*",), policy=rule.policy)
    if firewall.outbound_blocked:
        yield warning("outbound", facts["profile"], **facts)
    if firewall.disabled and not firewall.others:
        unit = firewall.disabled[0]
        yield warning("service_off", unit, unit=unit)
    elif firewall.off and not firewall.others:
        own = [profile for profile in firewall.off if profile not in firewall.ordered]
        if own:
            yield warning("off", own[-1], profile=own[-1])  # the public one, where it is among them
        else:
            severity = Severity.WARNING if "public" in firewall.off else Severity.INFO
            yield Finding("off_by_policy", severity, firewall.off[-1], {"profile": firewall.off[-1]})
    elif not firewall.others:
        yield from (Unseen(profile, Reason.UNREADABLE) for profile in firewall.unsure)
        yield from firewall.unseen


CHECK = Check(probe=probe, judge=judge, limits=None)
