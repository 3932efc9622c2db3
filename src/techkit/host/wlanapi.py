"""The radios of a Windows PC, by its own library.

Only what Windows reveals without consent to location access: from Windows 11 24H2 on the name of
the network needs it; signal strength, channel and saved profiles do not.
Source: learn.microsoft.com/windows/win32/nativewifi/wi-fi-access-location-changes
"""

from __future__ import annotations

import re
import struct
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any
from uuid import UUID

from techkit.host import Answer, ProbeError
from techkit.model import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION = 2
RADIO, CHANNEL, STRENGTH = 4, 8, 0x10000102
"""Members of WLAN_INTF_OPCODE."""
STATES = (
    "not_ready", "connected", "ad_hoc", "disconnecting", "disconnected", "associating", "discovering",
    "authenticating",
)  # fmt: skip
"""WLAN_INTERFACE_STATE"""
HEAD, ENTRY = 8, 532
"""WLAN_INTERFACE_INFO_LIST: two numbers, then for each a GUID, 256 wide characters and its state."""
OFF = 2
"""dot11_radio_state_off"""
NOT_SUPPORTED = 50
SERVICE_NOT_ACTIVE = 1062
NOT_FOUND = 1168


def radios() -> Answer:
    """Every wireless interface; None for what one does not report."""
    c = import_module("ctypes")
    with _session() as (library, handle):
        found = c.c_void_p()
        _check("WlanEnumInterfaces", library.WlanEnumInterfaces(handle, None, c.byref(found)))
        try:
            count = struct.unpack("<I", c.string_at(found, 4))[0]
            raw = c.string_at(found, HEAD + count * ENTRY)
        finally:
            library.WlanFreeMemory(found)
        return [
            described | {"strength": number(one, "<i"), "channel": number(two, "<I"), "off": switched_off(three)}
            for guid, described in interfaces(raw)
            for one, two, three in [[_query(library, handle, guid, code) for code in (STRENGTH, CHANNEL, RADIO)]]
        ]


def network(guid: str, name: str) -> Answer:
    """The saved profile of one network: its authentication, never its key."""
    c = import_module("ctypes")
    with _session() as (library, handle):
        found = c.c_void_p()
        place = UUID(guid).bytes_le
        failure = library.WlanGetProfile(handle, place, c.c_wchar_p(name), None, c.byref(found), None, None)
        _check("WlanGetProfile", failure)
        try:
            return security(c.wstring_at(found))
        finally:
            library.WlanFreeMemory(found)


@contextmanager
def _session() -> Iterator[tuple[Any, Any]]:
    """The library and a handle to its service."""
    c = import_module("ctypes")
    try:
        library = c.WinDLL("wlanapi")
    except OSError as error:
        raise ProbeError(Reason.INAPPLICABLE, "wlanapi.dll") from error
    library.WlanFreeMemory.argtypes = [c.c_void_p]
    handle, version = c.c_void_p(), c.c_uint32()
    _check("WlanOpenHandle", library.WlanOpenHandle(VERSION, None, c.byref(version), c.byref(handle)))
    try:
        yield library, handle
    finally:
        library.WlanCloseHandle(handle, None)


def _check(what: str, failure: int) -> None:
    if failure:
        reasons = {
            5: Reason.FORBIDDEN, NOT_SUPPORTED: Reason.INAPPLICABLE, SERVICE_NOT_ACTIVE: Reason.MISSING,
            NOT_FOUND: Reason.MISSING,
        }  # fmt: skip
        raise ProbeError(reasons.get(failure, Reason.UNREADABLE), f"{what}: error {failure}")


def _query(library: Any, handle: Any, guid: bytes, code: int) -> bytes:
    """One property of an interface; None if it does not report it."""
    c = import_module("ctypes")
    size, data = c.c_uint32(), c.c_void_p()
    if library.WlanQueryInterface(handle, guid, c.c_uint32(code), None, c.byref(size), c.byref(data), None):
        return b""
    try:
        return bytes(c.string_at(data, size.value))
    finally:
        library.WlanFreeMemory(data)


def interfaces(raw: bytes) -> list[tuple[bytes, dict[str, Any]]]:
    """The entries of a WLAN_INTERFACE_INFO_LIST: (GUID, {interface: its description, guid, state})."""
    found = []
    for place in range(struct.unpack_from("<I", raw)[0]):
        guid, name, state = struct.unpack_from("<16s512sI", raw, HEAD + place * ENTRY)
        first, second, third = struct.unpack_from("<IHH", guid)
        text = f"{{{first:08X}-{second:04X}-{third:04X}-{guid[8:10].hex().upper()}-{guid[10:].hex().upper()}}}"
        described = {
            "interface": name.decode("utf-16-le", "replace").partition("\0")[0],
            "guid": text,
            "state": STATES[state] if state < len(STATES) else "",
        }
        found.append((guid, described))
    return found


def number(raw: bytes, form: str) -> int | None:
    """One number; None where nothing was said."""
    return int(struct.unpack_from(form, raw)[0]) if len(raw) >= struct.calcsize(form) else None


def switched_off(raw: bytes) -> str:
    """`hardware` (a switch) or `software` (in Windows) if WLAN_RADIO_STATE says so for every part of the radio."""
    count = number(raw, "<I") or 0
    parts = [struct.unpack_from("<III", raw, 4 + 12 * place) for place in range(min(count, (len(raw) - 4) // 12))]
    for place, word in ((2, "hardware"), (1, "software")):
        if parts and all(part[place] == OFF for part in parts):
            return word
    return ""


def security(profile: str) -> dict[str, str]:
    """The words of authEncryption in a WLAN_profile; empty where it has none."""
    found = {}
    for name in ("authentication", "encryption"):
        match = re.search(rf"<{name}>\s*(\w+)\s*</{name}>", profile)
        found[name] = match[1] if match else ""
    return found
