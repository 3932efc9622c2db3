"""Automation objects of COM, inside our own process."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from techkit.host import Answer, ProbeError
from techkit.model import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


class Automation:
    """A COM automation object; win32com would write files into the temporary folder."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self._com = import_module("pythoncom")
        self._kind = self._com.DISPATCH_METHOD | self._com.DISPATCH_PROPERTYGET

    def get(self, name: str, *args: Any) -> Any:
        """A property's value, or what a method answers."""
        found = self._raw.Invoke(self._raw.GetIDsOfNames(0, name), 0, self._kind, True, *args)  # noqa: FBT003 - wants a result
        return Automation(found) if hasattr(found, "GetIDsOfNames") else found

    def put(self, name: str, *, value: Any) -> None:
        """Set a property."""
        self._raw.Invoke(self._raw.GetIDsOfNames(0, name), 0, self._com.DISPATCH_PROPERTYPUT, False, value)  # noqa: FBT003 - wants no result

    def __iter__(self) -> Iterator[Automation]:
        every = self._raw.Invoke(self._com.DISPID_NEWENUM, 0, self._kind, True)  # noqa: FBT003 - wants a result
        rows = every.QueryInterface(self._com.IID_IEnumVARIANT)
        while found := rows.Next(1):
            yield Automation(found[0].QueryInterface(self._com.IID_IDispatch))


def number_of(error: Any) -> int:
    """The HRESULT: the server's own where it gave one."""
    said = error.excepinfo[5] if error.excepinfo else 0
    return int(said or error.hresult) & 0xFFFFFFFF


def ask(
    program: str, read: Callable[[Automation], Answer], reasons: Mapping[int, Reason], *, subject: str = ""
) -> Answer:
    """What `read` finds in a new object of a program; raises by the error's number, for its words are translated."""
    com = import_module("pythoncom")
    com.CoInitialize()
    try:
        return _made(com, program, read)
    except com.com_error as error:  # no cause is kept: it would hold objects that COM has let go
        number = number_of(error)
    finally:
        com.CoUninitialize()
    raise ProbeError(reasons.get(number, Reason.UNREADABLE), f"{subject or program}: 0x{number:08X}")


def _made(com: Any, program: str, read: Callable[[Automation], Answer]) -> Answer:
    """A separate function, so that COM objects are released before COM itself."""
    return read(Automation(com.CoCreateInstance(program, None, com.CLSCTX_ALL, com.IID_IDispatch)))
