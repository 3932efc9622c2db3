"""The service managers that `service` drives: systemd, OpenRC and Windows' own."""

from __future__ import annotations

import contextlib
import os
import re
import sys
import time
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from techkit.remedy.actions import PATIENCE, ActionError, program

if TYPE_CHECKING:
    from collections.abc import Iterator

WATCHED = 2.0
"""Seconds for which a service must stay up after it has started."""


class Manager(Protocol):
    """What a service manager can do; every method raises `ActionError`."""

    def look(self, unit: str) -> dict[str, Any]:
        """{unit: its own name, state: running|stopped|failed, startup, raw, result, …}."""
        ...

    def set_startup(self, unit: str, startup: str) -> None:
        """Set the start mode: automatic, manual or disabled."""
        ...

    def restore_startup(self, unit: str, before: dict[str, Any]) -> None:
        """Restore the start mode that `look` has seen before."""
        ...

    def start(self, unit: str, *, again: bool) -> None:
        """Start it; `again`: restart it if it runs."""
        ...

    def stop(self, unit: str) -> None:
        """Stop it."""
        ...

    def stays_up(self, unit: str) -> None:
        """Raise if it ends again within `WATCHED` seconds."""
        ...


class Systemd:
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


class OpenRC:
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


class Windows:
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

    @contextlib.contextmanager
    def _open(self, unit: str, rights: int) -> Iterator[Any]:
        """A handle to the service."""
        api = import_module("win32service")
        scm = self._call(unit, api.OpenSCManager, None, None, api.SC_MANAGER_CONNECT)
        try:
            service = self._call(unit, api.OpenService, scm, unit, rights)
            try:
                yield service
            finally:
                api.CloseServiceHandle(service)
        finally:
            api.CloseServiceHandle(scm)

    def _call(self, unit: str, function: Any, *args: Any) -> Any:
        """Call the service manager; its errors are numbers with a message in the system's language."""
        error_class: Any = import_module("pywintypes").error
        try:
            return function(*args)
        except error_class as error:
            if error.winerror == 1060:
                raise ActionError("fix.no_unit", unit=unit) from error
            raise ActionError("fix.program_failed", what=unit, why=f"{error.winerror} {error.strerror}") from error


def manager() -> Manager:
    """The service manager of this machine."""
    if sys.platform == "win32":
        return Windows()
    import shutil

    if not os.path.isdir("/run/systemd/system") and shutil.which("rc-service"):  # noqa: PTH112 - quick
        return OpenRC()
    return Systemd()
