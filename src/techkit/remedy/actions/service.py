"""Starts, stops or restarts a service and sets its start mode: systemd, OpenRC or Windows."""

from __future__ import annotations

import contextlib
import os
import re
import sys
import time
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

from techkit.model import Fact, Record
from techkit.remedy.actions import ONE_FACT, PATIENCE, ActionError, Change, RefusedError, Shown, fill, program

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from techkit.host import Host

WATCHED = 2.0
"""Seconds for which a service must stay up after it has started."""
NAME = re.compile(r"(?!-)[A-Za-z0-9@:._\\-]{1,255}")
WINDOWS_NAME = re.compile(r"(?![- ])[^/\\\x00-\x1f]{1,256}")
GUARDS = re.compile(
    r"(clam|freshclam|windefend|wdnis|wdfilter|wdboot|sense|mdcore|mdatp|mpssvc|bfe|wscsvc|securityhealth|firewalld|ufw|"
    r"nftables|iptables|ip6tables|ebtables|fail2ban|crowdsec|apparmor|selinux|auditd|kesl|klnagent|avp|drweb|dwservice|"
    r"ekrn|esets|eraagent|sophos|sav-|mbamservice|avast|avg|bdservice|vsserv|bdsec|mcshield|mfe|symantec|sepmaster|"
    r"ccsvc|tmlisten|ntrtscan|ds_agent|falcon|csfalcon|sentinel|cbdefense|xagt|wazuh|ossec|osquery).*",
    re.IGNORECASE,
)
"""Antivirus, firewall and other security services: techkit may start them, never stop or disable them."""


class Action(Record, frozen=True):
    """The step's arguments; an empty field leaves things as they are."""

    unit: str
    state: Literal["", "running", "stopped", "restarted"] = ""
    startup: Literal["", "automatic", "manual", "disabled"] = ""

    def __post_init__(self) -> None:
        if not (self.state or self.startup):
            raise ValueError("a service step sets state or startup")
        if not ONE_FACT.fullmatch(self.unit):
            _allowed(self.unit, self.state, self.startup, WINDOWS_NAME)


def _allowed(unit: str, state: str, startup: str, name: re.Pattern[str]) -> None:
    """Raise ValueError for an invalid service name, or a security service that would be stopped or disabled."""
    if not name.fullmatch(unit):
        raise ValueError(f"{unit!r} is no name of a service")
    if GUARDS.match(unit) and (state == "stopped" or startup in {"manual", "disabled"}):
        raise ValueError(f"{unit} guards this machine and is not switched off")


def undoable(_action: Action) -> bool:
    """Always: start mode and state can be restored."""
    return True


def prepare(action: Action, facts: Mapping[str, Fact], host: Host, earlier: Sequence[Change]) -> Change:  # noqa: ARG001 - every kind is asked alike
    """Look at the service and say what it will become."""
    asked = fill(action.unit, facts)
    before = _checked(asked, action)
    if before["unit"] != asked:
        _checked(before["unit"], action)
    for change in earlier:
        if change.kind == "service" and change.after["unit"] == before["unit"]:
            wanted = change.after
            before = before | {
                "state": {"stopped": "stopped", "": before["state"]}.get(wanted["state"], "running"),
                "startup": wanted["startup"] or before["startup"],
            }
        if (
            change.kind == "command"
            and change.after["argv"][0] == "systemctl"
            and before["unit"] in change.after["argv"]
        ):
            before = before | {"moved": True}  # that step sets the start mode too
    if action.state == "restarted" and earlier:
        before = before | {"again": True}  # it restarts with the changed settings, and again after an undo
    if action.state == "stopped" and before["state"] == "running" and before["startup"] == "masked":
        raise ActionError("fix.no_return", unit=before["unit"])
    startup = "manual" if action.startup == "disabled" and sys.platform != "win32" else action.startup
    after = {"unit": before["unit"], "state": action.state, "startup": startup}
    if action.state != "restarted" and (action.state == "running") == (before["state"] == "running"):
        after["state"] = ""
    if startup == before["startup"] or (startup == "automatic" and before["startup"] == "given"):
        after["startup"] = ""
    shown = tuple(
        Shown(key, {"unit": before["unit"]}, {"before": f"fix.is_{before[name]}", "after": f"fix.is_{after[name]}"})
        for key, name in (("fix.unit_starts", "startup"), ("fix.unit_becomes", "state"))
        if after[name]
    )
    return Change("service", before, after, shown)


