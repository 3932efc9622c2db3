"""WMI by COM, inside our own process: objects and numbers, never translated text.

A query cannot be cancelled: each runs in its own thread, which is abandoned at the deadline.
"""

from __future__ import annotations

import re
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any

from techkit.host import Answer, ProbeError
from techkit.host.automation import Automation, number_of
from techkit.host.local import valid
from techkit.model import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

NOT_IMPLEMENTED = 0x80004001
NOT_FOUND = 0x80041002
EVERY = "SELECT *"
NO_SUCH_COLUMN = 0x80041017
"""WBEM_E_INVALID_QUERY: this release of Windows lacks some of the properties."""
WMI_REASONS = {
    0x80041002: Reason.MISSING,
    0x80041003: Reason.FORBIDDEN,
    0x8004100E: Reason.INAPPLICABLE,  # no such namespace
    0x80041010: Reason.INAPPLICABLE,  # no such class
    0x80041069: Reason.TIMEOUT,
    0x80070005: Reason.FORBIDDEN,
}
WMI_STUMBLES = {0x80041001, 0x80041004, 0x80041013}
"""A provider that failed, or could not be loaded: asked once more."""
FORWARD_ONLY_AT_ONCE = 0x30
INT64, UINT64, DATETIME = 20, 21, 101
EMPTY_DATE = "16010101"
CIM_DATE = re.compile(r"(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)|\*{6})\.(\d{6}|\*{6})([+-])(\d{3}|\*{3})")


def ask(namespace: str, name: str, query: str, properties: Sequence[str]) -> Answer:
    """Ask twice if a provider fails; errors are told apart by number, because messages are translated."""
    com = import_module("pythoncom")
    com.CoInitialize()
    try:
        for stumbles in (WMI_STUMBLES, set[int]()):
            try:
                return _rows(namespace, name, query, properties)
            except com.com_error as error:  # no cause is kept: it would hold released COM objects
                number = number_of(error)
            if number not in stumbles:
                break
    finally:
        com.CoUninitialize()
    raise ProbeError(WMI_REASONS.get(number, Reason.UNREADABLE), f"{namespace}:{name}: 0x{number:08X}")


def _rows(namespace: str, name: str, query: str, properties: Sequence[str]) -> Answer:
    com = import_module("pythoncom")
    locator = com.CoCreateInstance("WbemScripting.SWbemLocator", None, com.CLSCTX_INPROC_SERVER, com.IID_IDispatch)
    services = Automation(locator).get("ConnectServer", ".", namespace)
    try:
        rows = _read(services, query, properties)
    except com.com_error as error:
        if number_of(error) != NO_SUCH_COLUMN:
            raise
        rows = _read(services, f"{EVERY}{query[query.index(' FROM ') :]}", properties)
    if not rows:
        services.get("Get", name)  # raises if there is no such class
    return rows


def _read(services: Automation, query: str, properties: Sequence[str]) -> list[dict[str, Any]]:
    """Every row with these properties; one that this release of Windows does not know is None."""
    kinds: dict[str, int] = {}
    rows = []
    for found in services.get("ExecQuery", query, "WQL", FORWARD_ONLY_AT_ONCE):
        columns = found.get("Properties_")
        row: dict[str, Any] = {}
        for wanted in properties:
            column = _column(columns, wanted)
            if column and wanted not in kinds:
                kinds[wanted] = _kind(column)
            row[wanted] = _value(column.get("Value"), kinds[wanted]) if column else None
        rows.append(row)
    return rows


def _column(columns: Automation, name: str) -> Automation | None:
    try:
        return columns.get("Item", name)  # type: ignore[no-any-return]
    except import_module("pythoncom").com_error as error:
        if number_of(error) != NOT_FOUND:
            raise
        return None


def _kind(column: Automation) -> int:
    """The column's CIM type; 0 under Wine, which does not tell."""
    try:
        return int(column.get("CIMType"))
    except import_module("pythoncom").com_error as error:
        if number_of(error) != NOT_IMPLEMENTED:
            raise
        return 0


def _value(value: Any, kind: int) -> Answer:
    """One WMI value as JSON: the scripting interface gives 64-bit numbers and dates as text."""
    if isinstance(value, list | tuple | bytes | memoryview):
        return [_value(one, kind) for one in value]
    if isinstance(value, Automation):
        return value.get("GetObjectText_")
    if isinstance(value, str):
        if kind == DATETIME:
            return moment(value)
        return int(value) if kind in {INT64, UINT64} else valid(value)
    return value


def moment(text: str) -> str | None:
    """A CIM date in ISO 8601, with its own precision; None for an empty or invalid one."""
    parts = CIM_DATE.fullmatch(text)
    if parts is None or text.startswith(EMPTY_DATE):
        return None
    year, month, day, hour, minute, second, fraction, sign, offset = parts.groups()
    found = f"{year}-{month}-{day}"
    if hour:
        found += f"T{hour}:{minute}:{second}" + ("" if fraction.strip("*0") == "" else f".{fraction}")
        if "*" not in offset:
            found += f"{sign}{int(offset) // 60:02}:{int(offset) % 60:02}"
    try:
        datetime.fromisoformat(found)
    except ValueError:
        return None
    return found
