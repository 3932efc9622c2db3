"""Starts, stops or restarts a service and sets its start mode: systemd, OpenRC or Windows."""

from __future__ import annotations

import contextlib
import re
import sys
from typing import TYPE_CHECKING, Any, Literal

from techkit.model import Fact, Record
from techkit.remedy.actions import ONE_FACT, ActionError, Change, RefusedError, Shown, fill
from techkit.remedy.actions._service_managers import Manager, manager

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from techkit.host import Host

NAME = re.compile(r"(?!-)[A-Za-z0-9@:._\\-]{1,255}")
WINDOWS_NAME = re.compile(r"(?![- ])[^/\\\x00-\x1f]{1,256}")
GUARDS = re.compile(
    r"(clam|freshclam|windefend|wdnis|wdfilter|wdboot|sense|mdcore|mdatp|mpssvc|bfe|wscsvc|securityhealth|firewalld|ufw|"
    r"nftables|iptables|ip6tables|ebtables|fail2ban|crowdsec|apparmor|selinux|auditd|kesl|klnagent|avp|drweb|dwservice|"
    r"ekrn|esets|eraagent|sophos|sav-|mbamservice|avast|avg|bdservice|vsserv|bdsec|mcshield|mfe|symantec|sepmaster|"
    r"ccsvc|tmlisten|ntrtscan|ds_agent|falcon|csfalcon|sentinel|cbdefense|xagt|wazuh|ossec|osquery).*",
    re.IGNORECASE,
)
"""Antivirus, firewall and other security services: techkit may start them, never stop or disable them."""


class Action(Record, frozen=True):
    """The step's arguments; an empty field leaves things as they are."""

    unit: str
    state: Literal["", "running", "stopped", "restarted"] = ""
    startup: Literal["", "automatic", "manual", "disabled"] = ""

    def __post_init__(self) -> None:
        if not (self.state or self.startup):
            raise ValueError("a service step sets state or startup")
        if not ONE_FACT.fullmatch(self.unit):
            _allowed(self.unit, self.state, self.startup, WINDOWS_NAME)


def _allowed(unit: str, state: str, startup: str, name: re.Pattern[str]) -> None:
    """Raise ValueError for an invalid service name, or a security service that would be stopped or disabled."""
    if not name.fullmatch(unit):
        raise ValueError(f"{unit!r} is not a service name")
    if GUARDS.match(unit) and (state == "stopped" or startup in {"manual", "disabled"}):
        raise ValueError(f"{unit} protects this machine and is not switched off")


def undoable(_action: Action) -> bool:
    """Always: start mode and state can be restored."""
    return True


def prepare(action: Action, facts: Mapping[str, Fact], host: Host, earlier: Sequence[Change]) -> Change:  # noqa: ARG001 - every kind is asked alike
    """Look at the service and say what it will become."""
    asked = fill(action.unit, facts)
    before = _checked(asked, action)
    if before["unit"] != asked:
        _checked(before["unit"], action)
    for change in earlier:
        if change.kind == "service" and change.after["unit"] == before["unit"]:
            wanted = change.after
            before = before | {
                "state": {"stopped": "stopped", "": before["state"]}.get(wanted["state"], "running"),
                "startup": wanted["startup"] or before["startup"],
            }
        if (
            change.kind == "command"
            and change.after["argv"][0] == "systemctl"
            and before["unit"] in change.after["argv"]
        ):
            before = before | {"moved": True}  # that step sets the start mode too
    if action.state == "restarted" and earlier:
        before = before | {"again": True}  # it restarts with the changed settings, and again after an undo
    if action.state == "stopped" and before["state"] == "running" and before["startup"] == "masked":
        raise ActionError("fix.no_return", unit=before["unit"])
    startup = "manual" if action.startup == "disabled" and sys.platform != "win32" else action.startup
    after = {"unit": before["unit"], "state": action.state, "startup": startup}
    if action.state != "restarted" and (action.state == "running") == (before["state"] == "running"):
        after["state"] = ""
    if startup == before["startup"] or (startup == "automatic" and before["startup"] == "given"):
        after["startup"] = ""
    shown = tuple(
        Shown(key, {"unit": before["unit"]}, {"before": f"fix.is_{before[name]}", "after": f"fix.is_{after[name]}"})
        for key, name in (("fix.unit_starts", "startup"), ("fix.unit_becomes", "state"))
        if after[name]
    )
    return Change("service", before, after, shown)


def _checked(unit: str, action: Action) -> dict[str, Any]:
    try:
        _allowed(unit, action.state, action.startup, WINDOWS_NAME if sys.platform == "win32" else NAME)
    except ValueError as error:
        raise ActionError("fix.never", path=unit) from error
    system = manager()
    found: dict[str, Any] = system.look(unit)
    triggers = found.pop("triggers", ())
    if found["startup"] == "masked":  # its triggers are then not restarted
        triggers = [unit.rpartition(".")[0] + kind for kind in (".socket", ".timer", ".path")]
    return found | {"asleep": [one for one in triggers if _asleep(system, one)]}


def _asleep(system: Manager, trigger: str) -> bool:
    try:
        return bool(system.look(trigger)["state"] != "running")
    except ActionError:
        return False


def apply(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Set the start mode, then the state; a service that does not stay up counts as not started."""
    system = manager()
    unit = after["unit"]
    if system.look(unit)["startup"] != before["startup"] and not before.get("moved"):
        raise ActionError("fix.changed_meanwhile", what=unit)
    if after["startup"]:
        system.set_startup(unit, after["startup"])
    if after["state"] == "stopped":
        system.stop(unit)
    elif after["state"]:
        system.start(unit, again=after["state"] == "restarted")
        system.stays_up(unit)


def undo(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Restore start mode and state; refuse if somebody has changed the start mode since."""
    system = manager()
    unit = before["unit"]
    present = system.look(unit)
    if after["startup"] and present["startup"] not in {before["startup"], after["startup"], "given"}:
        raise RefusedError("fix.undo_refused", what=unit)
    if before["state"] == "running" and (present["state"] != "running" or before.get("again")):
        system.start(unit, again=present["state"] == "running")
    elif after["state"] in {"running", "restarted"} and before["state"] != "running" and present["state"] == "running":
        for trigger in before.get("asleep", ()):
            system.stop(trigger)  # it came with the service and would start it again
        system.stop(unit)
    if after["startup"] and present["startup"] != before["startup"]:
        system.restore_startup(unit, before)


@contextlib.contextmanager
def stopped(unit: str) -> Iterator[None]:
    """Keep a service stopped for a while, if it runs."""
    system = manager()
    ran = system.look(unit)["state"] == "running"
    if ran:
        system.stop(unit)
    try:
        yield
    finally:
        if ran:
            system.start(unit, again=False)
