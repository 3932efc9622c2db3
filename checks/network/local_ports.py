"""There are local ports left for new connections."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, Record, critical, warning
from techkit.readings.network import sockets


class Seen(Record, frozen=True):
    """The local port range and the number of connections; `holder`: the program with most open files."""

    first: int
    last: int
    taken: int = 0
    holder: str = ""


class Limits(Record, frozen=True):
    """The used share, and the least number of ports."""

    taken: float = 0.95
    few: int = 1000


def probe(host: Host) -> Seen:
    """Read the range and the kernel's own count."""
    first, last = sockets.local_ports(host)
    taken = sockets.taken(host)
    return Seen(first, last, taken, sockets.holder(host) if taken > (last - first) / 2 else "")


def judge(seen: Seen, limits: Limits) -> Iterator[Finding]:
    """Used up comes first: it hurts already."""
    ports = seen.last - seen.first + 1
    facts = {"first": seen.first, "last": seen.last, "ports": ports, "taken": seen.taken}
    if ports < limits.few:
        yield critical("few", "ip_local_port_range", **facts, file=sockets.RANGE, usual=sockets.USUAL)
    elif seen.taken >= ports * limits.taken:
        yield warning("used_up", seen.holder or "tcp", **facts, program=seen.holder or "tcp")


CHECK = Check(probe=probe, judge=judge, limits=Limits(), systems=("linux",))
