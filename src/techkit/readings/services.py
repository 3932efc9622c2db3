"""The services of a machine, as systemd, OpenRC or Windows keeps them."""

from __future__ import annotations

import json
import re
from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import MUTE, ProbeError, attempt
from techkit.model import Reason, Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from techkit.host import Host

PROPERTIES = (
    "Id", "Description", "LoadState", "ActiveState", "SubState", "UnitFileState", "Type", "Result", "ExecMainCode",
    "ExecMainStatus", "ConditionResult", "ConditionTimestampMonotonic", "ActiveEnterTimestampMonotonic",
    "ActiveExitTimestampMonotonic", "ExecMainExitTimestampMonotonic", "RemainAfterExit", "TriggeredBy", "Names",
    "Conflicts", "ConflictedBy", "Wants", "Requires", "SourcePath", "NRestarts",
)  # fmt: skip
ROWS = (
    "Name", "DisplayName", "State", "StartMode", "DelayedAutoStart", "ExitCode", "ServiceSpecificExitCode", "PathName",
)  # fmt: skip
WINDOWS_STATES = {"running": "active", "start pending": "activating", "stop pending": "deactivating"}
WINDOWS_STARTUP = {
    "auto": "enabled",
    "boot": "enabled",
    "system": "enabled",
    "manual": "manual",
    "disabled": "disabled",
}
BACKBONE = {
    "NetworkManager.service", "dbus-broker.service", "dbus.service", "networking.service", "systemd-journald.service",
    "systemd-networkd.service", "systemd-resolved.service", "wicked.service", "wickedd.service",
}  # fmt: skip
"""What a Linux machine hurts without at once."""
TIME = {
    "chrony.service", "chronyd.service", "systemd-timesyncd.service", "ntpsec.service", "ntp.service", "ntpd.service",
    "openntpd.service",
}  # fmt: skip
"""What keeps a Linux machine's clock right: one of them is enough."""
CORE = {
    "bfe", "brokerinfrastructure", "coremessagingregistrar", "cryptsvc", "dcomlaunch", "dhcp", "dnscache", "eventlog",
    "lanmanserver", "lanmanworkstation", "lsm", "mpssvc", "netlogon", "nlasvc", "nsi", "plugplay", "power", "profsvc",
    "rpceptmapper", "rpcss", "samss", "schedule", "usermanager", "winmgmt",
}  # fmt: skip
"""What Windows hurts without at once, where it is set to start by itself."""
ROLES = {
    "domain": {"adws", "dfsr", "kdc", "ntds"},
    "dns": {"dns"},
    "dhcp": {"dhcpserver"},
    "web": {"w3svc"},
    "virtual": {"vmms"},
    "database": {"mssqlserver"},
    "mail": {"msexchangeis", "msexchangetransport"},
    "certificates": {"certsvc"},
    "updates": {"wsusservice"},
}
"""What a Windows server does for others, by the services that do it; each is there only where the role is.

Their names are those that published scripts of administrators start and watch.
"""
DATABASES = "mssql$"
"""How the name of a second SQL Server on one machine begins."""
MISSED = {"audioendpointbuilder", "audiosrv", "spooler"}
"""What a person at Windows misses soon."""
RESTING = re.compile(
    r"wuauserv|bits|trustedinstaller|msiserver|sppsvc|mapsbroker|edgeupdatem?|gupdatem?|googleupdater.*|remoteregistry"
    r"|cdpsvc|wbiosrvc|.*_[0-9a-f]{4,}",
    re.IGNORECASE,
)
"""Windows services that come and go as they are needed; a name that ends in _<hex> belongs to one session."""
GUARDS = re.compile(
    r"clam|kesl|klnagent|drweb|drw|mdatp|falcon|cs(falcon|agent)|sentinel|sophos|savd|savservice|esets|efs\.|eea\.|ekrn"
    r"|eraagent|cbdaemon|ds_agent|bdsec|bdservicehost|vsserv|windefend|wdnissvc|wscsvc|sense$|securityhealth|mbamservice"
    r"|avp|avast|avg|mcafee|mfe",
    re.IGNORECASE,
)
"""How the names of antivirus services begin: that one does not run is told by antivirus.engine."""
WINDOWS = "win32"
KILLED = 2
"""ExecMainCode, CLD_KILLED of waitid(2)."""
KILL = 9
"""SIGKILL, which no program sends itself: where memory is short the kernel does."""
SERVICE_SPECIFIC = 1066
"""ERROR_SERVICE_SPECIFIC_ERROR: the service's own number stands in ServiceSpecificExitCode."""
NEVER_STARTED = 1077
"""ERROR_SERVICE_NEVER_STARTED since the machine was switched on."""
MANAGER = "Service Control Manager"
ENDED_AND_BACK, ENDED = 7031, 7034
"""Its events: a service ended unexpectedly, with and without something that was set up for that."""
REFUSED, WAITED = 7000, 7001
"""A service did not start, for an error of its own or because another has not: {service, other, %%error}."""
NO_LOGIN, NO_RIGHT = 7038, 7041
"""Its account was not let in: {service, account, %%error}; it may not run services: {service, account}.

By the texts of Windows' own netevent.dll.
"""
NOT_SIGNED_IN = 1069
"""ERROR_SERVICE_LOGON_FAILED"""
NOT_STARTED = "not-started"
"""The result of a service that Windows tried to start in vain."""
WEEK, MONTH = 7, 30
LINES = 20
LONGEST = 300
MANY = 8
"""Units whose log is read."""

