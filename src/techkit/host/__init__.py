"""The doorway: every question that techkit puts to a machine, asked once, answered in plain JSON, recordable.

A question is answered or raises `ProbeError`. An identical question is asked once per `Host`; after a
change a fresh `Host` asks again. What answers is an `Answerer`: this machine, or a tape of any machine.
"""

from __future__ import annotations

import json
import re
import threading
from typing import TYPE_CHECKING, Any, Protocol

from techkit.host import always
from techkit.model import Private, Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Answer = Any
"""What JSON can say: None, bool, int, float, str, list, dict."""

UNANSWERED = (Reason.UNREADABLE, Reason.TIMEOUT, Reason.INAPPLICABLE, Reason.MISSING)
"""Why WMI has no answer where another source may have one: everything but a refusal."""


SHORTEST = 3
"""Characters of a chosen name that could stand for anything."""

FIRST_OWN = 1000
"""The number of the first account that is not Windows' own."""

_ACCOUNT = re.compile(r"(S-1-5-21-\d+-\d+-\d+)-(\d{1,10})")
_ADDRESS = re.compile(r"[\d.]+|[\da-fA-F]*:[\da-fA-F:.]*")


class ProbeError(Exception):
    """A question that has no answer: `reason` says which kind, `detail` names the thing, `question` the doorway's."""

    def __init__(self, reason: Reason, detail: str = "", question: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        self.detail = detail
        self.question = question


class Answerer(Protocol):
    """What can stand behind the doorway."""

    def answer(self, question: str, args: list[Any], timeout: float) -> Answer:
        """Answer within `timeout` seconds or raise `ProbeError`."""
        ...

    def now(self) -> float:
        """The machine's clock, seconds since 1970 in UTC."""
        ...


class _Slot:
    """The answer of one question, shared by everybody who asks it."""

    def __init__(self) -> None:
        self.done = threading.Event()
        self.answer: Answer = None
        self.error: ProbeError | None = None


class Host:
    """A machine, as a probe sees it: questions, each with a deadline in seconds.

    `asked` lists every question with its answer or error, as `[question, *args]`: a tape.
    """

    def __init__(self, answerer: Answerer) -> None:
        self._answerer = answerer
        self._slots: dict[str, _Slot] = {}
        self._lock = threading.Lock()
        self._private: dict[tuple[str, str], None] = {}
        self.asked: list[tuple[list[Any], _Slot]] = []

    def ask(self, question: str, *args: Any, timeout: float = 5) -> Answer:
        """Answer one question; the methods below name the questions."""
        key = json.dumps([question, *args], ensure_ascii=False)
        with self._lock:
            slot = self._slots.get(key)
            first = slot is None
            if slot is None:
                slot = self._slots[key] = _Slot()
                self.asked.append(([question, *args], slot))
        if first:
            try:
                slot.answer = self._answerer.answer(question, list(args), timeout)
            except ProbeError as error:
                slot.error = error
            except BaseException as error:
                slot.error = ProbeError(Reason.BROKEN, f"{question}: {type(error).__name__}: {error}")
                raise
            finally:
                slot.done.set()
        elif not slot.done.wait(timeout * 3 + 1):  # an exchange may take three steps of `timeout` each
            raise ProbeError(Reason.TIMEOUT, question, question)
        if slot.error:
            raise ProbeError(slot.error.reason, slot.error.detail, question)
        return slot.answer

    def now(self) -> float:
        """Seconds since 1970, UTC; never remembered."""
        return self._answerer.now()

    def private(self, kind: str, value: str | None) -> None:
        """Register a `value` that names this machine or its people, so that it can be redacted."""
        if value:
            self._private[kind, value] = None

    def named(self, kind: str, value: str) -> None:
        """Register a name that somebody has chosen, of a server or a Wi-Fi, unless it is an address or a plain word.

        A plain word, as of the Wi-Fi "Office", gives nobody away; replaced everywhere it would spoil other names.
        """
        letters = re.sub(r"[^\W\d_]", "", value)
        if len(value) > SHORTEST and letters and letters != value and not _ADDRESS.fullmatch(value):
            self.private(kind, value)

    def account(self, sid: object, name: object) -> None:
        """Register the machine or domain in the SID of an account, and its name, unless every Windows has that one."""
        if found := _ACCOUNT.fullmatch(str(sid)):
            self.private("S-1-5-21", found[1])
            self.private("person", str(name or "") if int(found[2]) >= FIRST_OWN else "")

    @property
    def privates(self) -> tuple[Private, ...]:
        """Every private value seen so far."""
        return tuple(Private(kind, value) for kind, value in self._private)

    def side_by_side(self, questions: Iterable[Callable[[], Answer]]) -> list[Answer]:
        """Ask all in parallel; the answers in order, with a `ProbeError` for each that has none."""
        asked = list(questions)
        answers: list[Answer] = [None] * len(asked)
        errors: list[BaseException] = []

        def put(place: int) -> None:
            try:
                answers[place] = asked[place]()
            except ProbeError as error:
                answers[place] = error
            except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
                errors.append(error)

        threads = [threading.Thread(target=put, args=(place,), daemon=True) for place in range(len(asked))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if errors:
            raise errors[0]
        return answers

    # ------------------------------------------------------------------ the machine itself
    def machine(self) -> dict[str, Any]:
        """{name, domain, system: linux|windows, release, edition: client|server, elevated, container, language}.

        `desktop` is False for a Windows without one.
        """
        answer: dict[str, Any] = self.ask("machine", timeout=8)
        self.private("host", answer.get("name"))
        self.private("host", answer.get("domain"))
        return answer

    @property
    def system(self) -> str:
        """linux or windows."""
        return str(self.machine()["system"])

    @property
    def elevated(self) -> bool:
        """Whether techkit runs as root or administrator."""
        return bool(self.machine()["elevated"])

    def person(self) -> dict[str, Any]:
        """The person at the desk, even under sudo or UAC: {name, id: a uid or a SID, home, environment: {…}}.

        On Windows `present` is False where techkit runs as another account.
        """
        answer: dict[str, Any] = self.ask("person")
        self.private("person", answer.get("name"))
        self.private("person", answer.get("full_name"))
        if answer.get("name"):  # their folder keeps the name that they had at first
            self.private("person", re.split(r"[\\/]", str(answer.get("home") or ""))[-1])
        self.account(answer.get("id"), answer.get("name"))
        return answer

    def site(self) -> dict[str, Any]:
        """What the configuration says about this site.

        {names: to resolve, pages: [{url, expect}], tls: names, addresses: [{address, port}], addresses_six: as those
        but of version 6, time: servers,
        services: [{name, title, kind, target}]}
        """
        return self.ask("site")

    # ------------------------------------------------------------------ files
    def read(self, path: str, *, timeout: float = 3) -> str:
        """The text of a file, at most 4 MiB; bytes that are not UTF-8 as backslash escapes."""
        return str(self.ask("read", path, timeout=timeout))

    def head(self, path: str, size: int, *, timeout: float = 3) -> str:
        """The first `size` bytes of a file, as `read` gives them."""
        return str(self.ask("head", path, size, timeout=timeout))

    def digest(self, path: str, *, timeout: float = 3) -> str:
        """The SHA-256 of a file of at most 128 MiB, in hexadecimal."""
        return str(self.ask("digest", path, timeout=timeout))

    def listdir(self, path: str, *, timeout: float = 3) -> list[str]:
        """The names in a folder, sorted."""
        return self.ask("listdir", path, timeout=timeout)

    def stat(self, path: str, *, timeout: float = 3) -> dict[str, Any]:
        """{kind: file|folder|device|other, size, mode, uid, gid, modified, link: target or None}; follows links."""
        return self.ask("stat", path, timeout=timeout)

    def statvfs(self, path: str, *, timeout: float = 3) -> dict[str, Any]:
        """{total, free, available: bytes; files, files_free: inodes or 0; device}."""
        return self.ask("statvfs", path, timeout=timeout)

    def largest(self, path: str, count: int = 20, *, timeout: float = 3) -> dict[str, Any]:
        """What takes the space below a folder: searched for at most a second, on one file system, following no links.

        {files: [{path, size: bytes on the disk, modified}], folders: [{path, entries}]: both the biggest first, size
        and entries: of all that was seen, closed: folders that may not be read, complete: whether all was seen}
        """
        return self.ask("largest", path, count, timeout=timeout)

    def exists(self, path: str) -> bool:
        """Whether the path exists; raises unless that is certain."""
        try:
            self.stat(path)
        except ProbeError as error:
            if error.reason is Reason.MISSING:
                return False
            raise
        return True

    def there(self, path: str) -> bool:
        """Whether the path exists; one that we may not look at does."""
        try:
            return self.exists(path)
        except ProbeError as error:
            if error.reason is Reason.FORBIDDEN:
                return True
            raise

    # ------------------------------------------------------------------ programs and the system's own records
    def which(self, tool: str) -> str | None:
        """The full path of a program, also in the folders that an ordinary user's PATH lacks."""
        return self.ask("which", tool)

    def run(self, *argv: str, timeout: float = 5) -> dict[str, Any]:
        """{code, out, err}: one program under LC_ALL=C, at most 4 MiB of output; a missing one raises."""
        return self.ask("run", *argv, timeout=timeout)

    def processes(self) -> list[dict[str, Any]]:
        """Every process that can be seen, in the order of pids, at most 4096.

        [{pid, ppid, name, exe: path or None, deleted: the file is gone, argv, uid: None on Windows, state: a letter of
        proc(5) or empty, cpu: seconds, rss: bytes, started: seconds since 1970, threads, files: open descriptors
        (Windows: handles) or None, own: ours}]; a kernel thread has no exe and the parent 2.
        """
        answer: list[dict[str, Any]] = self.ask("processes")
        if not answer:
            raise ProbeError(Reason.UNREADABLE, "not even we ourselves run", "processes")
        return answer

    def deleted_files(self) -> dict[str, Any]:
        """Deleted files that are still held open, on Linux; searched for at most a second.

        {files: [{pid, path, size: bytes on the disk, device: major:minor, inode}], hidden: processes that may not be
        looked at}
        """
        return self.ask("deleted_files")

    def sample(self, what: str, seconds: float) -> dict[str, Any]:
        """The difference between two samples, {seconds: actually elapsed, …}.

        cpu: {cpus, busy, waiting: for disks, processes: [{pid, name, cpu}], most first}, all in processor seconds.
        disks: {disks: {name: {reads, writes, read_bytes, write_bytes, reading, writing, busy?: milliseconds}}}.
        """
        return self.ask("sample", what, seconds, timeout=seconds + 5)

    def scan(
        self, socket: str, folders: Iterable[str], *, most: int, size: int, timeout: float = 0.3
    ) -> dict[str, Any]:
        """{looked, late: numbers of files, found: [{path, name}]}: what a running clamd finds in these folders.

        It gets the `most` newest files that lie there themselves, none larger than `size` bytes.
        """
        return self.ask("scan", socket, list(folders), most, size, timeout=timeout)

    def psutil(self, name: str, *, timeout: float = 3) -> Answer:
        """The answer of psutil's function `name`, named tuples as objects."""
        return self.ask("psutil", name, timeout=timeout)

    # ------------------------------------------------------------------ Windows
    def wmi(
        self, name: str, *properties: str, where: str = "", namespace: str = "root\\cimv2", timeout: float = 5
    ) -> list[dict[str, Any]]:
        """The instances of a WMI class, only these properties; 64-bit numbers as int, dates as ISO 8601.

        Raises where none is told of what every Windows has.
        """
        answer: list[dict[str, Any]] = self.ask("wmi", namespace, name, list(properties), where, timeout=timeout)
        if not answer and always.has_rows(name, where):
            raise ProbeError(Reason.UNREADABLE, f"{namespace}:{name}: no rows", "wmi")
        return answer

    def service_manager(self) -> list[dict[str, Any]]:
        """Every Windows service from the service manager, in the form of Win32_Service, without WMI."""
        return self.ask("service_manager")

    def device_manager(self, classes: Iterable[str]) -> list[dict[str, Any]]:
        """Windows devices that have a problem or are of these classes, from the device manager, without WMI.

        In the form of Win32_PnPEntity: [{Name, PNPClass, PNPDeviceID, Service, ConfigManagerErrorCode, Present}].
        """
        return self.ask("device_manager", list(classes))

    def spooler(self) -> dict[str, Any]:
        """The printers of Windows and their queues, from the print spooler, without WMI.

        {printers: [{name, server, port, attributes, status: bits or None for a print server's}], jobs: in the form of
        Win32_PrintJob, of this machine's own queues}
        """
        return self.ask("spooler")

    def drives(self) -> list[dict[str, Any]]:
        """The disks of Windows from their drivers, without WMI and without administrator rights.

        [{number, model, serial, bus: STORAGE_BUS_TYPE, removable, health: an NVMe disk's page on it as hex text,
        predicts: a failure, or None, attributes: of ATA as hex text, offline, read_only: or None}], or {number, unseen:
        a reason, detail}
        """
        return self.ask("drives", timeout=3)

    def security_center(self) -> dict[str, Any]:
        """What the Security Center of Windows says about antiviruses and firewalls, without WMI.

        {health: good|not_monitored|poor|snoozed or None: of all antiviruses together, products: the antiviruses,
        firewalls: [{name, state: on|off|snoozed|expired|unknown, outdated: or None, program}] or None}
        """
        return self.ask("security_center")

    def registry(self, key: str) -> dict[str, Any]:
        r"""{values: {name: value}, keys: [names]} of `HKLM\…` in the 64-bit view; binary values as hex text.

        Raises where a key is empty that holds something on every Windows.
        """
        answer: dict[str, Any] = self.ask("registry", key)
        if not answer["values"] and not answer["keys"] and always.has_values(key):
            raise ProbeError(Reason.UNREADABLE, f"{key}: empty", "registry")
        return answer

    def local_accounts(self) -> list[dict[str, Any]]:
        """The local accounts of a Windows PC, without WMI, in the form of Win32_UserAccount.

        [{Name, SID, Disabled, Lockout, PasswordRequired}]
        """
        answer: list[dict[str, Any]] = self.ask("local_accounts")
        for row in answer:
            self.account(row.get("SID"), row.get("Name"))
        return answer

    def membership(self) -> dict[str, Any]:
        """{name, domain: whether it is one}: the domain or workgroup of a Windows PC, without WMI."""
        return self.ask("membership")

    def granted(self, path: str, *, timeout: float = 3) -> list[dict[str, Any]]:
        """The access control list of a file or folder on Windows: [{sid, allow: or deny, mask: access rights}]."""
        return self.ask("granted", path, timeout=timeout)

    def office_licences(self, folder: str, *, timeout: float = 3) -> list[dict[str, Any]]:
        """How long the Office licences below a folder are valid, never whose they are.

        [{product: O365BusinessRetail|…, ends: of the subscription, confirmed_until: both seconds since 1970 or None}]
        """
        return self.ask("office_licences", folder, timeout=timeout)

    def members(self, group: str, *, timeout: float = 4) -> list[dict[str, str]]:
        """The members of a local group on Windows, named by its SID: S-1-5-32-544 are the administrators.

        [{sid, name, kind: user|group|alias|well_known|deleted|computer}]; both empty where that is not known in time.
        """
        answer: list[dict[str, str]] = self.ask("members", group, timeout=timeout)
        for row in answer:
            self.account(row.get("sid"), row.get("name"))
        return answer

    def events(self, log: str, *, ids: Iterable[int], days: int, providers: Iterable[str] = ()) -> list[dict[str, Any]]:
        """Records of a Windows event log, newest first, at most 500: [{id, provider, level, time, data}].

        `time` is seconds since 1970; `data` an object of named or a list of unnamed strings. Raises where the System
        log has nothing of this kind and nothing of what Windows writes into it every day.
        """
        answer: list[dict[str, Any]] = self.ask("events", log, list(ids), days, list(providers))
        if not answer and log == always.SYSTEM:
            kept = attempt(lambda: self.ask("events", log, *always.DAILY), None, *Reason)
            if kept == []:
                raise ProbeError(Reason.UNREADABLE, f"{log}: empty", "events")
        return answer

    def waiting_updates(self, *, timeout: float = 100) -> list[dict[str, Any]]:
        """Pending automatic Windows updates, as of the last search; may take a minute.

        [{title, severity: Critical|Important|…|"", articles: numbers of the knowledge base, categories: lower-case
        GUIDs, released: seconds since 1970 or None, downloaded}]
        """
        return self.ask("waiting_updates", timeout=timeout)

    def tasks(self, *, timeout: float = 8) -> list[dict[str, Any]]:
        """Tasks of the Windows Task Scheduler that this account may see: [{path, enabled, commands: lines}]."""
        return self.ask("tasks", timeout=timeout)

    def powershell(self, name: str, *, timeout: float = 10) -> list[dict[str, Any]]:
        """The rows of a snippet of PowerShell by its name: {NAME: text, number, yes or no}.

        packages: {Name, Status: its flags, with commas}
        dhcp_scopes: {ScopeId, AddressesFree, AddressesInUse}; dhcp_settings: {IsAuthorized, IsDomainJoined}; none where
        this is no DHCP server
        """
        return self.ask("powershell", name, timeout=timeout)

    # ------------------------------------------------------------------ the network
    def connect(self, address: str, port: int, *, timeout: float = 2) -> dict[str, Any]:
        """{state: open|refused|timeout|unreachable, milliseconds}: one TCP connection to an address or name."""
        return self.ask("connect", address, port, timeout=timeout)

    def ping(self, address: str, *, timeout: float = 1.2) -> dict[str, Any]:
        """{state: answered|timeout|unreachable, milliseconds}: the first of two ICMP echoes that is answered."""
        return self.ask("ping", address, timeout=timeout)

    def pings(  # noqa: PLR0913 - what a train is made of
        self, address: str, count: int, interval: float, size: int = 56, *, whole: bool = False, timeout: float = 1
    ) -> dict[str, Any]:
        """{sent, received, too_big, refused, milliseconds: [one per answer]}: a train of ICMP echoes of `size` bytes.

        `timeout` is for the last answer; `whole` forbids fragmentation, `too_big` counts the packets reported as
        too big, `refused` those that this machine did not send.
        """
        return self.ask("pings", address, count, interval, size, whole, timeout=timeout)

    def knocks(self, address: str, port: int, count: int, *, timeout: float = 0.9) -> dict[str, Any]:
        """{sent, received, milliseconds}: TCP connections at once; open and refused are answers.

        A lost packet is sent again by the system after a second: within `timeout` it is lost.
        """
        return self.ask("knocks", address, port, count, timeout=timeout)

    def claimants(self, address: str, interface: str, *, timeout: float = 0.5) -> list[str]:
        """The hardware addresses of other machines that answer for an IPv4 address of our own: RFC 5227."""
        return self.ask("claimants", address, interface, timeout=timeout)

    def neighbour(self, address: str, interface: str, *, timeout: float = 1.5) -> dict[str, Any]:
        """{state: reachable|silent|unknown, mac}: whether a machine of our own network segment answers there."""
        answer: dict[str, Any] = self.ask("neighbour", address, interface, timeout=timeout)
        self.private("mac", answer.get("mac"))
        return answer

    def radios(self) -> list[dict[str, Any]]:
        """The wireless interfaces of a Windows PC.

        [{interface: what the device calls itself, guid, state: connected|disconnected|…, strength: dBm or None,
        channel, off: hardware|software|""}]
        """
        return self.ask("radios")

    def wireless_network(self, guid: str, name: str) -> dict[str, str]:
        """{authentication: open|shared|WPA2PSK|…, encryption: none|WEP|TKIP|AES…}: from Windows' profile of it."""
        return self.ask("wireless_network", guid, name)

    def network_categories(self) -> list[int]:
        """The categories of the connected networks on Windows, without WMI: 0 public, 1 private, 2 domain."""
        return self.ask("network_categories")

    def resolve(self, name: str, *, timeout: float = 6) -> dict[str, Any]:
        """{addresses, error: none|unknown|unavailable|timeout, milliseconds}: by the system's own resolver."""
        return self.ask("resolve", name, timeout=timeout)

    def dns(self, server: str, name: str, kind: str = "A", *, timeout: float = 2.5) -> dict[str, Any]:
        """{state: answered|timeout|refused|unreachable, code: NOERROR…, addresses, milliseconds}: one server asked."""
        return self.ask("dns", server, name, kind, timeout=timeout)

    def http(self, url: str, proxy: str = "", *, timeout: float = 4) -> dict[str, Any]:
        """{state: answered|timeout|refused|unreachable|unresolved|broken, status, location, date, body, milliseconds}.

        One GET of a plain http page, no redirects followed, at most 4 KiB of body; `date` as seconds.
        """
        return self.ask("http", url, proxy, timeout=timeout)

    def tls(self, name: str, port: int = 443, *, timeout: float = 4) -> dict[str, Any]:
        """One TLS handshake, judged by the machine's own store of authorities.

        {state: answered|timeout|refused|unreachable|unresolved|broken, verified, code: OpenSSL's X509_V_ERR
        number, issuer, subject, not_before, not_after: seconds or None, protocol, store: number of authorities}
        """
        return self.ask("tls", name, port, timeout=timeout)

    def sntp(self, server: str, *, timeout: float = 2) -> dict[str, Any]:
        """{state: answered|timeout|unreachable|unresolved, offset: seconds that this clock lags, stratum, leap}."""
        return self.ask("sntp", server, timeout=timeout)


def attempt(question: Callable[[], Answer], otherwise: Answer = None, *reasons: Reason) -> Answer:
    """The answer, or `otherwise` if there is none for one of the `reasons` (by default: missing)."""
    try:
        return question()
    except ProbeError as error:
        if error.reason in (reasons or (Reason.MISSING,)):
            return otherwise
        raise
