"""Opens a page of the system's settings for the person at the desk; it changes nothing itself."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, Any

from techkit.model import Fact, Record
from techkit.remedy.actions import ActionError, Change, Shown, program

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from techkit.host import Host

WINDOWS = re.compile(
    r"ms-settings:[a-z0-9-]*|windowsdefender:(//[a-z]+/?)?|[a-z]+\.cpl|(services|devmgmt|diskmgmt|printmanagement)\.msc"
)
PANELS = {
    "gnome-control-center": re.compile(r"gnome:[a-z-]+"),
    "systemsettings": re.compile(r"kde:kcm_[a-z_]+"),
}


class Action(Record, frozen=True):
    """What a step tells it: a page of Windows' settings, or gnome:PANEL, or kde:kcm_MODULE."""

    page: str

    def __post_init__(self) -> None:
        if not WINDOWS.fullmatch(self.page) and not any(known.fullmatch(self.page) for known in PANELS.values()):
            raise ValueError(f"{self.page!r} is not a settings page")


def undoable(_action: Action) -> bool:
    """There is nothing to undo."""
    return True


def prepare(action: Action, facts: Mapping[str, Fact], host: Host, earlier: Sequence[Change]) -> Change:  # noqa: ARG001 - every kind is asked alike
    """Say which page."""
    if (host.system == "windows") != bool(WINDOWS.fullmatch(action.page)):
        raise ActionError("fix.no_desktop")
    if host.system != "windows" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise ActionError("fix.no_desktop")
    return Change("open", {}, {"page": action.page}, (Shown("fix.opens", {"page": action.page}),))


def apply(_before: dict[str, Any], after: dict[str, Any]) -> None:
    """Open it."""
    page = after["page"]
    if sys.platform == "win32":
        try:
            os.startfile(page)  # noqa: S606 - a page of the closed list above
        except OSError as error:
            raise ActionError("fix.program_failed", what=page, why=error.strerror or str(error)) from error
        return
    tool = next(tool for tool, known in PANELS.items() if known.fullmatch(page))
    program("setsid", "--fork", tool, page.partition(":")[2], patience=10)


def undo(_before: dict[str, Any], _after: dict[str, Any]) -> None:
    """Nothing has been changed."""
