"""Has the package manager finish, repair, reinstall or upgrade packages; it may never remove any."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

from techkit.host import ProbeError
from techkit.model import Fact, Record
from techkit.remedy.actions import ONE_FACT, ActionError, Change, Shown, program

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from techkit.host import Host

PATIENCE = 1800.0
"""Seconds that a package manager may take: downloads are slow, and it must not be interrupted."""
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9+._-]{0,200}(:[a-z0-9]+)?")
_KEEP = ("-o", "Dpkg::Options::=--force-confdef", "-o", "Dpkg::Options::=--force-confold")
"""Configuration files that somebody has edited stay as they are."""
_APT = ("apt-get", "-y", "--no-remove", "-o", "DPkg::Lock::Timeout=60", *_KEEP)
MANAGERS: dict[str, tuple[tuple[str, ...], dict[str, tuple[str, ...]]]] = {
    "dpkg": (
        ("dpkg", "apt-get"),
        {
            "configure": ("dpkg", "--force-confdef", "--force-confold", "--configure", "-a"),
            "repair": (*_APT, "--fix-broken", "install"),
            "reinstall": (*_APT, "--reinstall", "install", "--"),
            "upgrade": (*_APT, "--only-upgrade", "install", "--"),
            "upgrade all": (*_APT, "--with-new-pkgs", "upgrade"),
            "lists": ("apt-get", "-o", "DPkg::Lock::Timeout=60", "update"),
        },
    ),
    "apt-rpm": (
        ("apt-get", "rpm"),
        {
            "repair": ("apt-get", "-y", "--no-remove", "--fix-broken", "install"),
            "reinstall": ("apt-get", "-y", "--no-remove", "--reinstall", "install"),
            "upgrade": ("apt-get", "-y", "--no-remove", "install"),
            "upgrade all": ("apt-get", "-y", "--no-remove", "upgrade"),
            "lists": ("apt-get", "update"),
        },
    ),
    "dnf": (
        ("dnf",),
        {
            "repair": ("dnf", "-y", "distro-sync"),
            "reinstall": ("dnf", "-y", "reinstall"),
            "upgrade": ("dnf", "-y", "upgrade"),
            "upgrade all": ("dnf", "-y", "upgrade"),
            "lists": ("dnf", "makecache", "--refresh"),
        },
    ),
    "zypper": (
        ("zypper",),
        {
            "repair": ("zypper", "--non-interactive", "verify"),
            "reinstall": ("zypper", "--non-interactive", "install", "--force", "--"),
            "upgrade": ("zypper", "--non-interactive", "update", "--"),
            "upgrade all": ("zypper", "--non-interactive", "update"),
            "lists": ("zypper", "--non-interactive", "refresh", "--force"),
        },
    ),
    "apk": (
        ("apk",),
        {
            "repair": ("apk", "fix"),
            "reinstall": ("apk", "fix", "--reinstall"),
            "upgrade": ("apk", "fix", "--upgrade"),
            "upgrade all": ("apk", "upgrade"),
            "lists": ("apk", "update"),
        },
    ),
    "pacman": (
        ("pacman",),
        {
            "reinstall": ("pacman", "-S", "--noconfirm", "--"),
            "upgrade all": ("pacman", "-Syu", "--noconfirm"),  # Arch does not support partial upgrades
        },
    ),
}
"""By manager: the programs that identify it, and its arguments for each wish; what it cannot do is absent."""


class Action(Record, frozen=True):
    """The step's arguments; `names` is one fact (a name or several), or plain names; none upgrades everything."""

    what: Literal["configure", "repair", "reinstall", "upgrade", "lists"]
    names: str | tuple[str, ...] = ()

    def __post_init__(self) -> None:
        names = (self.names,) if isinstance(self.names, str) else self.names
        if bool(names) and self.what not in {"reinstall", "upgrade"}:
            raise ValueError(f"{self.what} names no packages")
        if self.what == "reinstall" and not names:
            raise ValueError("reinstall names no package")
        for name in names:
            if not NAME.fullmatch(name) and not ONE_FACT.fullmatch(name):
                raise ValueError(f"{name!r} is neither a fact nor the name of a package")


