"""What is left to a person: manual steps, one after the other, and what remains after a cure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techkit.remedy.actions import Shown
from techkit.remedy.verify import CLEARED, check_of, findings, judge, stands

if TYPE_CHECKING:
    from techkit.model import Cause, Incident, Page
    from techkit.remedy.look import Look
    from techkit.remedy.person import Desk


def lead(desk: Desk, look: Look, cause: Cause, page: Page) -> tuple[bool, str]:
    """Lead a person through the manual remedies; whether there was one, and which has helped."""
    led = False
    for remedy in page.remedy:
        if remedy.automatic or remedy.id not in cause.remedies:
            continue
        for number in range(len(remedy.step)):
            answer = desk.guide(cause, page, remedy, number)
            if not answer:
                return led, ""
            led = True
            if answer == "skip":
                continue
            look.forget()
            now = look.see(check_of(cause.code))
            if judge(now, now, cause.code, cause.subject, remedy) == CLEARED:
                desk.tell(Shown("fix.worked_by_hand"))
                return True, remedy.id
            if answer == "useless":
                break
    return led, ""


def tell_of_consequences(desk: Desk, cause: Cause, found: Incident) -> None:
    """Name the consequences of the cause that are still there."""
    left = [
        finding
        for one in cause.consequences
        for finding in (findings(found, one.code) if one.code else ())
        if finding.subject == one.subject
    ]
    if not stands(found, cause.code, cause.subject) and left:
        desk.tell(Shown("fix.other_causes"))
        for finding in left:
            desk.tell(Shown("fix.still_there", {"code": finding.code}), fault=(finding, found.pages[finding.code]))
