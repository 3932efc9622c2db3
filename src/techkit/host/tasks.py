"""The Task Scheduler by COM: every task that this account may see, hidden ones too; others lie in files shut to it."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from techkit.host import Answer, ProbeError
from techkit.host.local import valid
from techkit.host.wmi import Automation, number_of
from techkit.model import Reason

HIDDEN = 1
"""TASK_ENUM_HIDDEN"""
EXECUTES = 0
"""TASK_ACTION_EXEC; the others call an object of COM, or are no longer carried out."""
REASONS = {0x80070005: Reason.FORBIDDEN, 0x80040154: Reason.INAPPLICABLE, 0x80070002: Reason.MISSING}
"""Access denied, there is no such class, no such folder."""


def tasks() -> Answer:
    """Each task with its commands; raises by the number of the scheduler's error."""
    com = import_module("pythoncom")
    com.CoInitialize()
    try:
        return _listed(com)
    except com.com_error as error:
        number = number_of(error)
    finally:
        com.CoUninitialize()
    raise ProbeError(REASONS.get(number, Reason.UNREADABLE), f"Schedule.Service: 0x{number:08X}")


def _listed(com: Any) -> Answer:
    """A separate function, so that COM objects are released before COM itself."""
    service = com.CoCreateInstance("Schedule.Service", None, com.CLSCTX_INPROC_SERVER, com.IID_IDispatch)
    scheduler = Automation(service)
    scheduler.get("Connect")
    return found(scheduler.get("GetFolder", "\\"))


def found(root: Any) -> list[dict[str, Any]]:
    """The tasks below a folder."""
    told, folders = [], [root]
    while folders:
        folder = folders.pop()
        told += [_task(task) for task in folder.get("GetTasks", HIDDEN)]
        folders += folder.get("GetFolders", 0)
    return told


def _task(task: Any) -> dict[str, Any]:
    actions = [action for action in task.get("Definition").get("Actions") if action.get("Type") == EXECUTES]
    commands = [f"{action.get('Path') or ''} {action.get('Arguments') or ''}" for action in actions]
    return {
        "path": valid(str(task.get("Path"))),
        "enabled": bool(task.get("Enabled")),
        "commands": [valid(command.strip()) for command in commands],
    }
