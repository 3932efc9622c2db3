"""A computer that people use has been restarted recently enough."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, Record, attempt, info
from techkit.readings.os.uptime import uptime

POWER = "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Power"


class Seen(Record, frozen=True):
    """Seconds since the last full boot; `fast`: Fast Startup is on."""

    uptime: float
    fast: bool = False


class Limits(Record, frozen=True):
    """In seconds."""

    long: float = 30 * 86400


def probe(host: Host) -> Seen:
    """Ask for the boot time, and on Windows for Fast Startup."""
    if host.system == "windows":
        values = attempt(lambda: host.registry(POWER), {"values": {}})["values"]
        return Seen(uptime(host), values.get("HiberbootEnabled") == 1)
    return Seen(uptime(host))


def judge(seen: Seen, limits: Limits) -> Iterator[Finding]:
    """A note: a long uptime is no fault, but a restart is the first thing to try."""
    if seen.uptime > limits.long and seen.fast:
        yield info("long_fast", "-", uptime=seen.uptime)
    elif seen.uptime > limits.long:
        yield info("long", "-", uptime=seen.uptime)


CHECK = Check(probe=probe, judge=judge, limits=Limits(), editions=("client",))
