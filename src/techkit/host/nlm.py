"""The categories of the networks that a Windows PC is connected to, from the Network List Manager, without names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techkit.host import automation

if TYPE_CHECKING:
    from techkit.host import Answer
    from techkit.host.automation import Automation

MANAGER = "{DCB00C01-570F-4A9B-8D69-199FDBA5723B}"
CONNECTED = 1
"""NLM_ENUM_NETWORK_CONNECTED"""


def categories() -> Answer:
    """NLM_NETWORK_CATEGORY of each: 0 public, 1 private, 2 of a domain."""
    return automation.ask(MANAGER, _told, {}, subject="INetworkListManager")


def _told(manager: Automation) -> list[int]:
    return [int(network.get("GetCategory")) for network in manager.get("GetNetworks", CONNECTED)]
