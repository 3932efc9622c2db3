"""What only Windows can answer: WMI, the registry, event logs, the person at the desk, ARP and ping.

Objects and numbers only, never translated text. What only Windows has is imported where it is used, so that the
parsers can be read and tested anywhere.
"""

from __future__ import annotations

import contextlib
import locale
import os
import re
import socket
import struct
import sys
import threading
import time
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any

from techkit.host import Answer, ProbeError, errand
from techkit.host.local import SESSION_VARIABLES, WINDOWS_REASONS, Local
from techkit.model import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from xml.etree.ElementTree import Element

CURRENT_VERSION = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion"
LOGON = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Authentication\LogonUI"
EDITIONS = {
    "Core": "Home",
    "CoreSingleLanguage": "Home Single Language",
    "Professional": "Pro",
    "ProfessionalEducation": "Pro Education",
    "ProfessionalWorkstation": "Pro for Workstations",
    "EnterpriseS": "Enterprise LTSC",
    "IoTEnterprise": "IoT Enterprise",
    "IoTEnterpriseS": "IoT Enterprise LTSC",
    "ServerRdsh": "Enterprise multi-session",
}
"""What the vendor calls an EditionID, where it is not the same word."""
ELEVEN = 22000
"""The first build of Windows 11, which still calls itself Windows 10."""
NOBODY = {"S-1-5-18", "S-1-5-19", "S-1-5-20"}
"""The accounts of the system and its services."""

NOT_IMPLEMENTED = 0x80004001
NOT_FOUND = 0x80041002
EVERY = "SELECT *"
NO_SUCH_COLUMN = 0x80041017
"""WBEM_E_INVALID_QUERY: a release of Windows whose class has not all of these properties."""
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

MOST_RECORDS = 500
NEWEST_FIRST = 0x201
"""EvtQueryChannelPath | EvtQueryReverseDirection"""
AS_XML = 1
EVENT = "{http://schemas.microsoft.com/win/2004/08/events/event}"
PER_SELECT = 8
"""Ids, and providers, in one condition: a compound one may hold 20 expressions."""
NO_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

ECHO_BODY = b"techkit!" * 4
IP_PACKET_TOO_BIG = 11009
IP_TIMED_OUT = 11010
DONT_FRAGMENT = 2
IP_STATUSES = range(11000, 11051)
UNREACHABLE_ERRORS = {1231, 1232}
ERROR_BAD_NET_NAME = 67
"""SendARP: nobody answered."""


