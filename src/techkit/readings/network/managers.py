"""The network manager of a Linux machine's adapters."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from techkit.host import attempt

if TYPE_CHECKING:
    from collections.abc import Iterable

    from techkit.host import Host
    from techkit.readings.network.interfaces import Adapter


def unit(host: Host, adapters: Iterable[Adapter]) -> str | None:
    """The unit that manages the first of these adapters for which that is known; None elsewhere."""
    if host.system != "linux":
        return None
    for adapter in adapters:
        if _links(host, f"/run/systemd/netif/links/{adapter.index}"):
            return "systemd-networkd.service"
        if attempt(partial(host.stat, f"/run/NetworkManager/devices/{adapter.index}")):
            return "NetworkManager.service"
        text = attempt(lambda: host.read("/etc/network/interfaces"), "")
        if re.search(rf"^\s*iface\s+{re.escape(adapter.name)}\s", text, re.MULTILINE):
            return "networking.service"
    return None


def _links(host: Host, path: str) -> bool:
    """Whether systemd-networkd manages this adapter; unmanaged ones have a state file too."""
    return "ADMIN_STATE=" in (text := attempt(lambda: host.read(path), "")) and "ADMIN_STATE=unmanaged" not in text
