"""The services of Windows from the service manager, which answers even when WMI is broken."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from techkit.host.local import problem, valid

if TYPE_CHECKING:
    from collections.abc import Callable

    from techkit.host import Answer

CONNECT_AND_LIST = 0x5
"""SC_MANAGER_CONNECT | SC_MANAGER_ENUMERATE_SERVICE"""
STATES = {
    1: "Stopped", 2: "Start Pending", 3: "Stop Pending", 4: "Running", 5: "Continue Pending", 6: "Pause Pending",
    7: "Paused",
}  # fmt: skip
STARTS = {0: "Boot", 1: "System", 2: "Auto", 3: "Manual", 4: "Disabled"}
"""The values CurrentState and Start in the words of Win32_Service."""
KEY = r"HKLM\SYSTEM\CurrentControlSet\Services"


def services(settings: Callable[[str], dict[str, Any]]) -> Answer:
    """Every service in the form of Win32_Service; `settings` gives the values of a key of the registry."""
    manager = import_module("win32service")
    try:
        handle = manager.OpenSCManager(None, None, CONNECT_AND_LIST)
        try:
            found = manager.EnumServicesStatusEx(handle)
        finally:
            manager.CloseServiceHandle(handle)
    except import_module("pywintypes").error as error:
        raise problem(error, "EnumServicesStatusEx") from error
    return [row(one, settings(rf"{KEY}\{one['ServiceName']}")) for one in found]


def row(status: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """One service from its status and the values of its key."""
    return {
        "Name": valid(status["ServiceName"]),
        "DisplayName": valid(status["DisplayName"]),
        "State": STATES.get(status["CurrentState"], "Unknown"),
        "StartMode": STARTS.get(values.get("Start", -1)),
        "DelayedAutoStart": values.get("DelayedAutostart") == 1,
        "ExitCode": status["Win32ExitCode"],
        "ServiceSpecificExitCode": status["ServiceSpecificExitCode"],
        "PathName": values.get("ImagePath"),
    }
