"""Ends one process, identified by pid, start time and name; what it held in memory is lost."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

from techkit.model import Fact, Record
from techkit.remedy.actions import ONE_FACT, ActionError, Change, Shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from techkit.host import Host

SAME_START = 2.0
"""Seconds by which two readings of one start may differ: clocks are corrected, ticks are rounded."""
NEVER = re.compile(
    r"systemd.*|init|\(sd-pam\)|dbus-(daemon|broker).*|sshd.*|sshd-session|login|agetty|Xorg|Xwayland|gnome-shell|kwin.*"
    r"|plasmashell|lightdm|gdm.*|sddm.*|NetworkManager|wpa_supplicant|udevd|polkitd|runit|s6-.*|openrc.*|dockerd"
    r"|containerd.*|libvirtd|qemu.*|(System|Registry|smss|csrss|wininit|winlogon|services|lsass|svchost|dwm|explorer"
    r"|fontdrvhost|Memory Compression|spoolsv|LogonUI|sihost|conhost|Secure System)(\.exe)?",
    re.IGNORECASE,
)
"""What the system or the session depends on."""


class Action(Record, frozen=True):
    """The step's arguments: three facts that together identify one process."""

    pid: str
    started: str
    """seconds since 1970"""
    name: str
    patience: int = 10
    """Seconds it has to end by itself."""

    def __post_init__(self) -> None:
        for fact in (self.pid, self.started, self.name):
            if not ONE_FACT.fullmatch(fact):
                raise ValueError(f"{fact!r} is not a fact: a page cannot know a process by itself")
        if not 1 <= self.patience <= 120:
            raise ValueError("a process is given 1 to 120 seconds to end")


def undoable(_action: Action) -> bool:
    """Never: an ended process cannot be restored."""
    return False


def prepare(action: Action, facts: Mapping[str, Fact], host: Host, earlier: Sequence[Change]) -> Change:  # noqa: ARG001 - every kind is asked alike
    """Find the process and say what will be ended."""
    pid, started, name = (facts.get(fact.strip("{}")) for fact in (action.pid, action.started, action.name))
    if not isinstance(pid, int) or isinstance(pid, bool) or pid <= 0:
        raise ActionError("fix.bad_fact", name=action.pid.strip("{}"), value=str(pid))
    if not isinstance(started, int | float) or isinstance(started, bool):
        raise ActionError("fix.bad_fact", name=action.started.strip("{}"), value=str(started))
    name = str(name).encode("utf-8", "backslashreplace").decode()  # the journal holds valid text
    before = {"pid": pid, "started": float(started), "name": name}
    process = _found(before)
    if process is None:
        return Change("process", before, {}, undoable=False)
    _allowed(process, before)
    known = {"pid": pid, "name": before["name"], "size": process.memory_info().rss}
    shown = Shown("fix.process_ends", known)
    return Change("process", before, {"patience": action.patience}, (shown,), undoable=False)


def _found(seen: dict[str, Any]) -> Any:
    """The process, if it is still the same; None for a zombie, which only its parent can remove."""
    import psutil

    try:
        process = psutil.Process(seen["pid"])
        if abs(process.create_time() - seen["started"]) > SAME_START or process.status() == psutil.STATUS_ZOMBIE:
            return None
        names = {process.name(), process.name()[:15], _base(process)}
    except psutil.AccessDenied as error:
        raise ActionError("fix.process_forbidden", pid=seen["pid"], name=seen["name"]) from error
    except psutil.Error:
        return None
    return process if seen["name"] in names or seen["name"][:15] in names else None


def _base(process: Any) -> str:
    import psutil

    try:
        return str(process.exe()).removesuffix(" (deleted)").replace("\\", "/").rpartition("/")[2]
    except psutil.Error:
        return ""


def _allowed(process: Any, seen: dict[str, Any]) -> None:
    """Raise for init, kernel threads, techkit and its parents, the session and security tools."""
    import psutil

    from techkit.remedy.actions.service import GUARDS

    name = process.name()
    try:
        ours = {process.pid for process in (psutil.Process(), *psutil.Process().parents())}
        kernel = process.ppid() == 2 or process.pid <= 4
    except psutil.Error as error:
        raise ActionError("fix.process_forbidden", pid=seen["pid"], name=seen["name"]) from error
    if kernel or process.pid in ours or NEVER.fullmatch(name) or GUARDS.match(name) or GUARDS.match(_base(process)):
        raise ActionError("fix.never_ends", pid=seen["pid"], name=seen["name"])


def apply(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Ask it to end; kill it if it does not."""
    process = _found(before)
    if process is None:
        return
    _allowed(process, before)
    import psutil

    try:
        process.terminate()
        if not _ended(before, after["patience"]):
            process.kill()
            if not _ended(before, 5):
                raise ActionError("fix.process_stays", pid=before["pid"], name=before["name"])
    except psutil.NoSuchProcess:
        return
    except psutil.AccessDenied as error:
        raise ActionError("fix.process_forbidden", pid=before["pid"], name=before["name"]) from error


def _ended(seen: dict[str, Any], patience: float) -> bool:
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if _found(seen) is None:
            return True
        time.sleep(0.1)
    return _found(seen) is None


def undo(_before: dict[str, Any], _after: dict[str, Any]) -> None:
    """Does nothing: never called."""
