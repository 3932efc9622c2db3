"""Network folders that are mounted on a Linux machine: whether their server still answers for them."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from techkit.host import ProbeError
from techkit.model import Reason, Record
from techkit.readings.disk import volumes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from techkit.host import Host
    from techkit.readings.os.kernel_log import Message

PATIENCE = 3
"""Seconds that a server may take."""
MOST = 12
"""Shares that are asked, side by side."""

_DEAD = re.compile("Host is down|No route to host|Transport endpoint is not connected|Input/output error")
"""Kernel errors for a lost server: EHOSTDOWN, EHOSTUNREACH, ENOTCONN, EIO."""

_HEARD = re.compile(r"(?:nfs|lockd|portmap): server (?P<server>\S{1,253}) (?P<said>not responding|OK)")
"""What the kernel says of servers that it waits for, and of those that are there again."""


class Share(Record, frozen=True):
    """One mounted network folder; `state`: there, silent or stale (the server no longer knows what was mounted)."""

    volume: str
    device: str
    filesystem: str
    state: str = "there"


class Waiting(Record, frozen=True):
    """A server that the kernel waits for; `age` in seconds since it said so."""

    server: str
    age: float = 0


def shares(host: Host) -> tuple[Share, ...]:
    """Ask each separately, so that a dead one costs only itself; unreadable ones are left out."""
    mounted = {
        mount.mount: mount
        for mount in volumes.mounts(host)
        if mount.filesystem in volumes.NETWORK and not mount.mount.startswith(volumes.BELOW)
    }
    chosen = list(mounted.values())[:MOST]
    answers = host.side_by_side([partial(host.statvfs, mount.mount, timeout=PATIENCE) for mount in chosen])
    found = []
    for mount, answer in zip(chosen, answers, strict=True):
        state = "there"
        if isinstance(answer, ProbeError):
            state = "stale" if "Stale" in answer.detail else "silent"
            if state == "silent" and answer.reason is not Reason.TIMEOUT and not _DEAD.search(answer.detail):
                continue
        found.append(Share(mount.mount, mount.device, mount.filesystem, state))
    return tuple(found)


def waited_for(messages: Iterable[Message], now: float) -> tuple[Waiting, ...]:
    """The servers of whose answer the kernel has not told since it missed it."""
    last: dict[str, Waiting | None] = {}
    for message in messages:
        if heard := _HEARD.search(message.text):
            waiting = Waiting(heard["server"], max(0.0, now - (message.time or now)))
            last[heard["server"]] = None if heard["said"] == "OK" else waiting
    return tuple(filter(None, last.values()))
