r"""Sets or removes one registry value (64-bit view); undo restores it, or deletes what did not exist."""

from __future__ import annotations

import re
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

from techkit.model import Fact, Record
from techkit.remedy.actions import ONE_FACT, ActionError, Change, RefusedError, Shown, fill

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from techkit.host import Host

KINDS = {"REG_SZ": 1, "REG_EXPAND_SZ": 2, "REG_BINARY": 3, "REG_DWORD": 4, "REG_MULTI_SZ": 7, "REG_QWORD": 11}
ROOTS = {"HKLM": 0x80000002, "HKU": 0x80000003}
NEVER = re.compile(
    r"HKLM\\(SAM|SECURITY|BCD00000000|HARDWARE|DRIVERS|COMPONENTS)(\\.*)?"
    r"|HKLM\\SYSTEM\\([^\\]*\\)?(Control\\(Lsa|SecurityProviders|SafeBoot|Session Manager\\(BootExecute|KnownDLLs)|CI"
    r"|DeviceGuard|EarlyLaunch|SecureBoot|Terminal Server\\WinStations)|MountedDevices|Setup)(\\.*)?"
    r"|HKLM\\SYSTEM\\[^\\]*\\Services\\(WinDefend|WdNis.*|WdFilter|WdBoot|Sense|MsMpSvc|MpsSvc|BFE|mpsdrv|wscsvc"
    r"|SecurityHealthService|SharedAccess\\.*Firewall.*|EventLog)(\\.*)?"
    r"|.*\\(Windows Defender|Windows Defender Security Center|Windows Advanced Threat Protection|WindowsFirewall"
    r"|Microsoft Antimalware)(\\.*)?"
    r"|.*\\CurrentVersion\\(Winlogon|Run|RunOnce|RunServices|Image File Execution Options|WINEVT|SilentProcessExit"
    r"|Policies\\System|Authentication)(\\.*)?"
    r"|.*\\AppInit_DLLs|.*\\Uninstall(\\.*)?",
    re.IGNORECASE,
)
"""Passwords, boot settings, security tools, logs and autostarts: never changed, whatever a page says."""
GUARDED = re.compile(
    r"EnableLUA|ConsentPromptBehavior.*|DisableAntiSpyware|DisableAntiVirus|DisableRealtimeMonitoring|EnableFirewall"
    r"|DisableTaskMgr|Userinit|Shell|AutoAdminLogon|DefaultPassword|BootExecute|ImagePath|ServiceDll",
    re.IGNORECASE,
)


class Action(Record, frozen=True):
    """The step's arguments: the key (a fact may be one part of it), the value's name, type and data, or absent."""

    key: str
    name: str
    type: Literal["", "REG_SZ", "REG_EXPAND_SZ", "REG_DWORD", "REG_QWORD", "REG_MULTI_SZ"] = ""
    data: str | int | tuple[str, ...] | None = None
    absent: bool = False

    def __post_init__(self) -> None:
        if self.absent == (self.data is not None) or self.absent == bool(self.type):
            raise ValueError("a registry step has a type and data, or is absent")
        number = self.type in {"REG_DWORD", "REG_QWORD"}
        if self.type and not isinstance(self.data, int if number else tuple if self.type == "REG_MULTI_SZ" else str):
            raise ValueError(f"{self.data!r} is not a {self.type}")
        if isinstance(self.data, int) and not 0 <= self.data < (1 << (32 if self.type == "REG_DWORD" else 64)):
            raise ValueError(f"{self.data} does not fit {self.type}")
        for part in self.key.split("\\"):
            if "{" in part and not ONE_FACT.fullmatch(part):
                raise ValueError(f"in {self.key!r} a fact is only a piece of a part")
        _allowed(self.key, self.name)


def _allowed(key: str, name: str) -> None:
    """Raise ValueError for a key outside HKLM and HKU, or one that is never changed."""
    root, _, below = key.partition("\\")
    if root not in ROOTS or not below or "\\\\" in key or key.endswith("\\"):
        raise ValueError(f"{key!r} is not a key below HKLM or HKU")
    if NEVER.fullmatch(key) or GUARDED.fullmatch(name):
        raise ValueError(f"{key}\\{name} is never changed")


def undoable(_action: Action) -> bool:
    """The value that was there is kept."""
    return True


