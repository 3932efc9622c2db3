"""The hardware addresses that a Linux machine knows of its neighbours: /proc/net/arp, arp(7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techkit.host import attempt

if TYPE_CHECKING:
    from techkit.host import Host

TABLE = "/proc/net/arp"
PERMANENT = 0x4
"""ATF_PERM, if_arp.h: fixed by hand, never asked for again."""


def pinned(host: Host, address: str) -> str:
    """The hardware address that is fixed for this neighbour; empty where none is."""
    return parse_table(attempt(lambda: host.read(TABLE), "")).get(address, "")


def parse_table(text: str) -> dict[str, str]:
    """Every fixed entry: address, hardware address."""
    found = {}
    for line in text.splitlines()[1:]:
        words = line.split()
        if len(words) >= 6 and int(words[2], 16) & PERMANENT:
            found[words[0]] = words[3].lower()
    return found
