"""Store packages of the current user, parts of Windows among them, that cannot be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techkit.host import ProbeError
from techkit.model import Reason, Record

if TYPE_CHECKING:
    from techkit.host import Host

PASSING = {"Ok", "Servicing", "DeploymentInProgress"}
GROUPS = {"NeedsRemediation", "NotAvailable"}
"""Flags that only qualify another flag."""
SHELL = "Microsoft.Windows.ShellExperienceHost"
"""Present on every Windows with a desktop; Start and the taskbar's panels need it."""
DESKTOP = {
    SHELL, "Microsoft.Windows.StartMenuExperienceHost", "Microsoft.Windows.Search", "MicrosoftWindows.Client.CBS",
    "MicrosoftWindows.Client.Core", "windows.immersivecontrolpanel",
}  # fmt: skip
"""Start, search and Settings: which of them exist depends on the release."""


class App(Record, frozen=True):
    """A package with a fault; `states` as in Windows.ApplicationModel.PackageStatus."""

    name: str
    states: tuple[str, ...]
    desktop: bool = False
    """a part of Windows that the desktop needs"""


def troubled(host: Host) -> tuple[App, ...]:
    """Packages that cannot be used; INAPPLICABLE without a desktop, UNREADABLE for another account."""
    if host.machine().get("desktop") is False:
        raise ProbeError(Reason.INAPPLICABLE, "a Windows without a desktop has none")
    if host.person().get("present") is False:
        raise ProbeError(Reason.UNREADABLE, "packages of another account")
    rows = host.powershell("packages")
    if not rows or not all(row.get("Status") for row in rows):  # before Windows 10 a package has no state
        raise ProbeError(Reason.UNREADABLE, "PowerShell tells no state of packages")
    states = {str(row.get("Name")): flags(str(row["Status"])) for row in rows}
    found = [App(name, told, name in DESKTOP) for name, told in sorted(states.items()) if told]
    if SHELL not in states:
        found.append(App(SHELL, ("Absent",), desktop=True))
    return tuple(found)


def flags(status: str) -> tuple[str, ...]:
    """What is wrong with a package by its Status, as "Modified, NeedsRemediation"."""
    said = {flag.strip() for flag in status.split(",")} - PASSING - {""}
    return tuple(sorted(said - GROUPS or said))
