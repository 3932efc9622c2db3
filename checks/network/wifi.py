"""Wi-Fi is on, strong enough, stable and protected."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, Record, Severity, info, warning
from techkit.readings.network import wireless
from techkit.readings.network.wireless import Network, Trouble, Wifi


class Limits(Record, frozen=True):
    """Signal in dBm for a note and a warning; events per day that are no accident."""

    fair: int = -72
    weak: int = -80
    failures: int = 3
    drops: int = 5


def probe(host: Host) -> Wifi:
    """Ask every radio, and on Windows the log of its connections."""
    return wireless.wifi(host)


def judge(seen: Wifi, limits: Limits) -> Iterator[Finding]:
    """A radio that is off explains the rest, and is intended if a cable is in use."""
    if seen.unit:
        severity = Severity.CRITICAL if seen.alone else Severity.INFO
        yield Finding("service_off", severity, seen.unit, {"unit": seen.unit, "startup": seen.startup})
        return
    for interface, how in seen.off:
        severity = Severity.CRITICAL if seen.alone else Severity.INFO
        if how == "hardware":
            yield Finding("switch_off", severity, interface, {"interface": interface})
        else:
            yield Finding("radio_off", severity, interface, {"interface": interface})
    if seen.off:
        return
    for link in seen.links:
        facts: dict[str, Fact] = {
            "interface": link.interface, "signal": link.signal, "band": link.band or None, "channel": link.channel,
        }  # fmt: skip
        if link.signal is not None and link.signal <= limits.weak:
            yield warning("weak", link.interface, limit=limits.weak, **facts)
        elif link.signal is not None and link.signal <= limits.fair:
            yield info("fair", link.interface, limit=limits.fair, **facts)
    for network in seen.networks:
        yield from _protection(network)
    for one in seen.troubles:
        yield from _trouble(one, limits)


def _protection(network: Network) -> Iterator[Finding]:
    """An open network is obvious; outdated encryption only looks safe."""
    if network.protection == wireless.OPEN:
        yield info("open", network.name, network=network.name, interface=network.interface)
    elif network.protection in {"WEP", "WPA"}:
        severity = Severity.WARNING if network.protection == "WEP" else Severity.INFO
        facts: dict[str, Fact] = {"network": network.name, "interface": network.interface}
        yield Finding("outdated", severity, network.name, facts | {"protection": network.protection})


def _trouble(one: Trouble, limits: Limits) -> Iterator[Finding]:
    facts: dict[str, Fact] = {"network": one.network, "count": one.count, "when": one.time}
    if one.kind == "key":
        yield warning("key_refused", one.network, **facts, reason=one.reason)
    elif one.kind == "failing" and one.count >= limits.failures:
        yield warning("failing", one.network, **facts, reason=one.reason or None)
    elif one.kind == "dropping" and one.count >= limits.drops:
        yield warning("dropping", one.network, **facts)


CHECK = Check(probe=probe, judge=judge, limits=Limits())
