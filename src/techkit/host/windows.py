"""What only Windows can answer: WMI, the registry, event logs, the person at the desk, ARP and ping.

Objects and numbers only, never translated text. Windows-only modules are imported where they are used, so that the
parsers can be tested anywhere.
"""

from __future__ import annotations

import contextlib
import locale
import os
import socket
import threading
import time
from functools import partial
from importlib import import_module
from typing import Any

from techkit.host import (
    Answer,
    ProbeError,
    acl,
    cfgmgr32,
    drives,
    errand,
    events,
    iphlpapi,
    nlm,
    office,
    powershell,
    sam,
    scm,
    tasks,
    winspool,
    wlanapi,
    wmi,
    wscapi,
    wua,
)  # fmt: skip
from techkit.host.local import SESSION_VARIABLES, Local, problem, valid
from techkit.model import Reason

CURRENT_VERSION = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion"
LOGON = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Authentication\LogonUI"
EDITIONS = {
    "Core": "Home",
    "CoreSingleLanguage": "Home Single Language",
    "CoreCountrySpecific": "Home China",
    "CoreN": "Home N",
    "ProfessionalN": "Pro N",
    "Professional": "Pro",
    "ProfessionalEducation": "Pro Education",
    "ProfessionalWorkstation": "Pro for Workstations",
    "EnterpriseS": "Enterprise LTSC",
    "IoTEnterprise": "IoT Enterprise",
    "IoTEnterpriseS": "IoT Enterprise LTSC",
    "ServerRdsh": "Enterprise multi-session",
}
"""Product names of EditionIDs that differ from the id."""
ELEVEN = 22000
"""The first build of Windows 11, which still calls itself Windows 10."""
NOBODY = {"S-1-5-18", "S-1-5-19", "S-1-5-20"}
"""The accounts of the system and its services."""