class Windows(Local):
    """A Windows machine."""

    system = "windows"

    def ask_machine(self, *, timeout: float) -> Answer:
        """Name, release, edition and privilege."""
        api = import_module("win32api")
        ctypes: Any = import_module("ctypes")
        about = self.ask_registry(CURRENT_VERSION, timeout=timeout)["values"]
        language = ctypes.windll.kernel32.GetUserDefaultUILanguage()
        return {
            "name": socket.gethostname().partition(".")[0],
            "domain": api.GetComputerNameEx(2),
            "system": "windows",
            "release": release(about),
            "edition": "client" if import_module("sys").getwindowsversion().product_type == 1 else "server",
            "elevated": bool(ctypes.windll.shell32.IsUserAnAdmin()),
            "container": "",
            "utc_offset": time.localtime().tm_gmtoff,
            "language": locale.windows_locale.get(language, "").partition("_")[0],
        }

    def ask_person(self, *, timeout: float) -> Answer:
        """Whose session this is, from a service the one at the console, else who we are; a domain may have to tell."""
        return self.in_thread(lambda: self._person(timeout), timeout, "person")

    def _person(self, timeout: float) -> Answer:
        security = import_module("win32security")
        ours = _own_sid()
        sid, (name, domain) = ours, _session_user()
        if name:
            with contextlib.suppress(security.error):
                found = security.LookupAccountName(None, f"{domain}\\{name}")[0]
                sid = security.ConvertSidToStringSid(found)
        elif ours not in NOBODY:
            name = import_module("win32api").GetUserName()
        own = {variable: os.environ[variable] for variable in SESSION_VARIABLES if variable in list(os.environ)}
        return {
            "name": name,
            "full_name": self._full_name(sid, name, timeout),
            "id": sid,
            "home": self._home(sid, timeout) or (os.environ.get("USERPROFILE", "") if sid == ours else ""),
            "environment": own if sid == ours else {},
        }

    def _home(self, sid: str, timeout: float) -> str:
        try:
            profile = self.ask_registry(rf"{CURRENT_VERSION}\ProfileList\{sid}", timeout=timeout)["values"]
        except ProbeError:
            return ""
        return os.path.expandvars(str(profile.get("ProfileImagePath") or ""))

    def _full_name(self, sid: str, name: str, timeout: float) -> str:
        """As the sign-in screen shows it, else as the machine's own list of accounts does."""
        try:
            shown = self.ask_registry(LOGON, timeout=timeout)["values"]
        except ProbeError:
            shown = {}
        full = ""
        if shown.get("LastLoggedOnUserSID") == sid:
            full = str(shown.get("LastLoggedOnDisplayName") or "")
        if not full and name:
            with contextlib.suppress(import_module("pywintypes").error):
                full = import_module("win32net").NetUserGetInfo(None, name, 10)["full_name"]
        return full if full != name else ""

    # ------------------------------------------------------------------ files and programs
    def _is_plain(self, path: str) -> bool:  # noqa: ARG002 - every path may lead to a server that is gone
        return False

    def _errand(self, question: str, path: str, *args: Any, timeout: float) -> Answer:
        """In a thread: Windows lets go of what waits for a file when the process ends."""
        ask: Any = errand.QUESTIONS[question]
        return self.in_thread(lambda: ask(path, *args), timeout, path)

    def ask_which(self, tool: str, *, timeout: float) -> Answer:  # noqa: ARG002 - answers at once
        """A program's full path, of the system's own folder first and never of the current one."""
        folders = [rf"{os.environ.get('SYSTEMROOT', '')}\System32", *os.environ.get("PATH", "").split(os.pathsep)]
        for folder in filter(os.path.isabs, folders):
            for suffix in ("", ".exe", ".com"):
                place = os.path.join(folder, tool + suffix)  # noqa: PTH118 - lean
                if os.path.splitext(place)[1] and os.path.isfile(place):  # noqa: PTH113, PTH122 - lean
                    return place
        return None

    def decode(self, raw: bytes) -> str:
        """UTF-8 where it is that, else the console's own code page."""
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            return valid(raw.decode("oem", "backslashreplace"))

    # ------------------------------------------------------------------ WMI, the registry, the event log
    def ask_wmi(self, namespace: str, name: str, properties: list[str], where: str, *, timeout: float) -> Answer:
        """The instances of a class by COM, in a thread of its own: nothing can call a query back."""
        query = f"SELECT {', '.join(properties)} FROM {name}" + (f" WHERE {where}" if where else "")  # noqa: S608 - from checks only
        return self.in_thread(lambda: _wmi(namespace, name, query, properties), timeout, f"{namespace}:{name}")

    def ask_registry(self, key: str, *, timeout: float) -> Answer:  # noqa: ARG002 - answers at once
        """One key's values and the names of the keys below it, as 64-bit programs see them."""
        registry = import_module("winreg")
        hive, _, path = key.partition("\\")
        hives = {
            "HKLM": registry.HKEY_LOCAL_MACHINE,
            "HKCU": registry.HKEY_CURRENT_USER,
            "HKU": registry.HKEY_USERS,
            "HKCR": registry.HKEY_CLASSES_ROOT,
        }
        try:
            with registry.OpenKey(hives[hive], path, 0, registry.KEY_READ | registry.KEY_WOW64_64KEY) as found:
                keys, values, _ = registry.QueryInfoKey(found)
                rows = [registry.EnumValue(found, place) for place in range(values)]
                names = [valid(registry.EnumKey(found, place)) for place in range(keys)]
        except OSError as error:
            raise _problem(error, key) from error
        return {"values": {valid(name): _stored(value) for name, value, _ in rows}, "keys": names}

    def ask_events(self, log: str, ids: list[int], days: int, providers: list[str], *, timeout: float) -> Answer:
        """Records of a log as their XML, never as their translated message."""
        return self.in_thread(lambda: _events(log, event_query(log, ids, days, providers)), timeout, log)

    # ------------------------------------------------------------------ the network
    def ask_ping(self, address: str, *, timeout: float) -> Answer:
        """ICMP echo, which Windows lets everybody send."""
        if ":" in address:
            raise ProbeError(Reason.INAPPLICABLE, f"echo {address}")
        return self.in_thread(lambda: _ping(address, timeout), timeout + 1, address)

    def ask_pings(  # noqa: PLR0913 - what the question is made of
        self,
        address: str,
        count: int,
        interval: float,
        size: int,
        whole: bool,  # noqa: FBT001
        *,
        timeout: float,
    ) -> Answer:
        """A train of echoes, each waited for in a thread of its own."""
        if ":" in address:
            raise ProbeError(Reason.INAPPLICABLE, f"echo {address}")
        lasts = count * interval + timeout
        return self.in_thread(lambda: _pings(address, count, interval, size, timeout, whole), lasts + 2, address)

    def ask_neighbour(self, address: str, interface: str, *, timeout: float) -> Answer:  # noqa: ARG002 - the route decides
        """ARP; Windows asks for three seconds, who has not answered by the deadline is silent."""
        if ":" in address:
            return {"state": "unknown", "mac": None}
        try:
            return self.in_thread(lambda: _arp(address), timeout, address)
        except ProbeError:
            return {"state": "silent", "mac": None}