def _checked(unit: str, action: Action) -> dict[str, Any]:
    try:
        _allowed(unit, action.state, action.startup, WINDOWS_NAME if sys.platform == "win32" else NAME)
    except ValueError as error:
        raise ActionError("fix.never", path=unit) from error
    system = _system()
    found: dict[str, Any] = system.look(unit)
    triggers = found.pop("triggers", ())
    if found["startup"] == "masked":  # its triggers are then not restarted
        triggers = [unit.rpartition(".")[0] + kind for kind in (".socket", ".timer", ".path")]
    return found | {"asleep": [one for one in triggers if _asleep(system, one)]}


def _asleep(system: Any, trigger: str) -> bool:
    try:
        return bool(system.look(trigger)["state"] != "running")
    except ActionError:
        return False


def apply(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Set the start mode, then the state; a service that does not stay up counts as not started."""
    system = _system()
    unit = after["unit"]
    if system.look(unit)["startup"] != before["startup"] and not before.get("moved"):
        raise ActionError("fix.changed_meanwhile", what=unit)
    if after["startup"]:
        system.set_startup(unit, after["startup"])
    if after["state"] == "stopped":
        system.stop(unit)
    elif after["state"]:
        system.start(unit, again=after["state"] == "restarted")
        system.stays_up(unit)


def undo(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Restore start mode and state; refuse if somebody has changed the start mode since."""
    system = _system()
    unit = before["unit"]
    present = system.look(unit)
    if after["startup"] and present["startup"] not in {before["startup"], after["startup"], "given"}:
        raise RefusedError("fix.undo_refused", what=unit)
    if before["state"] == "running" and (present["state"] != "running" or before.get("again")):
        system.start(unit, again=present["state"] == "running")
    elif after["state"] in {"running", "restarted"} and before["state"] != "running" and present["state"] == "running":
        for trigger in before.get("asleep", ()):
            system.stop(trigger)  # it came with the service and would start it again
        system.stop(unit)
    if after["startup"] and present["startup"] != before["startup"]:
        system.restore_startup(unit, before)


@contextlib.contextmanager
def stopped(unit: str) -> Iterator[None]:
    """Keep a service stopped for a while, if it runs."""
    system = _system()
    ran = system.look(unit)["state"] == "running"
    if ran:
        system.stop(unit)
    try:
        yield
    finally:
        if ran:
            system.start(unit, again=False)


class _Systemd:
    """Services of systemd."""

    def look(self, unit: str) -> dict[str, Any]:
        """{unit: its own name, state, startup: automatic|manual|masked|given, raw, wanted, result}."""
        names = (
            "Id", "LoadState", "ActiveState", "SubState", "UnitFileState", "WantedBy", "RequiredBy", "TriggeredBy",
            "Result",
        )  # fmt: skip
        said = self._run("show", f"--property={','.join(names)}", "--", unit)
        shown = dict(line.split("=", 1) for line in said.splitlines() if "=" in line)
        if shown.get("LoadState") in {"not-found", None}:
            raise ActionError("fix.no_unit", unit=unit)
        active, raw = shown["ActiveState"], shown.get("UnitFileState", "")
        running = active in {"active", "reloading"} or (active == "activating" and shown["SubState"] != "auto-restart")
        state = "running" if running else "failed" if active in {"failed", "activating"} else "stopped"
        kinds = {"enabled": "automatic", "disabled": "manual", "masked": "masked"}
        return {
            "unit": shown["Id"],
            "state": state,
            "startup": kinds.get(raw.removesuffix("-runtime"), "given"),
            "raw": raw,
            "triggers": shown.get("TriggeredBy", "").split(),
            "wanted": bool(shown.get("WantedBy") or shown.get("RequiredBy")),
            "result": shown.get("Result", ""),
        }

    def set_startup(self, unit: str, startup: str) -> None:
        """Unmask where needed; then enable or disable."""
        present = self.look(unit)
        if present["startup"] == "masked":
            self._run("unmask", *self._lifetime(present), "--", unit)
            present = self.look(unit)
        if startup == "automatic" and present["startup"] not in {"automatic", "given"}:
            self._run("enable", "--", unit)
        elif startup != "automatic" and present["startup"] == "automatic":
            self._run("disable", *self._lifetime(present), "--", unit)

    def restore_startup(self, unit: str, before: dict[str, Any]) -> None:
        """Enable, disable or mask as it was."""
        if before["startup"] == "automatic":
            self._run("enable", *self._lifetime(before), "--", unit)
        elif before["startup"] == "manual" or (before["startup"] == "masked" and not before["wanted"]):
            self._run("disable", "--", unit)
        if before["startup"] == "masked":
            self._run("mask", *self._lifetime(before), "--", unit)

    def _lifetime(self, seen: dict[str, Any]) -> tuple[str, ...]:
        return ("--runtime",) if seen["raw"].endswith("-runtime") else ()

    def start(self, unit: str, *, again: bool) -> None:
        """Start or restart it; earlier failures are reset first, or systemd may refuse."""
        if self.look(unit)["state"] == "failed":
            self._run("reset-failed", "--", unit)
        self._run("restart" if again else "start", "--", unit)

    def stop(self, unit: str) -> None:
        """Stop it."""
        self._run("stop", "--", unit)

    def stays_up(self, unit: str) -> None:
        """Watch whether it ends again; one that has finished its work has not failed."""
        end = time.monotonic() + WATCHED
        while time.monotonic() < end:
            present = self.look(unit)
            if present["state"] == "failed":
                raise ActionError("fix.not_up", unit=unit, why=present["result"])
            time.sleep(0.2)

    def _run(self, *words: str) -> str:
        # System V links mean nothing here, and could not be restored
        return program("systemctl", "--no-pager", "--no-ask-password", *words, SYSTEMCTL_SKIP_SYSV="1")


class _OpenRC:
    """Services of OpenRC, whose output is never translated."""

    def look(self, unit: str) -> dict[str, Any]:
        """{unit, state, startup: automatic|manual, raw: its runlevels, result}."""
        try:
            program("rc-service", "--exists", unit)
        except ActionError as error:
            raise ActionError("fix.no_unit", unit=unit) from error
        said = program("rc-service", unit, "status", fine=(0, 3, 4, 8, 16, 32))
        status = next(iter(re.findall(r"status:\s*(\w+)", said)), "")
        rows = (line.partition("|") for line in program("rc-update", "show").splitlines())
        levels = next((after.split() for name, _, after in rows if name.strip() == unit), [])
        state = {"crashed": "failed", "stopped": "stopped", "stopping": "stopped"}.get(status, "running")
        startup = "automatic" if levels else "manual"
        return {"unit": unit, "state": state, "startup": startup, "raw": levels, "result": status}

    def set_startup(self, unit: str, startup: str) -> None:
        """Add it to the default runlevel, or remove it from all."""
        levels = self.look(unit)["raw"]
        if startup == "automatic" and not levels:
            program("rc-update", "add", unit, "default")
        elif startup != "automatic" and levels:
            program("rc-update", "del", unit, *levels)

    def restore_startup(self, unit: str, before: dict[str, Any]) -> None:
        """Restore its runlevels."""
        present = self.look(unit)["raw"]
        if extra := [level for level in present if level not in before["raw"]]:
            program("rc-update", "del", unit, *extra)
        for level in before["raw"]:
            if level not in present:
                program("rc-update", "add", unit, level)

    def start(self, unit: str, *, again: bool) -> None:
        """Start or restart it; a crashed one is stopped first."""
        if self.look(unit)["state"] == "failed":
            program("rc-service", unit, "zap")
        program("rc-service", unit, "restart" if again else "start")

    def stop(self, unit: str) -> None:
        """Stop it."""
        program("rc-service", unit, "stop")

    def stays_up(self, unit: str) -> None:
        """Watch for a moment whether it crashes."""
        end = time.monotonic() + WATCHED
        while time.monotonic() < end:
            if self.look(unit)["state"] == "failed":
                raise ActionError("fix.not_up", unit=unit, why="crashed")
            time.sleep(0.2)


class _Windows:
    """Services of Windows; start types and states by number, never by translated name."""

    def look(self, unit: str) -> dict[str, Any]:
        """{unit, state, startup: automatic|manual|disabled, raw, result: exit code}."""
        api = import_module("win32service")
        with self._open(unit, api.SERVICE_QUERY_CONFIG | api.SERVICE_QUERY_STATUS) as service:
            raw = self._call(unit, api.QueryServiceConfig, service)[1]
            status = self._call(unit, api.QueryServiceStatus, service)
        running = status[1] in {
            api.SERVICE_RUNNING, api.SERVICE_START_PENDING, api.SERVICE_CONTINUE_PENDING,
        }  # fmt: skip
        startup = {api.SERVICE_DEMAND_START: "manual", api.SERVICE_DISABLED: "disabled"}.get(raw, "automatic")
        return {
            "unit": unit,
            "state": "running" if running else "stopped",
            "pending": status[1] not in {api.SERVICE_RUNNING, api.SERVICE_STOPPED},
            "startup": startup,
            "raw": raw,
            "result": status[3],
        }

    def set_startup(self, unit: str, startup: str) -> None:
        """Set the start type."""
        api = import_module("win32service")
        types = {
            "automatic": api.SERVICE_AUTO_START,
            "manual": api.SERVICE_DEMAND_START,
            "disabled": api.SERVICE_DISABLED,
        }
        self._configure(unit, types[startup])

    def restore_startup(self, unit: str, before: dict[str, Any]) -> None:
        """Set the start type that it had."""
        self._configure(unit, before["raw"])

    def _configure(self, unit: str, start: int) -> None:
        api = import_module("win32service")
        same = api.SERVICE_NO_CHANGE
        with self._open(unit, api.SERVICE_CHANGE_CONFIG) as service:
            untouched = (None, None, 0, None, None, None, None)
            self._call(unit, api.ChangeServiceConfig, service, same, start, same, *untouched)

    def start(self, unit: str, *, again: bool) -> None:
        """Start it, or stop it."""
        api = import_module("win32service")
        if again:
            self.stop(unit)
        if self.look(unit)["state"] == "running":
            return
        with self._open(unit, api.SERVICE_START) as service:
            self._call(unit, api.StartService, service, None)
        self._settle(unit, "running")

    def stop(self, unit: str) -> None:
        """Stop it and wait until it has stopped."""
        api = import_module("win32service")
        if self.look(unit)["state"] == "stopped":
            return
        with self._open(unit, api.SERVICE_STOP) as service:
            self._call(unit, api.ControlService, service, api.SERVICE_CONTROL_STOP)
        self._settle(unit, "stopped")

    def _settle(self, unit: str, state: str) -> None:
        end = time.monotonic() + PATIENCE
        while (present := self.look(unit))["state"] != state or present["pending"]:
            if time.monotonic() > end or (state == "running" and present["state"] == "stopped"):
                raise ActionError("fix.not_up", unit=unit, why=str(present["result"]))
            time.sleep(0.2)

    def stays_up(self, unit: str) -> None:
        """Watch for a moment whether it ends again with an error."""
        end = time.monotonic() + WATCHED
        while time.monotonic() < end:
            present = self.look(unit)
            if present["state"] == "stopped" and present["result"]:
                raise ActionError("fix.not_up", unit=unit, why=str(present["result"]))
            time.sleep(0.2)

    def _open(self, unit: str, rights: int) -> Any:
        """A handle to the service as a context."""
        api = import_module("win32service")

        @contextlib.contextmanager
        def opened() -> Any:
            manager = self._call(unit, api.OpenSCManager, None, None, api.SC_MANAGER_CONNECT)
            try:
                service = self._call(unit, api.OpenService, manager, unit, rights)
                try:
                    yield service
                finally:
                    api.CloseServiceHandle(service)
            finally:
                api.CloseServiceHandle(manager)

        return opened()

    def _call(self, unit: str, function: Any, *args: Any) -> Any:
        """Call the service manager; its errors are numbers with a message in the system's language."""
        error_class: Any = import_module("pywintypes").error
        try:
            return function(*args)
        except error_class as error:
            if error.winerror == 1060:
                raise ActionError("fix.no_unit", unit=unit) from error
            raise ActionError("fix.program_failed", what=unit, why=f"{error.winerror} {error.strerror}") from error


def _system() -> Any:
    if sys.platform == "win32":
        return _Windows()
    import shutil

    if not os.path.isdir("/run/systemd/system") and shutil.which("rc-service"):  # noqa: PTH112 - quick
        return _OpenRC()
    return _Systemd()
