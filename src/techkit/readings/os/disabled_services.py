"""Services that cannot start although this machine needs them, as inferred from what is installed.

Many services are masked on purpose. One is needed only if something depends on it that nothing else does: jobs
without a scheduler, networks without a manager, a desktop without a display manager.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from techkit.host import attempt
from techkit.model import Reason, Record
from techkit.readings.os import service_roles, services

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techkit.host import Host
    from techkit.readings.supplements import Supplements

FOLDERS = ("/etc/systemd/system", "/run/systemd/system")
VENDOR = ("/usr/lib/systemd/system", "/lib/systemd/system")
NOTHING = "/dev/null"
CRON = ("cron.service", "crond.service", "cronie.service", "fcron.service", "bcron.service", "systemd-cron.target")
NETWORK = ("NetworkManager.service", "systemd-networkd.service", "networking.service", "wicked.service")
SCREENS = ("gdm.service", "gdm3.service", "sddm.service", "lightdm.service", "lxdm.service", "xdm.service")
NEEDS = (
    ("jobs", CRON, ("/etc/cron.d", "/var/spool/cron/crontabs", "/var/spool/cron/tabs", "/etc/cron.daily")),
    ("logs", ("logrotate.timer",), ("/etc/logrotate.d",)),
    ("leftovers", ("systemd-tmpfiles-clean.timer",), ("/usr/lib/tmpfiles.d",)),
    ("networks", ("NetworkManager.service",), ("/etc/NetworkManager/system-connections",)),
    ("networks", ("systemd-networkd.service",), ("/etc/systemd/network",)),
)
"""(why, units of which one is enough, folders that tell that it has work)"""
CHORES = {"jobs", "logs", "leftovers"}
"""Maintenance timers."""
ALWAYS = {
    "dbus.service": "talk", "dbus-broker.service": "talk", "dbus.socket": "talk", "systemd-logind.service": "sessions",
    "systemd-journald.service": "journal", "polkit.service": "rights",
}  # fmt: skip
"""Units that every machine with them needs, and why."""
NEVER_OFF = {
    "brokerinfrastructure", "coremessagingregistrar", "cryptsvc", "dcomlaunch", "dhcp", "dnscache", "eventlog", "lsm",
    "nsi", "plugplay", "power", "profsvc", "rpceptmapper", "rpcss", "samss", "schedule", "usermanager", "winmgmt",
}  # fmt: skip
"""Windows services that start by themselves on every edition and that nothing replaces."""

ON_CALL = {
    "msiserver": "installing", "trustedinstaller": "servicing", "appinfo": "rights", "vss": "copies",
    "appxsvc": "store", "clipsvc": "store",
}  # fmt: skip
"""Windows services that lie still until they are called, and what cannot be done where nobody may call them."""


class Off(Record, frozen=True):
    """A service that cannot start, and what depends on it."""

    unit: str
    why: str
    """jobs, logs, leftovers, networks, screen, time, names, talk, sessions, journal, rights or system; of ON_CALL"""
    description: str = ""
    on_call: bool = False
    """it lies still until it is called"""
    allowed: bool = False
    """it was disabled, against the system's own preset"""


def switched_off(host: Host, more: Supplements) -> tuple[Off, ...]:
    """Needed services that are masked (systemd) or disabled (Windows)."""
    if host.system == "windows":
        return tuple(
            Off(unit.name, ON_CALL.get(name, "system"), unit.description, name in ON_CALL)
            for unit in services.windows(host)
            if unit.startup == "disabled" and (name := unit.name.lower()) in NEVER_OFF | ON_CALL.keys()
        )
    names = masked(host)
    active = {line.unit for line in services.listed(host) if line.active in {"active", "activating"}}
    found = [Off(name, why) for name in sorted(names) if (why := _needed(host, more, name, active))]
    return (*found, *_disabled(host, more, names, active))


def _disabled(host: Host, more: Supplements, names: frozenset[str], active: set[str]) -> Iterator[Off]:
    """Disabled units that nothing else starts, unless the distribution's preset leaves them disabled."""
    waiting = {
        name: why
        for why, units, folders in NEEDS
        if why in CHORES and not active & set(units) and not names & set(units)
        for name in units
        if _is_there(host, name) and any(_holds(more, folder) for folder in folders)
    }
    if not waiting:
        return
    said = host.run("systemctl", "show", "--property=Id,UnitFileState,UnitFilePreset", "--", *waiting)
    for block in said["out"].strip().split("\n\n"):
        row = dict(line.split("=", 1) for line in block.splitlines() if "=" in line)
        why = waiting.get(row.get("Id", ""))
        if why and row.get("UnitFileState") == "disabled" and row.get("UnitFilePreset") == "enabled":
            yield Off(row["Id"], why, allowed=True)


def masked(host: Host) -> frozenset[str]:
    """Masked units for which the system has a unit file."""
    return frozenset(
        name
        for folder in FOLDERS
        for name in attempt(partial(host.listdir, folder), [])
        if name.endswith((".service", ".timer", ".socket"))
        and attempt(partial(host.stat, f"{folder}/{name}"), {}, Reason.MISSING, Reason.FORBIDDEN).get("link") == NOTHING
        and _is_there(host, name)
    )


def lost_target(host: Host) -> str:
    """The target of default.target, if it does not exist: systemd.special(7)."""
    folder = FOLDERS[0]
    names = attempt(partial(host.listdir, folder), [], *Reason)
    if "default.target" not in names or attempt(partial(host.there, f"{folder}/default.target"), True, *Reason):  # noqa: FBT003
        return ""
    said = attempt(partial(host.run, "readlink", f"{folder}/default.target"), {"out": ""}, *Reason)
    return str(said["out"]).strip()


def _is_there(host: Host, name: str) -> bool:
    """Whether the system has a file of its own for this unit."""
    return any(attempt(partial(host.exists, f"{vendor}/{name}"), False, *Reason) for vendor in VENDOR)  # noqa: FBT003 - an answer


def _needed(host: Host, more: Supplements, name: str, active: set[str]) -> str:
    """Why this machine needs it; empty if it does not, or another unit does its work."""
    if name in ALWAYS:
        brokers = {"dbus.service", "dbus-broker.service"}
        return "" if name in brokers and brokers & active else ALWAYS[name]
    for why, units, folders in NEEDS:
        if name in units and not active & set(units) and any(_holds(more, folder) for folder in folders):
            return "" if why == "networks" and active & set(NETWORK) else why
    if name in SCREENS and not active & set(SCREENS) and _graphical(host):
        return "screen"
    if name in service_roles.TIME and not active & service_roles.TIME:
        return "time"
    if name == "systemd-resolved.service" and "systemd/resolve" in _link(host, "/etc/resolv.conf"):
        return "names"
    return ""


def _holds(more: Supplements, folder: str) -> bool:
    return any(not name.startswith(".") for name in more.listdir(folder))


def _graphical(host: Host) -> bool:
    return any("graphical.target" in _link(host, f"{folder}/default.target") for folder in (*FOLDERS, *VENDOR))


def _link(host: Host, path: str) -> str:
    return str(attempt(partial(host.stat, path), {}, Reason.MISSING, Reason.FORBIDDEN).get("link") or "")