class Windows(Local):
    """A Windows machine."""

    system = "windows"

    def __init__(self, site: dict[str, Any]) -> None:
        super().__init__(site)
        self._snippets = threading.Lock()
        self._said: dict[str, Any] | ProbeError | None = None

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
            "desktop": about.get("InstallationType") != "Server Core",
            "edition": "client" if import_module("sys").getwindowsversion().product_type == 1 else "server",
            "elevated": bool(ctypes.windll.shell32.IsUserAnAdmin()),
            "container": "",
            "utc_offset": time.localtime().tm_gmtoff,
            "language": locale.windows_locale.get(language, "").partition("_")[0],
        }

    def ask_person(self, *, timeout: float) -> Answer:
        """The user of this session, for a service the one at the console, else our own account."""
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
            "present": sid == ours,
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
        """The name as the sign-in screen shows it, else as the local account list has it."""
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
        """In a thread: Windows cancels file operations when the process ends."""
        ask: Any = errand.QUESTIONS[question]
        return self.in_thread(lambda: ask(path, *args), timeout, path)

    def ask_which(self, tool: str, *, timeout: float) -> Answer:  # noqa: ARG002 - answers at once
        """A program's full path, from the system's folder first and never from the current one."""
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
        """The instances of a class by COM, in its own thread, because a query cannot be cancelled."""
        query = f"SELECT {', '.join(properties)} FROM {name}" + (f" WHERE {where}" if where else "")  # noqa: S608 - from checks only
        return self.in_thread(lambda: wmi.ask(namespace, name, query, properties), timeout, f"{namespace}:{name}")

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
            raise problem(error, key) from error
        return {"values": {valid(name): _stored(value) for name, value, _ in rows}, "keys": names}

    def ask_service_manager(self, *, timeout: float) -> Answer:
        """The service manager's list, with what the registry says of each start."""

        def settings(key: str) -> dict[str, Any]:
            with contextlib.suppress(ProbeError):
                return dict(self.ask_registry(key, timeout=timeout)["values"])
            return {}

        return self.in_thread(lambda: scm.services(settings), timeout, "EnumServicesStatusEx")

    def ask_device_manager(self, classes: list[str], *, timeout: float) -> Answer:
        """The device manager's list, in a thread of its own."""
        return self.in_thread(lambda: cfgmgr32.devices(classes), timeout, "cfgmgr32")

    def ask_spooler(self, *, timeout: float) -> Answer:
        """The print service's lists, in a thread of its own: it may hang."""
        return self.in_thread(winspool.queues, timeout, "winspool")

    def ask_drives(self, *, timeout: float) -> Answer:
        """Each disk in a thread of its own: one that is dying may never answer."""
        found = []
        for number in range(drives.MOST):
            try:
                row = self.in_thread(partial(drives.drive, number), timeout, f"PhysicalDrive{number}")
            except ProbeError as error:
                row = {"number": number, "unseen": str(error.reason), "detail": error.detail}
            found += [] if row is None else [row]
        return found

    def ask_security_center(self, *, timeout: float) -> Answer:
        """The Security Center's own library, in a thread of its own: its service may be slow to answer."""
        return self.in_thread(wscapi.center, timeout, "wscapi")

    def ask_local_accounts(self, *, timeout: float) -> Answer:
        """The accounts, in a thread of its own."""
        return self.in_thread(sam.accounts, timeout, "NetUserEnum")

    def ask_membership(self, *, timeout: float) -> Answer:
        """The domain or workgroup, in a thread of its own."""
        return self.in_thread(sam.membership, timeout, "NetGetJoinInformation")

    def ask_granted(self, path: str, *, timeout: float) -> Answer:
        """An access control list, in a thread as every question to a file."""
        return self.in_thread(lambda: acl.granted(path), timeout, path)

    def ask_office_licences(self, folder: str, *, timeout: float) -> Answer:
        """The licence files of Office, in a thread: a profile may be on an unreachable server."""
        return self.in_thread(lambda: office.licences(folder), timeout, folder)

    def ask_members(self, group: str, *, timeout: float) -> Answer:
        """The members of a group; a name that is not resolved in time is left empty."""
        sids = self.in_thread(lambda: sam.members(group), timeout, "NetLocalGroupGetMembers")
        known: dict[str, tuple[str, str]] = {}
        with contextlib.suppress(ProbeError):  # whatever came before the deadline counts
            self.in_thread(lambda: sam.names(sids, known), timeout / 2, "LookupAccountSid")
        return [dict(zip(("sid", "name", "kind"), (sid, *known.get(sid, ("", ""))), strict=True)) for sid in sids]

    def ask_events(self, log: str, ids: list[int], days: int, providers: list[str], *, timeout: float) -> Answer:
        """Records of a log as their XML, never as their translated message."""
        return self.in_thread(lambda: events.records(log, events.query(log, ids, days, providers)), timeout, log)

    def ask_waiting_updates(self, *, timeout: float) -> Answer:
        """The update agent's own list by COM, in a thread of its own."""
        return self.in_thread(wua.waiting, timeout, "Microsoft.Update.Session")

    def ask_tasks(self, *, timeout: float) -> Answer:
        """The scheduler's own list by COM."""
        return self.in_thread(tasks.tasks, timeout, "Schedule.Service")

    def ask_powershell(self, name: str, *, timeout: float) -> Answer:
        """The rows of one snippet; the first who asks starts the process that answers for all."""
        with self._snippets:
            if self._said is None:
                self._said = self._powershell(timeout)
        if isinstance(self._said, ProbeError):
            raise ProbeError(self._said.reason, self._said.detail)
        return powershell.rows(self._said, name)

    def _powershell(self, timeout: float) -> dict[str, Any] | ProbeError:
        try:
            said: dict[str, Any] = self.ask_run("powershell", *powershell.OPTIONS, powershell.script(), timeout=timeout)
        except ProbeError as error:
            return error
        return said

    # ------------------------------------------------------------------ the network
    def ask_ping(self, address: str, *, timeout: float) -> Answer:
        """ICMP echo, which needs no administrator on Windows."""
        if ":" in address:
            raise ProbeError(Reason.INAPPLICABLE, f"echo {address}")
        return self.in_thread(lambda: iphlpapi.ping(address, timeout), timeout + 1, address)

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
        return self.in_thread(
            lambda: iphlpapi.pings(address, count, interval, size, timeout, whole), lasts + 2, address
        )

    def ask_neighbour(self, address: str, interface: str, *, timeout: float) -> Answer:  # noqa: ARG002 - the route decides
        """ARP; Windows tries for three seconds; without an answer by the deadline the address is silent."""
        if ":" in address:
            return {"state": "unknown", "mac": None}
        try:
            return self.in_thread(lambda: iphlpapi.neighbour(address), timeout, address)
        except ProbeError:
            return {"state": "silent", "mac": None}

    def ask_tls(self, name: str, port: int, *, timeout: float) -> Answer:
        """One handshake; Windows fetches an authority that it has not needed before, as for its own programs."""
        from techkit.host import crypt32, net

        return self.in_thread(lambda: net.tls(name, port, timeout, crypt32.fetch), timeout * 3, name)

    def ask_network_categories(self, *, timeout: float) -> Answer:
        """The list of networks by COM, in a thread of its own."""
        return self.in_thread(nlm.categories, timeout, "INetworkListManager")

    def ask_radios(self, *, timeout: float) -> Answer:
        """The radios by wlanapi, in a thread: its service may be slow to answer."""
        return self.in_thread(wlanapi.radios, timeout, "wlanapi")

    def ask_wireless_network(self, guid: str, name: str, *, timeout: float) -> Answer:
        """A network that Windows knows, by wlanapi, in a thread as the radios."""
        return self.in_thread(lambda: wlanapi.network(guid, name), timeout, "wlanapi")


def release(about: dict[str, Any]) -> str:
    """Product, edition and release: Windows 11 Pro 24H2 (26100.4061)."""
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
    """(name, domain) of the session's user, who may differ from the account we run as; services have none."""
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


# ---------------------------------------------------------------------- the registry
def _stored(value: Any) -> Answer:
    """A registry value as JSON: binary ones as hex text."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list):
        return [valid(one) for one in value]
    return valid(value) if isinstance(value, str) else value
