"""The sockets of a Linux machine, as the kernel counts them: ip-sysctl, /proc/net/sockstat."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from techkit.host import ProbeError
from techkit.model import Reason

if TYPE_CHECKING:
    from techkit.host import Host

RANGE = "/proc/sys/net/ipv4/ip_local_port_range"
COUNTS = "/proc/net/sockstat"
USUAL = "32768 60999"
"""The kernel's own range."""


def local_ports(host: Host) -> tuple[int, int]:
    """The first and the last port that a connection may take."""
    words = host.read(RANGE).split()
    if len(words) != 2 or not all(word.isdecimal() for word in words):
        raise ProbeError(Reason.UNREADABLE, RANGE)
    return int(words[0]), int(words[1])


def taken(host: Host) -> int:
    """The number of TCP connections, including those in TIME_WAIT, which keep their port."""
    return parse_counts(host.read(COUNTS))


def parse_counts(text: str) -> int:
    """`TCP: inuse 12 orphan 0 tw 3 alloc 15 mem 2`."""
    match = re.search(r"^TCP: inuse (\d+) .*?\btw (\d+)", text, re.MULTILINE)
    if not match:
        raise ProbeError(Reason.UNREADABLE, COUNTS)
    return int(match[1]) + int(match[2])


def holder(host: Host) -> str:
    """The program with the most open files, which include its sockets."""
    most = max(host.processes(), key=lambda one: one["files"] or 0, default={"name": ""})
    return str(most["name"])