def valid(text: str) -> str:
    """Text without lone surrogates."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "backslashreplace")


def _problem(error: Any, subject: str) -> ProbeError:
    """What the number of a Windows error means; its words are translated."""
    number = error.winerror or 0
    return ProbeError(WINDOWS_REASONS.get(number, Reason.UNREADABLE), f"{subject}: error {number}")


def release(about: dict[str, Any]) -> str:
    """Name the product, its edition and release: Windows 11 Pro 24H2 (26100.4061)."""
    build = str(about.get("CurrentBuildNumber") or about.get("CurrentBuild") or "0")
    product = str(about.get("ProductName") or "Windows")
    edition = str(about.get("EditionID") or "")
    number = int(build) if build.isascii() and build.isdigit() else 0
    if "Server" not in product and number >= 10240:
        words = ["Windows", "11" if number >= ELEVEN else "10", EDITIONS.get(edition, edition)]
        product = " ".join(word for word in words if word)
        product += f" {about.get('DisplayVersion') or about.get('ReleaseId') or ''}".rstrip()
    revision = about.get("UBR")
    return f"{product} ({build}{'' if revision is None else f'.{revision}'})"


# ---------------------------------------------------------------------- the person
def _own_sid() -> str:
    security, api = import_module("win32security"), import_module("win32api")
    token = security.OpenProcessToken(api.GetCurrentProcess(), 8)  # TOKEN_QUERY
    return str(security.ConvertSidToStringSid(security.GetTokenInformation(token, security.TokenUser)[0]))


def _session_user() -> tuple[str, str]:
    """(name, domain) of our own session's user, who may not be the account we run as; services have none."""
    sessions = import_module("win32ts")
    own = sessions.ProcessIdToSessionId(os.getpid())
    session = own or sessions.WTSGetActiveConsoleSessionId()
    try:
        name, domain = (
            sessions.WTSQuerySessionInformation(sessions.WTS_CURRENT_SERVER_HANDLE, session, kind)
            for kind in (sessions.WTSUserName, sessions.WTSDomainName)
        )
    except import_module("pywintypes").error:  # nobody has signed in
        return "", ""
    return str(name or ""), str(domain or "")


# ---------------------------------------------------------------------- WMI
class _Automation:
    """An automation object; win32com, which does the same, writes files into the temporary folder."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self._com = import_module("pythoncom")
        self._kind = self._com.DISPATCH_METHOD | self._com.DISPATCH_PROPERTYGET

    def get(self, name: str, *args: Any) -> Any:
        """A property's value, or what a method answers."""
        found = self._raw.Invoke(self._raw.GetIDsOfNames(0, name), 0, self._kind, True, *args)  # noqa: FBT003 - wants a result
        return _Automation(found) if hasattr(found, "GetIDsOfNames") else found

    def __iter__(self) -> Iterator[_Automation]:
        every = self._raw.Invoke(self._com.DISPID_NEWENUM, 0, self._kind, True)  # noqa: FBT003 - wants a result
        rows = every.QueryInterface(self._com.IID_IEnumVARIANT)
        while found := rows.Next(1):
            yield _Automation(found[0])


def _wmi(namespace: str, name: str, query: str, properties: Sequence[str]) -> Answer:
    """Ask twice where a provider stumbles; raises by the number, whose words are translated."""
    com = import_module("pythoncom")
    com.CoInitialize()
    try:
        for stumbles in (WMI_STUMBLES, set[int]()):
            try:
                return _rows(namespace, name, query, properties)
            except com.com_error as error:  # no cause is kept: it would hold objects that COM has let go
                number = _number(error)
            if number not in stumbles:
                break
    finally:
        com.CoUninitialize()
    raise ProbeError(WMI_REASONS.get(number, Reason.UNREADABLE), f"{namespace}:{name}: 0x{number:08X}")


def _number(error: Any) -> int:
    """The HRESULT: the server's own where it gave one."""
    said = error.excepinfo[5] if error.excepinfo else 0
    return int(said or error.hresult) & 0xFFFFFFFF