def undoable(_action: Action) -> bool:
    """Never: an older state of packages cannot be restored reliably."""
    return False


def prepare(action: Action, facts: Mapping[str, Fact], host: Host, earlier: Sequence[Change]) -> Change:  # noqa: ARG001 - every kind is asked alike
    """Find the manager and what it will do; with apt, each package by its name."""
    manager, wishes = _manager(host)
    names = _names(action, facts)
    wish = "upgrade all" if action.what == "upgrade" and not names else action.what
    if wish not in wishes:
        raise ActionError("fix.manager_cannot", manager=manager)
    argv = [*wishes[wish], *names]
    shown = [Shown("fix.runs", {"command": " ".join(argv)})]
    if manager == "dpkg":
        touched = _unfinished(host) if wish == "configure" else _simulated(argv, host) if wish != "lists" else None
        if wish == "reinstall" and not touched:
            raise ActionError("fix.not_offered", names=tuple(names))
        if touched is not None:
            known: dict[str, Fact] = {"names": tuple(touched), "number": len(touched)}
            shown = [*shown, Shown("fix.packages", known)] if touched else []
    return Change("package", {}, {"argv": argv}, tuple(shown), undoable=False)


def _manager(host: Host) -> tuple[str, dict[str, tuple[str, ...]]]:
    for name, (programs, wishes) in MANAGERS.items():
        try:
            if all(host.which(one) for one in programs):
                return name, wishes
        except ProbeError:
            continue
    raise ActionError("fix.no_manager")


def _names(action: Action, facts: Mapping[str, Fact]) -> list[str]:
    """The packages, with facts filled in; each must be a valid package name."""
    names: list[str] = []
    for told in (action.names,) if isinstance(action.names, str) else action.names:
        fact = facts.get(told.strip("{}")) if ONE_FACT.fullmatch(told) else told
        for name in fact if isinstance(fact, tuple | list) else (fact,):
            if not isinstance(name, str) or not NAME.fullmatch(name):
                raise ActionError("fix.bad_fact", name=told.strip("{}"), value=str(name))
            names.append(name)
    return names


def _unfinished(host: Host) -> list[str]:
    """The packages that are not completely installed."""
    try:
        said = host.run("dpkg-query", "-W", "-f", "${db:Status-Abbrev}\t${binary:Package}\n", timeout=15)["out"]
        waiting = [name for name in host.listdir("/var/lib/dpkg/updates") if name.isdigit()]
    except ProbeError as error:
        raise ActionError("fix.program_failed", what="dpkg-query", why=error.detail) from error
    rows = [line.split("\t") for line in said.splitlines() if "\t" in line]
    found = [name for status, name in rows if status[1:2] in {"U", "F", "W", "t"}]
    return found or (["dpkg"] if waiting else [])


def _simulated(argv: list[str], host: Host) -> list[str]:
    """What apt would install or configure; apt itself refuses removals."""
    try:
        said = host.run("apt-get", "--simulate", *argv[1:], timeout=60)
    except ProbeError as error:
        raise ActionError("fix.program_failed", what="apt-get", why=error.detail) from error
    if said["code"]:
        lines = [line for line in (said["err"] + said["out"]).splitlines() if line.startswith("E:")]
        raise ActionError("fix.program_failed", what=" ".join(argv), why=lines[0] if lines else said["code"])
    return list(dict.fromkeys(re.findall(r"^(?:Inst|Conf) (\S+)", said["out"], re.MULTILINE)))


def apply(_before: dict[str, Any], after: dict[str, Any]) -> None:
    """Let the manager do it."""
    program(*after["argv"], patience=PATIENCE, DEBIAN_FRONTEND="noninteractive", NEEDRESTART_MODE="l")


def undo(_before: dict[str, Any], _after: dict[str, Any]) -> None:
    """Does nothing: never called."""
