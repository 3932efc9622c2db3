"""What the Security Center of Windows says about antiviruses and firewalls, by wscapi, without WMI."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from techkit.host import Answer, ProbeError
from techkit.host.local import valid
from techkit.model import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

FIREWALL, ANTIVIRUS = 1, 4
"""WSC_SECURITY_PROVIDER_FIREWALL, WSC_SECURITY_PROVIDER_ANTIVIRUS"""
HEALTH = ("good", "not_monitored", "poor", "snoozed")
STATES = ("on", "off", "snoozed", "expired")
"""WSC_SECURITY_PROVIDER_HEALTH and WSC_SECURITY_PRODUCT_STATE"""
OUTDATED = (True, False)
"""WSC_SECURITY_SIGNATURE_STATUS"""
LIST = "17072f7b-9abe-4a74-a261-1eb76b55107a"
ILIST = "722a338c-6e8e-4e72-ac27-1417fb0c81c2"
"""Class and interface."""
RELEASE, INITIALIZE, COUNT, ITEM = 2, 7, 8, 9
NAME, STATE, SIGNATURES, PROGRAM = 7, 8, 9, 10
"""Slots in the vtables of IWSCProductList and IWscProduct, after the seven of IDispatch."""
IN_PROCESS = 1
MOST = 32


def center() -> Answer:
    """The overall state of the antiviruses, each of them, and each firewall; None for what is not reported."""
    c = import_module("ctypes")
    try:
        library = c.WinDLL("wscapi")
    except OSError as error:  # a server has none
        raise ProbeError(Reason.INAPPLICABLE, "wscapi.dll") from error
    health = c.c_int32(-1)
    failure = library.WscGetSecurityProviderHealth(c.c_uint32(ANTIVIRUS), c.byref(health))
    if failure:  # 1, S_FALSE: its service does not run
        raise ProbeError(Reason.UNREADABLE, f"WscGetSecurityProviderHealth: 0x{failure & 0xFFFFFFFF:08X}")
    com = import_module("pythoncom")
    com.CoInitialize()
    try:
        products, firewalls = _products(ANTIVIRUS), _products(FIREWALL)
    finally:
        com.CoUninitialize()
    return {"health": told(HEALTH, health.value), "products": products, "firewalls": firewalls}


def _products(kind: int) -> list[dict[str, Any]] | None:
    try:
        return [product(*raw) for raw in _listed(kind)]
    except OSError:
        return None


def told(words: tuple[Any, ...], number: int) -> Any:
    """What a number stands for; None for one that we do not know."""
    return words[number] if 0 <= number < len(words) else None


def product(name: str, state: int, signatures: int, program: str) -> dict[str, Any]:
    """One product; `program` is what Windows starts to put it right."""
    return {
        "name": valid(name),
        "state": told(STATES, state) or "unknown",
        "outdated": told(OUTDATED, signatures),
        "program": valid(program),
    }


def _listed(kind: int) -> Iterator[tuple[str, int, int, str]]:
    """Through the vtables of its objects, because late binding depends on a type library."""
    c = import_module("ctypes")
    made, face = (import_module("uuid").UUID(name).bytes_le for name in (LIST, ILIST))
    listed = c.c_void_p()
    c.oledll.ole32.CoCreateInstance(made, None, IN_PROCESS, face, c.byref(listed))
    try:
        _call(listed, INITIALIZE, kind)
        count = c.c_int32()
        _call(listed, COUNT, c.byref(count))
        for place in range(min(count.value, MOST)):
            found, state, signatures = c.c_void_p(), c.c_int32(-1), c.c_int32(-1)
            _call(listed, ITEM, place, c.byref(found))
            try:
                _call(found, STATE, c.byref(state))
                if kind == ANTIVIRUS:  # no firewall has any
                    _call(found, SIGNATURES, c.byref(signatures))
                yield _text(found, NAME), state.value, signatures.value, _text(found, PROGRAM)
            finally:
                _call(found, RELEASE)
    finally:
        _call(listed, RELEASE)


def _call(it: Any, place: int, *args: Any) -> None:
    """Call the method in a slot of an object's vtable; raises OSError if it fails."""
    c = import_module("ctypes")
    kinds = [c.c_uint32 if isinstance(one, int) else c.c_void_p for one in args]
    table = c.cast(it, c.POINTER(c.POINTER(c.c_void_p))).contents
    c.WINFUNCTYPE(c.HRESULT, c.c_void_p, *kinds)(table[place])(it, *args)


def _text(it: Any, place: int) -> str:
    c = import_module("ctypes")
    text = c.c_void_p()
    _call(it, place, c.byref(text))
    try:
        return c.wstring_at(text.value) if text.value else ""
    finally:
        c.windll.oleaut32.SysFreeString(text)