def _rows(namespace: str, name: str, query: str, properties: Sequence[str]) -> Answer:
    com = import_module("pythoncom")
    locator = com.CoCreateInstance("WbemScripting.SWbemLocator", None, com.CLSCTX_INPROC_SERVER, com.IID_IDispatch)
    services = _Automation(locator).get("ConnectServer", ".", namespace)
    try:
        rows = _read(services, query, properties)
    except com.com_error as error:
        if _number(error) != NO_SUCH_COLUMN:
            raise
        rows = _read(services, f"{EVERY}{query[query.index(' FROM ') :]}", properties)
    if not rows:
        services.get("Get", name)  # raises where nothing came because there is no such class
    return rows


def _read(services: _Automation, query: str, properties: Sequence[str]) -> list[dict[str, Any]]:
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


def _column(columns: _Automation, name: str) -> _Automation | None:
    try:
        return columns.get("Item", name)  # type: ignore[no-any-return]
    except import_module("pythoncom").com_error as error:
        if _number(error) != NOT_FOUND:
            raise
        return None


def _kind(column: _Automation) -> int:
    """The column's CIM type; 0 under Wine, which does not tell."""
    try:
        return int(column.get("CIMType"))
    except import_module("pythoncom").com_error as error:
        if _number(error) != NOT_IMPLEMENTED:
            raise
        return 0


def _value(value: Any, kind: int) -> Answer:
    """One WMI value as JSON: the scripting interface gives 64-bit numbers and dates as text."""
    if isinstance(value, list | tuple | bytes | memoryview):
        return [_value(one, kind) for one in value]
    if isinstance(value, _Automation):
        return value.get("GetObjectText_")
    if isinstance(value, str):
        if kind == DATETIME:
            return moment(value)
        return int(value) if kind in {INT64, UINT64} else valid(value)
    return value


def moment(text: str) -> str | None:
    """A CIM date in ISO 8601, as exact as it is; None for the empty date and for what is none."""
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


