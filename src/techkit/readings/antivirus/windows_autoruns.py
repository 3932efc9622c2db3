"""Windows autostarts with a sign: registry keys, tasks, services and WMI subscriptions."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import ProbeError, attempt
from techkit.model import Gap, Reason
from techkit.readings.antivirus import droppers
from techkit.readings.antivirus.linux_autostarts import LONGEST, Start
from techkit.readings.os import services

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from techkit.host import Host

RUN = r"Microsoft\Windows\CurrentVersion"
RUNS = ("Run", "RunOnce", "RunOnceEx", r"Policies\Explorer\Run")
WINLOGON = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon"
WINDOWS = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Windows"
IMAGES = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Image File Execution Options"
KEYS_AT_LOGON = (
    "sethc.exe",
    "utilman.exe",
    "osk.exe",
    "magnify.exe",
    "narrator.exe",
    "displayswitch.exe",
    "atbroker.exe",
)
"""Programs that the sign-in screen can start before anybody has signed in."""
FOLDERS = (
    r"C:\ProgramData\Microsoft\Windows\Start Menu\Programs\StartUp",
    r"{home}\AppData\Roaming\Microsoft\Windows\Start Menu\Programs\Startup",
)
"""Startup folders of all users, and of the person."""
SCRIPT = re.compile(r"\.(bat|cmd|vbs|js|ps1|wsf)$", re.IGNORECASE)
ODD = re.compile(
    r"\.(vbe|jse|hta|scr|pif|com)$|\.(pdf|docx?|xlsx?|rtf|txt|jpe?g|png|mp[34]|zip)\s*\.(exe|bat|cmd|vbs|js|wsf)$",
    re.IGNORECASE,
)
"""File types that do not belong in a startup folder: disguised scripts, and programs posing as documents."""
TASKS = r"C:\Windows\System32\Tasks"
"""Where each task has its file, by its path."""
MANY = 150
HEAD = 16384
"""Bytes of a script that are examined."""
SUBSCRIPTION = "root\\subscription"
CONSUMERS = (
    ("CommandLineEventConsumer", "Name", "CommandLineTemplate"),
    ("ActiveScriptEventConsumer", "Name", "ScriptText"),
)
USUAL_CONSUMERS = re.compile(r"BVTConsumer|SCM Event Log Consumer|Dell\w*|HP\w*|Lenovo\w*|NTEventLog.*", re.IGNORECASE)
USERINIT = re.compile(r"([a-z]:\\windows\\system32\\|%\w+%\\system32\\)?userinit(\.exe)?,?\s*", re.IGNORECASE)
SHELL = re.compile(r"([a-z]:\\windows\\|%\w+%\\)?explorer\.exe|sihost\.exe", re.IGNORECASE)
NOTHING = (Reason.MISSING, Reason.INAPPLICABLE)


def windows(host: Host) -> tuple[tuple[Start, ...], tuple[Gap, ...]]:
    """The autostarts with a sign, and the places that could not be looked at."""
    found: list[Start] = []
    unseen: list[Gap] = []
    places: Iterable[tuple[str, Callable[[Host], Iterable[Start]]]] = (
        ("Run", _runs),
        ("Startup", _folders),
        (WINLOGON, _logon),
        (IMAGES, _debuggers),
        (WINDOWS, _libraries),
        ("Win32_Service", _services),
        (TASKS, _tasks),
        (SUBSCRIPTION, _subscriptions),
    )
    for name, look in places:
        try:
            found += look(host)
        except ProbeError as error:
            if error.reason not in NOTHING:
                unseen.append(Gap(name, error.reason, question=error.question))
    return tuple(dict.fromkeys(found)), tuple(unseen)


def _values(host: Host, key: str) -> dict[str, Any]:
    found: dict[str, Any] = attempt(partial(host.registry, key), {"values": {}, "keys": []})
    return found


def _runs(host: Host) -> Iterator[Start]:
    person = host.person()["id"]
    hives = [r"HKLM\SOFTWARE", r"HKLM\SOFTWARE\WOW6432Node", *([rf"HKU\{person}\SOFTWARE"] if person else [])]
    for hive in hives:
        for name in RUNS:
            key = rf"{hive}\{RUN}\{name}"
            for value, command in _values(host, key)["values"].items():
                if sign := droppers.sign_windows(str(command)):
                    yield Start("autorun", key, str(command)[:LONGEST], sign, name=value)


def _folders(host: Host) -> Iterator[Start]:
    home = str(host.person().get("home") or "")
    for pattern in FOLDERS:
        folder = pattern.format(home=home)
        names = (
            attempt(partial(host.listdir, folder), [], Reason.MISSING, Reason.FORBIDDEN) if folder[0] != "\\" else []
        )
        for name in names[:MANY]:
            path = rf"{folder}\{name}"
            if ODD.search(name):
                yield Start("folder", path, name[:LONGEST], "foreign", name=name)
            elif SCRIPT.search(name):
                text = attempt(partial(host.head, path, HEAD), "", *Reason)
                signs = ((line, droppers.sign_windows(line)) for line in text.splitlines())
                yield from (Start("folder", path, line[:LONGEST], sign, name=name) for line, sign in signs if sign)


def _logon(host: Host) -> Iterator[Start]:
    values = _values(host, WINLOGON)["values"]
    userinit, shell = str(values.get("Userinit") or ""), str(values.get("Shell") or "")
    if userinit and not USERINIT.fullmatch(userinit):
        yield Start(
            "logon", WINLOGON, userinit[:LONGEST], droppers.sign_windows(_extra(userinit)) or "foreign", name="Userinit"
        )
    if shell and not SHELL.fullmatch(shell) and (sign := _shell(shell)):
        yield Start("logon", WINLOGON, shell[:LONGEST], sign, name="Shell")


def _extra(userinit: str) -> str:
    return next((part for part in userinit.split(",") if part.strip() and not USERINIT.fullmatch(part)), "")


def _shell(shell: str) -> str:
    """A kiosk has its own shell; the usual one with something appended is suspicious."""
    if "," in shell and SHELL.fullmatch(shell.split(",", 1)[0].strip()):
        return "foreign"
    return droppers.sign_windows(shell)


def _debuggers(host: Host) -> Iterator[Start]:
    for name in _values(host, IMAGES)["keys"]:
        if name.lower() in KEYS_AT_LOGON:
            key = rf"{IMAGES}\{name}"
            if command := str(_values(host, key)["values"].get("Debugger") or ""):
                yield Start("debugger", key, command[:LONGEST], "foreign", name=name)


def _libraries(host: Host) -> Iterator[Start]:
    for key in (WINDOWS, WINDOWS.replace(r"HKLM\SOFTWARE", r"HKLM\SOFTWARE\WOW6432Node")):
        values = _values(host, key)["values"]
        for path in re.split(r"[,\s]+(?=[a-z]:)", str(values.get("AppInit_DLLs") or ""), flags=re.IGNORECASE):
            if values.get("LoadAppInit_DLLs") == 1 and droppers.TEMPORARY_WINDOWS.match(path.strip()):
                yield Start("library", key, path[:LONGEST], "temporary", name="AppInit_DLLs")


def _services(host: Host) -> Iterator[Start]:
    for row in services.win32(host):
        command = str(row.get("PathName") or "")
        if row.get("StartMode") != "Disabled" and (sign := droppers.sign_windows(command)):
            yield Start("service", str(row["Name"]), command[:LONGEST], sign, unit=str(row["Name"]))


def _tasks(host: Host) -> Iterator[Start]:
    listed = host.tasks()
    if not listed:  # every Windows has some
        raise ProbeError(Reason.UNREADABLE, "Schedule.Service", "tasks")
    for task in listed:
        for command in task["commands"] if task["enabled"] else ():
            if sign := droppers.sign_windows(command):
                yield Start("task", TASKS + task["path"], command[:LONGEST], sign, name=task["path"])
    if not host.elevated:
        raise ProbeError(Reason.FORBIDDEN, "tasks of other accounts", "tasks")


def _subscriptions(host: Host) -> Iterator[Start]:
    for name, *properties in CONSUMERS:
        try:
            rows = host.wmi(name, *properties, namespace=SUBSCRIPTION)
        except ProbeError as error:  # every Windows has the class, usually without instances
            if error.reason not in NOTHING:
                raise
            raise ProbeError(Reason.UNREADABLE, error.detail, error.question) from error
        for row in rows:
            title, command = (str(row.get(one) or "") for one in properties)
            if command and not USUAL_CONSUMERS.fullmatch(title):
                yield Start(
                    "subscription", name, command[:LONGEST], droppers.sign_windows(command) or "foreign", name=title
                )
