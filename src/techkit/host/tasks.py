"""The Task Scheduler by COM: every task that this account may see, hidden ones too; others lie in files shut to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from techkit.host import automation
from techkit.host.local import valid
from techkit.model import Reason

if TYPE_CHECKING:
    from techkit.host import Answer
    from techkit.host.automation import Automation

HIDDEN = 1
"""TASK_ENUM_HIDDEN"""
EXECUTES = 0
"""TASK_ACTION_EXEC; the others call an object of COM, or are no longer carried out."""
REASONS = {0x80070005: Reason.FORBIDDEN, 0x80040154: Reason.INAPPLICABLE, 0x80070002: Reason.MISSING}
"""Access denied, there is no such class, no such folder."""


def tasks() -> Answer:
    """Each task with its commands."""
    return automation.ask("Schedule.Service", _listed, REASONS)


def _listed(scheduler: Automation) -> Answer:
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