# ---------------------------------------------------------------------- the registry
def _stored(value: Any) -> Answer:
    """A registry value as JSON: binary ones as hex text."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list):
        return [valid(one) for one in value]
    return valid(value) if isinstance(value, str) else value


# ---------------------------------------------------------------------- the event log
def event_query(log: str, ids: Sequence[int], days: int, providers: Sequence[str]) -> str:
    """A structured query for records of the last `days`; each condition small enough for Windows."""
    from xml.sax.saxutils import escape, quoteattr

    age = f"TimeCreated[timediff(@SystemTime) <= {days * 86_400_000}]"
    selects = []
    for some_ids in _chunks(ids):
        for some_providers in _chunks(providers):
            names = " or ".join(f"@Name='{provider}'" for provider in some_providers)
            numbers = " or ".join(f"EventID={number}" for number in some_ids)
            parts = [f"Provider[{names}]" if names else "", f"({numbers})" if numbers else "", age]
            condition = f"*[System[{' and '.join(part for part in parts if part)}]]"
            selects.append(f"<Select Path={quoteattr(log)}>{escape(condition)}</Select>")
    return f"<QueryList><Query Id='0' Path={quoteattr(log)}>{''.join(selects)}</Query></QueryList>"


def _chunks(some: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return [some[place : place + PER_SELECT] for place in range(0, len(some), PER_SELECT)] or [()]


def _events(log: str, query: str) -> Answer:
    events = import_module("win32evtlog")
    texts: list[str] = []
    try:
        found = events.EvtQuery(log, NEWEST_FIRST, query, None)
        while len(texts) < MOST_RECORDS and (some := events.EvtNext(found, 50)):
            texts += [events.EvtRender(one, AS_XML) for one in some]
    except import_module("pywintypes").error as error:
        raise _problem(error, log) from error
    records = [record for text in texts[:MOST_RECORDS] if (record := parse_event(text))]
    if texts and not records:
        raise ProbeError(Reason.UNREADABLE, log)
    return records


def parse_event(text: str) -> dict[str, Any] | None:
    """One record from its XML, by the Event Schema of Windows; None where it cannot be understood."""
    from xml.etree import ElementTree as ET

    try:
        event = ET.fromstring(NO_XML.sub("\ufffd", text))  # noqa: S314 - as this machine's own log wrote it
        said = {part.tag.rpartition("}")[2]: part for part in event.iterfind(f"{EVENT}System/*")}
        return {
            "id": int(said["EventID"].text or ""),
            "provider": said["Provider"].get("Name") or "",
            "level": int(said["Level"].text or "0") if "Level" in said else 0,
            "time": datetime.fromisoformat(said["TimeCreated"].get("SystemTime") or "").timestamp(),
            "data": _data(event),
        }
    except (ET.ParseError, KeyError, ValueError):
        return None


def _data(event: Element) -> dict[str, str] | list[str]:
    """What the record carries: an object where every part is named, else a list; UserData names each by its tag."""
    parts = event.findall(f"{EVENT}EventData/{EVENT}Data")
    texts = ["".join(part.itertext()) for part in parts]
    if parts:
        names = [part.get("Name") for part in parts]
        return {name: text for name, text in zip(names, texts, strict=True) if name} if all(names) else texts
    return {part.tag.rpartition("}")[2]: "".join(part.itertext()) for part in event.iterfind(f"{EVENT}UserData/*/*")}


# ---------------------------------------------------------------------- the network
def _ping(address: str, timeout: float) -> Answer:
    for _ in range(2):
        status, milliseconds = _echo(address, int(timeout * 500))
        if status == 0:
            return {"state": "answered", "milliseconds": float(milliseconds)}
        if status != IP_TIMED_OUT:
            return {"state": "unreachable", "milliseconds": None}
    return {"state": "timeout", "milliseconds": None}


def _pings(  # noqa: PLR0913, PLR0917 - what the question is made of
    address: str,
    count: int,
    interval: float,
    size: int,
    timeout: float,
    whole: bool,  # noqa: FBT001
) -> Answer:
    said: list[tuple[int, int] | None] = [None] * count
    body = (ECHO_BODY * (size // len(ECHO_BODY) + 1))[:size]

    def one(place: int) -> None:
        time.sleep(place * interval)
        with contextlib.suppress(ProbeError):
            said[place] = _echo(address, int(timeout * 1000), body, whole=whole)

    threads = [threading.Thread(target=one, args=(place,), daemon=True) for place in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if not any(said):
        raise ProbeError(Reason.UNREADABLE, f"IcmpSendEcho {address}")
    times = [float(answer[1]) for answer in said if answer and answer[0] == 0]
    big = sum(1 for answer in said if answer and answer[0] == IP_PACKET_TOO_BIG)
    return {"sent": count, "received": len(times), "too_big": big, "refused": 0, "milliseconds": times}


def _echo(address: str, milliseconds: int, body: bytes = ECHO_BODY, *, whole: bool = False) -> tuple[int, int]:
    """(status, round trip) of one IcmpSendEcho; status 0 is an answer."""
    c = import_module("ctypes")
    library = c.WinDLL("iphlpapi", use_last_error=True)
    library.IcmpCreateFile.restype = c.c_void_p
    library.IcmpCloseHandle.argtypes = [c.c_void_p]
    library.IcmpSendEcho.argtypes = [
        c.c_void_p, c.c_uint32, c.c_char_p, c.c_uint16, c.c_void_p, c.c_void_p, c.c_uint32, c.c_uint32,
    ]  # fmt: skip
    handle, reply = library.IcmpCreateFile(), c.create_string_buffer(256 + len(body))
    pointer = c.sizeof(c.c_void_p)
    # IP_OPTION_INFORMATION: time to live, type of service, flags, size of the options, pointer to them
    options = struct.pack("4B", 128, 0, DONT_FRAGMENT, 0).ljust(pointer, b"\0") + bytes(pointer) if whole else None
    try:
        came = library.IcmpSendEcho(
            handle, _number_of(address), body, len(body), options, reply, len(reply), milliseconds
        )
        failure = c.get_last_error()
    finally:
        library.IcmpCloseHandle(handle)
    if came:
        _, status, round_trip = struct.unpack_from("=3I", reply)  # ICMP_ECHO_REPLY
        return status, round_trip
    if failure in IP_STATUSES or failure in UNREACHABLE_ERRORS:
        return failure, 0
    raise ProbeError(Reason.UNREADABLE, f"IcmpSendEcho: error {failure}")


def _arp(address: str) -> Answer:
    """SendARP; an address that Windows has met in the last seconds is answered from memory."""
    c = import_module("ctypes")
    mac, length = c.create_string_buffer(8), c.c_uint32(8)
    failure = c.WinDLL("iphlpapi").SendARP(c.c_uint32(_number_of(address)), 0, mac, c.byref(length))
    if failure:
        return {"state": "silent" if failure == ERROR_BAD_NET_NAME else "unknown", "mac": None}
    return {"state": "reachable", "mac": mac.raw[: length.value].hex(":")}


def _number_of(address: str) -> int:
    """An IPv4 address as Windows' IPAddr: its bytes in network order."""
    return int.from_bytes(socket.inet_aton(address), sys.byteorder)
