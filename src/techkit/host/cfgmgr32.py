"""The devices of Windows from the device manager, which answers even when WMI is broken."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from techkit.host import Answer, ProbeError
from techkit.host.local import valid
from techkit.model import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

PRESENT = 0x100
"""CM_GETIDLIST_FILTER_PRESENT"""
HAS_PROBLEM = 0x400
"""DN_HAS_PROBLEM"""
DESCRIPTION, COMPATIBLE, SERVICE, CLASS, FRIENDLY_NAME = 0x1, 0x3, 0x5, 0x8, 0xD
"""CM_DRP_DEVICEDESC, …"""
ROOM = 4096
"""Spare characters, for devices that appear between the two calls."""
LONGEST = 1024
"""Bytes of a property."""


def devices(classes: Iterable[str]) -> Answer:
    """Every present device that has a problem or is of one of these classes, in the form of Win32_PnPEntity."""
    c = import_module("ctypes")
    library = c.WinDLL("cfgmgr32")
    size = c.c_uint32()
    _check("CM_Get_Device_ID_List_SizeW", library.CM_Get_Device_ID_List_SizeW(c.byref(size), None, PRESENT))
    ids = c.create_unicode_buffer(size.value + ROOM)
    _check("CM_Get_Device_ID_ListW", library.CM_Get_Device_ID_ListW(None, ids, c.c_uint32(len(ids)), PRESENT))
    names = [name for name in ids[:].split("\0") if name]
    if not names:  # Wine; no machine is without any
        raise ProbeError(Reason.UNREADABLE, "CM_Get_Device_ID_ListW: no device")
    wanted = {name.casefold() for name in classes}
    return [row for name in names if (row := _row(library, name, wanted))]


def _check(what: str, failure: int) -> None:
    if failure:
        raise ProbeError(Reason.UNREADABLE, f"{what}: CONFIGRET 0x{failure:02X}")


def _row(library: Any, name: str, wanted: set[str]) -> dict[str, Any] | None:
    """One device; None if it has just been removed."""
    c = import_module("ctypes")
    node, status, problem = c.c_uint32(), c.c_uint32(), c.c_uint32()
    if library.CM_Locate_DevNodeW(c.byref(node), c.c_wchar_p(name), 0):
        return None
    if library.CM_Get_DevNode_Status(c.byref(status), c.byref(problem), node, 0):
        return None

    def told(number: int) -> str:
        size, text = c.c_uint32(LONGEST), c.create_string_buffer(LONGEST)
        if library.CM_Get_DevNode_Registry_PropertyW(node, number, None, text, c.byref(size), 0):
            return ""
        return str(text.raw[: size.value], "utf-16-le", "replace").rstrip("\0")

    return row(name, status.value, problem.value, told, wanted)


def row(name: str, status: int, problem: int, told: Callable[[int], str], wanted: set[str]) -> dict[str, Any] | None:
    """One device from its state and its properties; None if it has no problem and was not asked for."""
    code = problem if status & HAS_PROBLEM else 0
    kind = told(CLASS)
    if not code and kind.casefold() not in wanted:
        return None
    return {
        "Name": valid(told(FRIENDLY_NAME) or told(DESCRIPTION)) or None,
        "PNPClass": valid(kind) or None,
        "PNPDeviceID": valid(name),
        "Service": valid(told(SERVICE)) or None,
        "ConfigManagerErrorCode": code,
        "Present": True,
        "CompatibleID": [valid(text) for text in told(COMPATIBLE).split("\0") if text] or None,
    }
