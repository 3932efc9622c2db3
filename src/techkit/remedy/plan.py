"""What could be done about a cause: its automatic remedies, gentlest first, each prepared down to the last byte."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING

import msgspec

from techkit import catalogue
from techkit.model import Cause, Finding, Page, Remedy  # noqa: TC001 - msgspec reads the annotations
from techkit.remedy import actions
from techkit.remedy.actions import ActionError, Change, Shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techkit.host import Host
    from techkit.model import Incident, Step


class WishError(Exception):
    """A wish that names no known risk or remedy; the message is the wrong word."""


class Part(msgspec.Struct, frozen=True):
    """One remedy for one cause, as passed to the elevated half of a fix, which plans it itself."""

    code: str
    subject: str
    remedy: str


class Wishes(msgspec.Struct, frozen=True):
    """What the person allows."""

    codes: tuple[str, ...] = ()
    """Empty: everything that has an automatic remedy."""
    risk: str = "low"
    remedy: str = ""
    """This remedy and no other."""
    parts: tuple[Part, ...] = ()
    """These and no others."""

    def __post_init__(self) -> None:
        if self.risk not in catalogue.RISKS:
            raise WishError(self.risk)

    def means(self, cause: Cause) -> bool:
        """Whether this cause is among those named one by one, if any are."""
        return not self.parts or any((one.code, one.subject) == (cause.code, cause.subject) for one in self.parts)

    def allows(self, cause: Cause, remedy: Remedy) -> bool:
        """Whether a remedy is among those wished for."""
        if self.parts:
            return Part(cause.code, cause.subject, remedy.id) in self.parts
        return self.remedy in {"", remedy.id}

    @property
    def command(self) -> str:
        """The command line for the same wishes."""
        words = ["techkit", "fix", *self.codes]
        words += ["--risk", self.risk] if self.risk != "low" else []
        words += ["--remedy", self.remedy] if self.remedy else []
        return " ".join(words if sys.platform == "win32" else ["sudo", *words])


class Offer(msgspec.Struct, frozen=True):
    """One remedy for one cause: the changes it would make, or the obstacle that forbids them."""

    cause: Cause
    page: Page
    remedy: Remedy
    changes: tuple[Change, ...] = ()
    obstacle: Shown | None = None
    guard: tuple[Finding, Page | None] | None = None
    """The finding that forbids it."""

    @property
    def undoable(self) -> bool:
        """Whether any of the changes can be put back."""
        return any(change.undoable for change in self.changes)

    @property
    def wholly(self) -> bool:
        """Whether all of them can."""
        return all(change.undoable for change in self.changes)


TURNS = {
    "open": 0,
    "file": 1,
    "registry": 1,
    "network": 1,
    "rule": 1,
    "link": 1,
    "service": 2,
    "process": 2,
    "quarantine": 3,
    "clean": 4,
}
"""The order of the kinds of action; packages and commands that cannot be undone come after all of these."""


def turn(page: Page, cause: Cause) -> int:
    """The turn of a cause: reversible first, then services, quarantine, cleaning, repairs, network, restart."""
    for remedy in page.remedy:
        if remedy.automatic and remedy.id in cause.remedies:
            if remedy.reboot or remedy.drops_network:
                return 7 if remedy.reboot else 6
            return max(_turn(step) for step in remedy.step)
    return 0


def _turn(step: Step) -> int:
    return 1 if step.do == "command" and actions.undoable(step) else TURNS.get(step.do, 5)


def offers(  # noqa: PLR0913 - all that decides
    incident: Incident, cause: Cause, page: Page, wishes: Wishes, host: Host, *, dry: bool = False
) -> Iterator[Offer]:
    """Every automatic remedy that fits, one at a time, so that each is prepared on the state the last one left.

    A dry run also shows remedies whose risk is not allowed.
    """
    found = {finding.code: finding for result in incident.results for finding in result.findings}
    for remedy in page.remedy:
        if not remedy.automatic or not wishes.allows(cause, remedy):
            continue
        forbidding = sorted(found.keys() & catalogue.stopping(remedy))
        if forbidding:
            told = Shown("fix.stopped_by", {"code": forbidding[0]})
            guard = found[forbidding[0]], incident.pages.get(forbidding[0])
            yield Offer(cause, page, remedy, obstacle=told, guard=guard)
        elif remedy.id in cause.remedies:
            offer = _offer(incident, cause, page, remedy, wishes, host)
            if dry and offer.obstacle and offer.obstacle.key == "fix.risk_too_high":
                with contextlib.suppress(ActionError):
                    offer = msgspec.structs.replace(offer, changes=prepare(cause, remedy, host))
            yield offer


def _offer(incident: Incident, cause: Cause, page: Page, remedy: Remedy, wishes: Wishes, host: Host) -> Offer:  # noqa: PLR0913, PLR0917 - all that decides
    if catalogue.RISKS.index(remedy.risk) > catalogue.RISKS.index(wishes.risk):
        words = {"level": f"risk.{remedy.risk}"}
        told = Shown("fix.risk_too_high", {"risk": remedy.risk}, words)
        return Offer(cause, page, remedy, obstacle=told)
    try:
        changes = prepare(cause, remedy, host)
    except ActionError as error:
        return Offer(cause, page, remedy, obstacle=error.shown)
    if not changes:
        return Offer(cause, page, remedy, obstacle=Shown("fix.already"))
    if remedy.admin and not incident.machine.elevated:
        command = msgspec.structs.replace(wishes, codes=wishes.codes or (cause.code,)).command
        return Offer(cause, page, remedy, changes, Shown("fix.needs_admin", {"command": command}))
    return Offer(cause, page, remedy, changes)


def prepare(cause: Cause, remedy: Remedy, host: Host) -> tuple[Change, ...]:
    """The changes of all steps that change anything; raises `ActionError` where one step is impossible."""
    changes: list[Change] = []
    for step in remedy.step:
        change = actions.prepare(step, cause.named, host, changes)
        if change.shown:
            changes.append(change)
    return tuple(changes)
