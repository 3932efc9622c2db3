"""The categories of the networks that a Windows PC is connected to, from the Network List Manager, without names."""

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
    """A separate function, so that COM objects are released before COM itself."""
    manager = com.CoCreateInstance(MANAGER, None, com.CLSCTX_ALL, com.IID_IDispatch)
    return [int(network.get("GetCategory")) for network in Automation(manager).get("GetNetworks", CONNECTED)]
