"""What kinds of network a Windows PC is connected to, by its own list of networks; neither their names nor where."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from techkit.host import Answer, ProbeError
from techkit.host.wmi import Automation, number_of
from techkit.model import Reason

MANAGER = "{DCB00C01-570F-4A9B-8D69-199FDBA5723B}"
CONNECTED = 1
"""NLM_ENUM_NETWORK_CONNECTED"""


def categories() -> Answer:
    """NLM_NETWORK_CATEGORY of each: 0 public, 1 private, 2 of a domain."""
    com = import_module("pythoncom")
    com.CoInitialize()
    try:
        return _told(com)
    except com.com_error as error:
        number = number_of(error)
    finally:
        com.CoUninitialize()
    raise ProbeError(Reason.UNREADABLE, f"INetworkListManager: 0x{number:08X}")


def _told(com: Any) -> list[int]:
    """A function of its own: COM's objects are let go before COM is."""
    manager = com.CoCreateInstance(MANAGER, None, com.CLSCTX_ALL, com.IID_IDispatch)
    return [int(network.get("GetCategory")) for network in Automation(manager).get("GetNetworks", CONNECTED)]
