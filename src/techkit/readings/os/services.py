"""The services of a machine: systemd, OpenRC or Windows."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import UNANSWERED, ProbeError, attempt
from techkit.model import Reason, Record

if TYPE_CHECKING:
    from collections.abc import Mapping

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
WINDOWS = "win32"
KILLED = 2
"""ExecMainCode, CLD_KILLED of waitid(2)."""
SERVICE_SPECIFIC = 1066
"""ERROR_SERVICE_SPECIFIC_ERROR: the service's own number stands in ServiceSpecificExitCode."""
NEVER_STARTED = 1077
"""ERROR_SERVICE_NEVER_STARTED since the machine was switched on."""
NOT_SIGNED_IN = 1069
"""ERROR_SERVICE_LOGON_FAILED"""
NOT_STARTED = "not-started"
"""The result of a service that Windows failed to start."""
LONGEST = 300
UNREADABLE_UNIT = {"bad-setting", "error"}
"""LoadState of a unit whose file systemd cannot use."""


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
    """whether it was told to stop: it began to stop before its main process ended"""
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
    """units that it starts with it; on Windows services without which it cannot run"""
    source: str = ""
    """the file that it was made from"""
    restarts: int = 0
    delayed: bool = False
    account: str = ""
    """that Windows refused when starting the service"""
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

    @property
    def failed(self) -> bool:
        """Whether it ended with an error, is started again and again, or cannot be read."""
        if self.kind == WINDOWS:
            return self.active == "inactive" and self.exit_status not in {0, None, NEVER_STARTED}
        again = self.sub == "auto-restart" and self.result != "success"
        return self.active == "failed" or again or self.result in UNREADABLE_UNIT


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
    """Ask for the named services, by the requested name; a missing one is not `loaded`.

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
        # a unit that was never started answers "no" too
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
    """Every loaded unit of systemd, of all kinds."""
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
    """Units that are enabled in the administrator's folders or by a boot script."""
    found: set[str] = set()
    for folder in ("/etc/systemd/system", "/run/systemd/system", "/run/systemd/generator.late"):
        inside = attempt(partial(host.listdir, folder), [])
        for wants in (name for name in inside if name.endswith((".wants", ".requires"))):
            found.update(attempt(partial(host.listdir, f"{folder}/{wants}"), []))
    return frozenset(found)


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
    """Win32_Service, by one shared question, else the service manager's list; never empty."""
    told = attempt(partial(host.wmi, "Win32_Service", *ROWS, timeout=8), [], *UNANSWERED)
    return [row for row in told if row.get("Name")] or host.service_manager()


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


def program_of(row: Mapping[str, Any]) -> str:
    """The program that a row of Win32_Service starts; nothing for the one in which many services live."""
    found = re.match(r'"([^"]+)"|(.+?\.exe)\b|(\S+)', str(row.get("PathName") or "").strip(), re.IGNORECASE)
    path = next((part for part in found.groups() if part), "") if found else ""
    return "" if path.lower().endswith("\\svchost.exe") else path


def triggered(host: Host, name: str) -> bool:
    """Whether Windows starts this service by triggers, so that stopped is normal."""
    found: dict[str, Any] = attempt(
        lambda: host.registry(rf"HKLM\SYSTEM\CurrentControlSet\Services\{name}\TriggerInfo"), {"keys": []}
    )
    return bool(found["keys"])


def needed(host: Host, name: str) -> tuple[str, ...]:
    """The services and drivers that this service depends on, from its registry key."""
    found: dict[str, Any] = attempt(
        lambda: host.registry(rf"HKLM\SYSTEM\CurrentControlSet\Services\{name}"), {"values": {}}, *Reason
    )
    listed = found["values"].get("DependOnService")
    return tuple(str(one) for one in listed) if isinstance(listed, list) else ()