_STORAGE = re.compile(
    r"no space left|disk quota|read-only file system|input/output error|\b(ENOSPC|EROFS|EDQUOT|EIO)\b", re.IGNORECASE
)
_NETWORK = re.compile(
    r"network (is )?(unreachable|down)|no route to host|resolve host|no such host|host not found|connection timed out"
    r"|name resolution|name or service not known|\b(ENETUNREACH|EHOSTUNREACH|EAI_AGAIN|ENOTFOUND|ETIMEDOUT)\b",
    re.IGNORECASE,
)
_SETUP = re.compile(
    r"no such (file|user|group)|permission denied|address already in use|cannot assign requested address|syntax error"
    r"|(command|module|file|program) not found|(invalid|unknown|unrecogni[sz]ed|bad|missing) (\w+ )?"
    r"(option|argument|directive|key|value|config)|shared librar|ModuleNotFoundError|\b(ENOENT|EACCES|EADDRINUSE)\b",
    re.IGNORECASE,
)
_MISSING = re.compile(
    r"No such file or directory:? ['\"\u2018(]?(/[^\s'\"\u2019,;:)]{1,200})"
    r"|['\"\u2018(]?(/[^\s'\"\u2019,;:)]{1,200})['\"\u2019)]?(?: failed)?[:,]? (?:\(\w+: )?"
    r"(?:No such file|not found|does not exist|is missing|\(?ENOENT)"
    r"|(?:unknown|no such) (?:user|group):? ['\"\u2018]?([\w.-]{1,64})"
    r"|(?:user|group) ['\"\u2018]?([\w.-]{1,64})['\"\u2019]? (?:not found|does not exist|unknown)",
    re.IGNORECASE,
)
SETUP_STATUS = {126, 127, *range(200, 209), *range(210, 233), 234, 236, 237, 241, 242, 243}
"""A shell that cannot run its program, and what systemd.exec(5) says of a unit that cannot be set up; full or
read-only folders (209, 233, 235, 238 to 240) are no fault of the unit."""
SETUP_CODES = {2, 3, 5, 126, 127, 193, 1058, 1059, 1060, 1075, 1079}
"""Win32 errors of a service that is set up wrongly: a program or part that is missing, an account that may not."""
UNREADABLE_UNIT = {"bad-setting", "error"}
"""LoadState of a unit whose file systemd cannot use."""


RESOLVER = re.compile(
    r"(dnsmasq|unbound|named|bind9|systemd-resolved|pdns-recursor|stubby|dnscrypt-proxy|knot-resolver|kresd|pdnsd|smartdns)\b"
)
"""Services that look names up for this machine."""