def prepare(action: Action, facts: Mapping[str, Fact], host: Host, earlier: Sequence[Change]) -> Change:  # noqa: ARG001 - every kind is asked alike
    """Read the value as it is now."""
    key = "\\".join(_part(part, facts) for part in action.key.split("\\"))
    try:
        _allowed(key, action.name)
    except ValueError as error:
        raise ActionError("fix.never", path=key) from error
    data = fill(action.data, facts) if isinstance(action.data, str) else action.data
    wanted: Any = None if action.absent else [KINDS[action.type], list(data) if isinstance(data, tuple) else data]
    before: dict[str, Any] = {"key": key, "name": action.name, "value": _look(key, action.name), "made": _missing(key)}
    for change in earlier:
        if change.kind == "registry" and (change.after["key"], change.after["name"]) == (key, action.name):
            before = before | {"value": change.after["value"]}
    after = {"key": key, "name": action.name, "value": wanted}
    if before["value"] == wanted:
        return Change("registry", before, after)
    names: dict[str, Fact] = {
        "what": f"{key}\\{action.name}", "before": _spoken(before["value"]), "after": _spoken(wanted)
    }  # fmt: skip
    return Change("registry", before, after, (Shown("fix.registry_becomes", names),))


def _part(part: str, facts: Mapping[str, Fact]) -> str:
    filled = fill(part, facts)
    if "\\" in filled:
        raise ActionError("fix.bad_fact", name=part.strip("{}"), value=filled)
    return filled


def _spoken(value: list[Any] | None) -> str:
    return "–" if value is None else str(value[1])


def apply(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Set the value, where it is still the one that was shown."""
    if _look(after["key"], after["name"]) != before["value"]:
        raise ActionError("fix.changed_meanwhile", what=f"{after['key']}\\{after['name']}")
    _set(after["key"], after["name"], after["value"])


def undo(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Restore the value, or delete it with the keys that were created for it."""
    present = _look(before["key"], before["name"])
    if present not in (before["value"], after["value"]):
        raise RefusedError("fix.undo_refused", what=f"{before['key']}\\{before['name']}")
    if present != before["value"]:
        _set(before["key"], before["name"], before["value"])
    for key in before["made"]:
        _unmake(key)


# ---------------------------------------------------------------------- the registry itself
def _api() -> Any:
    if sys.platform != "win32":
        raise ActionError("fix.no_registry")
    return import_module("winreg")


def _open(key: str, rights: int, *, make: bool = False) -> Any:
    winreg = _api()
    root, _, below = key.partition("\\")
    opener = winreg.CreateKeyEx if make else winreg.OpenKey
    return opener(ROOTS[root], below, 0, rights | winreg.KEY_WOW64_64KEY)


def _look(key: str, name: str) -> list[Any] | None:
    """[type, data] of a value; None where there is none. Bytes as hexadecimal text."""
    winreg = _api()
    try:
        with _open(key, winreg.KEY_READ) as opened:
            data, kind = winreg.QueryValueEx(opened, name)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _failed(key, error) from error
    return [kind, {"hex": data.hex()} if isinstance(data, bytes) else data]


def _set(key: str, name: str, value: list[Any] | None) -> None:
    winreg = _api()
    try:
        with _open(key, winreg.KEY_SET_VALUE, make=value is not None) as opened:
            if value is None:
                winreg.DeleteValue(opened, name)
            else:
                kind, data = value
                winreg.SetValueEx(opened, name, 0, kind, bytes.fromhex(data["hex"]) if isinstance(data, dict) else data)
    except FileNotFoundError:
        return
    except OSError as error:
        raise _failed(key, error) from error


def _missing(key: str) -> list[str]:
    """The missing keys of a path, the innermost first."""
    winreg = _api()
    found = []
    while key.count("\\") > 1:
        try:
            with _open(key, winreg.KEY_READ):
                break
        except FileNotFoundError:
            found.append(key)
        except OSError as error:
            raise _failed(key, error) from error
        key = key.rpartition("\\")[0]
    return found


def _unmake(key: str) -> None:
    """Delete a key that we created, unless it is no longer empty."""
    winreg = _api()
    try:
        with _open(key, winreg.KEY_READ) as opened:
            keys, values, _ = winreg.QueryInfoKey(opened)
        if not keys and not values:
            root, _, below = key.partition("\\")
            winreg.DeleteKeyEx(ROOTS[root], below, winreg.KEY_WOW64_64KEY)
    except FileNotFoundError:
        return
    except OSError as error:
        raise _failed(key, error) from error


def _failed(key: str, error: OSError) -> ActionError:
    return ActionError("fix.file_failed", path=key, why=error.strerror or str(error))
