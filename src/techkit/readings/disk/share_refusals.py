"""Servers of shared folders that Windows refuses: they offer only guest access, or only SMB 1."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import attempt
from techkit.model import Reason, Record

if TYPE_CHECKING:
    from techkit.host import Host

PROVIDER = "Microsoft-Windows-SMBClient"
LOG = "Microsoft-Windows-SmbClient/Security"
GUEST, OLD = 31017, 32000
"""UserName and ServerName, ServerName; by the provider's manifest, and Microsoft's articles on guests and on SMB 1."""
KINDS = {GUEST: "guest", OLD: "old"}


class Refusal(Record, frozen=True):
    """One server; `kind`: guest or old."""

    kind: str
    server: str
    count: int
    age: float
    """seconds since the last time"""


def refusals(host: Host) -> tuple[Refusal, ...]:
    """Of three days, the newest first; none if the log may not be read."""
    ask = partial(host.events, LOG, ids=[GUEST, OLD], days=3, providers=[PROVIDER])
    found: dict[tuple[str, str], list[float]] = {}
    for event in attempt(ask, [], *Reason):
        data: dict[str, Any] = event["data"] if isinstance(event["data"], dict) else {}
        server = str(data.get("ServerName") or "").strip("\\")
        host.private("person", str(data.get("UserName") or "").rpartition("\\")[2])
        host.named("host", server)
        if server:
            found.setdefault((KINDS[event["id"]], server), []).append(event["time"])
    now = host.now()
    return tuple(Refusal(*key, len(times), max(0.0, now - max(times))) for key, times in found.items())