class Unit(Record, frozen=True):
    """One service of this machine, or a unit of another kind; times in seconds of the system's own monotonic clock."""

    name: str
    loaded: bool = False
    """whether the machine knows it; a masked unit is not loaded"""
    active: str = "inactive"
    """active, reloading, inactive, failed, activating, deactivating; paused on Windows"""
    sub: str = "dead"
    startup: str = ""
    """enabled, disabled, masked, static, generated, alias, indirect, manual, …; empty where there is no unit file"""
    description: str = ""
    kind: str = ""
    """simple, exec, forking, notify, dbus, oneshot or idle; win32 on Windows"""
    result: str = "success"
    """success, exit-code, signal, core-dump, timeout, watchdog, start-limit-hit, oom-kill, resources, …"""
    exit_status: int | None = None
    """what its main process left behind, or the signal that killed it; a Win32 error number on Windows"""
    killed: bool = False
    """whether a signal ended its main process"""
    condition: bool = True
    """False: it was meant to stay off on this machine"""
    ran: bool = False
    """whether it was active in this boot"""
    told: bool = False
    """whether somebody told it to stop: it began to stop before its main process ended"""
    lasted: float = 0
    """how long it was active the last time"""
    remains: bool = False
    """whether it stays active without a process"""
    names: tuple[str, ...] = ()
    triggers: tuple[str, ...] = ()
    """units that start it when it is needed"""
    conflicts: tuple[str, ...] = ()
    """units that cannot run beside it"""
    needs: tuple[str, ...] = ()
    """units that it starts with it"""
    source: str = ""
    """the file that it was made from"""
    restarts: int = 0
    delayed: bool = False
    account: str = ""
    """that Windows did not let in when it was to start the service"""
    login: int | None = None
    """why it did not"""
    waits_for: str = ""
    """the service without which Windows did not start it"""

    @property
    def running(self) -> bool:
        """Whether it does its work now."""
        return self.active in {"active", "reloading"}

    @property
    def automatic(self) -> bool:
        """Whether the machine starts it by itself."""
        return self.startup in {"enabled", "enabled-runtime", "generated"}


class Crashing(Record, frozen=True):
    """A Windows service that ended unexpectedly, how often in a week and when last."""

    unit: str
    description: str
    count: int
    time: float


class Line(Record, frozen=True):
    """One line of systemd's list of units."""

    unit: str
    load: str
    active: str
    sub: str
    description: str = ""


def has_systemd(host: Host) -> bool:
    """Whether systemd runs this machine; sd_booted(3)."""
    return host.exists("/run/systemd/system")


def units(host: Host, *names: str) -> dict[str, Unit]:
    """Ask for the named services; each stands under the name that was asked for, one that is not there is not `loaded`.

    On Linux names of units (`clamav-daemon.service`), one question for all; raises INAPPLICABLE without systemd.
    On Windows the short names of services, whatever their capitals.
    """
    if not names:
        return {}
    if host.system == "windows":
        every = {unit.name.lower(): unit for unit in windows(host)}
        return {name: every.get(name.lower(), Unit(name)) for name in names}
    if not has_systemd(host):
        raise ProbeError(Reason.INAPPLICABLE, "systemd does not run this machine")
    said = host.run("systemctl", "show", f"--property={','.join(PROPERTIES)}", "--", *names, timeout=8)
    found = parse_show(said["out"])
    if len(found) != len(names):
        raise ProbeError(Reason.UNREADABLE, f"systemctl show: {said['err'].strip()[:LONGEST]}")
    return dict(zip(names, found, strict=True))


def parse_show(text: str) -> tuple[Unit, ...]:
    """Read the blocks of `systemctl show`, in the order asked for."""
    blocks = re.split(r"\n\s*\n", text.strip())
    return tuple(
        _unit(dict(line.split("=", 1) for line in block.splitlines() if "=" in line)) for block in blocks if block
    )


