"""The time zone that this machine is set to exists."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, info, warning
from techkit.readings.os import time_zones
from techkit.readings.os.time_zones import Zone


def probe(host: Host) -> Zone:
    """Ask which zone is set and whether its rules can be read."""
    return time_zones.zone(host)


def judge(seen: Zone, _: None) -> Iterator[Finding]:
    """A zone that does not exist, that is no zone, or that two places name differently."""
    if seen.state == "dangling":
        yield warning("dangling", seen.name, zone=seen.name, where=seen.where, fallback=seen.fallback)
    elif seen.state == "absent":
        yield warning("absent", seen.name, zone=seen.name, where=seen.where)
    elif seen.state == "invalid":
        yield warning("invalid", seen.where, where=seen.where, fallback=seen.fallback)
    elif seen.other:
        yield info("differs", seen.name or "-", zone=seen.name or seen.where, other=seen.other)


CHECK = Check(probe=probe, judge=judge, limits=None)