def _unit(said: Mapping[str, str]) -> Unit:
    def number(name: str) -> int:
        value = said.get(name, "")
        return int(value) if value.isascii() and value.isdigit() else 0

    def words(*names: str) -> tuple[str, ...]:
        return tuple(word for name in names for word in said.get(name, "").split())

    begun, left, ended = (number(f"{name}TimestampMonotonic") for name in ("ActiveEnter", "ActiveExit", "ExecMainExit"))
    code, load = number("ExecMainCode"), said.get("LoadState", "")
    return Unit(
        name=said.get("Id", ""),
        loaded=load == "loaded",
        active=said.get("ActiveState", "inactive"),
        sub=said.get("SubState", "dead"),
        startup=said.get("UnitFileState", ""),
        description=said.get("Description", ""),
        kind=said.get("Type", ""),
        result=load if load in UNREADABLE_UNIT else said.get("Result", "success"),
        exit_status=number("ExecMainStatus") if code else None,
        killed=code >= KILLED,
        # a unit whose start was never tried has an answer too, and it is no
        condition=said.get("ConditionResult") == "yes" or not number("ConditionTimestampMonotonic"),
        ran=begun > 0,
        told=left > 0 and (not ended or left < ended or said.get("RemainAfterExit") == "yes"),
        lasted=max(0, left - begun) / 1e6,
        remains=said.get("RemainAfterExit") == "yes",
        names=words("Names"),
        triggers=words("TriggeredBy"),
        conflicts=words("Conflicts", "ConflictedBy"),
        needs=words("Wants", "Requires"),
        source=said.get("SourcePath", ""),
        restarts=number("NRestarts"),
    )


def listed(host: Host) -> tuple[Line, ...]:
    """Every unit that systemd holds in memory, of all kinds."""
    said = host.run("systemctl", "list-units", "--all", "--full", "--plain", "--no-legend", "--no-pager", timeout=8)
    found = parse_list(said["out"])
    if not found:
        raise ProbeError(Reason.UNREADABLE, f"systemctl list-units: {said['err'].strip()[:LONGEST]}")
    return found


def parse_list(text: str) -> tuple[Line, ...]:
    """Read the columns of `systemctl list-units --plain`; older versions still put a mark before a failed one."""
    split = (re.sub(r"^[^\w]*\s", "", line).split(None, 4) for line in text.splitlines())
    return tuple(Line(*row) for row in split if len(row) >= 4 and "." in row[0])


def enabled(host: Host) -> frozenset[str]:
    """Name the units that the administrator's folders or a boot script ask to be started."""
    found: set[str] = set()
    for folder in ("/etc/systemd/system", "/run/systemd/system", "/run/systemd/generator.late"):
        inside = attempt(partial(host.listdir, folder), [])
        for wants in (name for name in inside if name.endswith((".wants", ".requires"))):
            found.update(attempt(partial(host.listdir, f"{folder}/{wants}"), []))
    return frozenset(found)


def last_words(host: Host, names: Iterable[str]) -> dict[str, str]:
    """Find the last line that each unit wrote itself, an alarming one first; a unit without one is left out."""
    asked = list(names)
    answers = host.side_by_side(
        partial(host.run, "journalctl", "-u", name, "-n", str(LINES), "-o", "json", "--no-pager", timeout=6)
        for name in asked
    )
    found = {
        name: parse_journal(answer["out"])
        for name, answer in zip(asked, answers, strict=True)
        if not isinstance(answer, ProbeError)
    }
    return {name: line for name, line in found.items() if line}


def parse_journal(text: str) -> str:
    """Find the last line of a unit's own processes in its last run; systemd's own remarks (process 1) are none."""
    lines: list[tuple[str, int, str]] = []
    for raw in text.splitlines():
        try:
            entry = json.loads(raw)
            run = str(entry.get("_SYSTEMD_INVOCATION_ID") or entry.get("INVOCATION_ID") or "")
            priority = int(entry.get("PRIORITY") or 6)
            message = _message(entry.get("MESSAGE"))
        except (ValueError, AttributeError, TypeError):
            continue
        if entry.get("_PID") != "1" and message:
            lines.append((run, priority, message))
    last = [(priority, message) for run, priority, message in lines if run == lines[-1][0]]
    alarming = [message for priority, message in last if priority <= 4]
    return (alarming or [message for _, message in last] or [""])[-1]


def _message(raw: Any) -> str:
    """Read a text; one that is no UTF-8 is a list of bytes."""
    text = bytes(raw).decode("utf-8", "backslashreplace") if isinstance(raw, list) else str(raw or "")
    return " ".join(text.split())[:LONGEST]


def crashed(host: Host) -> tuple[Unit, ...]:
    """Name the services of OpenRC whose processes have died; rc-status(8)."""
    said = host.run("rc-status", "--crashed", timeout=8)
    return tuple(
        Unit(name=line.split()[0], loaded=True, active="failed", sub="crashed", result="crashed")
        for line in said["out"].splitlines()
        if line.split()
    )


def windows(host: Host) -> tuple[Unit, ...]:
    """Every Windows service."""
    return tuple(_row(row) for row in win32(host))


def win32(host: Host) -> list[dict[str, Any]]:
    """Win32_Service, one question for all, else their manager's list: no Windows is without any."""
    told = attempt(partial(host.wmi, "Win32_Service", *ROWS, timeout=8), [], *MUTE)
    return [row for row in told if row.get("Name")] or host.service_manager()


def manager(host: Host) -> list[dict[str, Any]]:
    """What the manager of Windows' services has told in a month, one question for all who ask."""
    ids = [ENDED_AND_BACK, ENDED, REFUSED, WAITED, NO_LOGIN, NO_RIGHT]
    return host.events("System", ids=ids, days=MONTH, providers=[MANAGER])


def crashing(host: Host, units: Iterable[Unit]) -> tuple[Crashing, ...]:
    """Windows services that have ended unexpectedly in a week, and run again; the log names them as people see them."""
    names = {unit.description: unit for unit in units if unit.running}
    found: dict[str, list[float]] = {}
    since = host.now() - WEEK * 86400
    ended = (event for event in manager(host) if event["id"] in {ENDED_AND_BACK, ENDED} and event["time"] >= since)
    for event in ended:
        data = event["data"]
        shown = str(data.get("param1") if isinstance(data, dict) else next(iter(data), ""))
        if shown in names:
            found.setdefault(shown, []).append(float(event["time"]))
    return tuple(Crashing(names[shown].name, shown, len(times), max(times)) for shown, times in found.items())


def _row(row: Mapping[str, Any]) -> Unit:
    state = str(row.get("State") or "Unknown").lower()
    code = row.get("ExitCode")
    specific = code == SERVICE_SPECIFIC
    return Unit(
        name=str(row["Name"]),
        loaded=True,
        active=WINDOWS_STATES.get(state, "inactive" if state == "stopped" else state),
        sub=state,
        startup=WINDOWS_STARTUP.get(str(row.get("StartMode") or "").lower(), ""),
        description=str(row.get("DisplayName") or ""),
        kind=WINDOWS,
        result="service-specific" if specific else "success" if code in {0, None} else "exit-code",
        exit_status=row.get("ServiceSpecificExitCode") if specific else code,
        ran=state == "running",
        delayed=bool(row.get("DelayedAutoStart")),
    )


def role(unit: Unit) -> str:
    """What others lose without this service of Windows; empty where it is no server's."""
    name = unit.name.lower()
    if unit.kind != WINDOWS:
        return ""
    if name.startswith(DATABASES):
        return "database"
    return next((role for role, names in ROLES.items() if name in names), "")


def triggered(host: Host, name: str) -> bool:
    """Whether Windows starts and stops this service on events of its own, so that stopped is normal."""
    found: dict[str, Any] = attempt(
        lambda: host.registry(rf"HKLM\SYSTEM\CurrentControlSet\Services\{name}\TriggerInfo"), {"keys": []}
    )
    return bool(found["keys"])


def missing(line: str) -> str:
    """The file, folder or user that a failed unit names as not being there; empty where it names none."""
    said = _MISSING.search(line)
    return next((found.rstrip(".") for found in said.groups() if found), "") if said else ""


def blame(unit: Unit, line: str) -> str:
    """Tell why a unit failed, as far as what it left behind says: storage, network, setup, or nothing."""
    if _STORAGE.search(line):
        return "storage"
    if _NETWORK.search(line):
        return "network"
    own = unit.result in {"exit-code", NOT_STARTED} and not unit.killed and unit.exit_status
    if (
        unit.result in UNREADABLE_UNIT
        or own in (SETUP_CODES if unit.kind == WINDOWS else SETUP_STATUS)
        or _SETUP.search(line)
    ):
        return "setup"
    return "network" if "network-online.target" in unit.needs else ""
