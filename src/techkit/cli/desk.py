"""The terminal as the desk of a fix: shows, asks and tells."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING, Any

import msgspec

from techkit.cli.speech import interactive, say, words, write
from techkit.words import visible

if TYPE_CHECKING:
    from techkit.model import Cause, Finding, Incident, Page, Remedy
    from techkit.remedy.actions import Shown
    from techkit.remedy.plan import Offer

RISKY = "fix.risk_too_high"
FOR_USERS = {RISKY: "fix.left_to_support"}
"""Labels replaced for users, who do not know the options."""


class TerminalDesk:
    """The person at the terminal, or nobody."""

    def __init__(self, *, yes: bool = False, dry: bool = False, reader: str = "specialist") -> None:
        self._yes = yes
        self._dry = dry
        self._reader = reader
        self._asked = False
        self._shown = ("", "")

    def show(self, offer: Offer) -> None:
        """Show the cause, the remedy with its tags, and every line that would change."""
        from techkit.report.view import remedy_view

        spoken = remedy_view(offer.remedy, offer.cause.code, offer.cause.named, offer.page, words())
        again = not self._head(offer)
        if again:
            print()
        above = offer.obstacle and offer.obstacle.key == RISKY
        plan = say("fix.plan_next" if again else "fix.plan")
        plan = say("fix.plan_above", risk=offer.remedy.risk) if above else plan
        write(f"{plan} {spoken.title} ({' · '.join(spoken.tags)})")
        if spoken.loses:
            write(spoken.loses)
        for change in offer.changes:
            for shown in change.shown:
                write(f"  {sentence(shown)}")
            for line in change.diff[2:]:  # the file is named above
                print(f"    {visible(line)}")
            if not change.undoable and offer.undoable:
                write(f"    {say('fix.for_good')}")

    def _head(self, offer: Offer) -> bool:
        """Print the fault before the first line about it; whether this was the first."""
        new = self._shown != (offer.cause.code, offer.cause.subject)
        if new:
            self._shown = offer.cause.code, offer.cause.subject
            print()
            write(_title(offer.page, offer.cause.named))
        return new

    def agree(self) -> bool:
        """Yes, no, or nobody to ask."""
        from techkit.cli.guide import agreed

        if self._yes:
            return True
        if not interactive():
            write(say("fix.no_terminal"))
            return False
        try:
            wanted = agreed(say("fix.confirm"))
        except EOFError:
            wanted = False
        if not wanted:
            write(say("fix.declined"))
        return wanted

    def tell(self, shown: Shown, offer: Offer | None = None, fault: tuple[Cause | Finding, Page] | None = None) -> None:
        """Say one sentence, with the names a person knows; nothing if the plan has said so already."""
        if self._dry and offer and offer.changes and shown.key == RISKY:
            return
        named: dict[str, str] = {}
        if offer:
            named["title"] = words().fill(offer.remedy.title[words().language], offer.cause.named, offer.page.values)
            if offer.guard:
                found, page = offer.guard
                named["fault"] = _title(page, found.named) if page else found.code
        if fault:
            cause, known_page = fault
            named["fault"] = _title(known_page, cause.named)
        key = FOR_USERS.get(shown.key, shown.key) if self._reader == "user" else shown.key
        with contextlib.suppress(OSError):  # a closed terminal must not stop the undo
            if offer:
                self._head(offer)
            write(sentence(msgspec.structs.replace(shown, key=key), **named))

    def put_back(self, number: int) -> bool:
        """Ask whether to undo a run that was cut off."""
        from techkit.cli.guide import agreed

        if self._yes or not interactive():
            return False
        try:
            return agreed(say("fix.ask_undo", number=number))
        except EOFError:
            return False

    def confirmed(self, seconds: float) -> bool:
        """Whether somebody confirms in time that they can still see this; False without a terminal."""
        import time

        if self._yes or not interactive():
            time.sleep(seconds)
            return False
        if not self._asked:
            write(say("fix.ask_network"))
            self._asked = True
        if sys.platform == "win32":
            import msvcrt

            time.sleep(seconds)
            return bool(msvcrt.kbhit()) and msvcrt.getwch().casefold() in {"y", "д"}
        import select

        ready, _, _ = select.select([sys.stdin], [], [], seconds)
        return bool(ready) and sys.stdin.readline().strip().casefold() in {"y", "yes", "д", "да"}

    def by_hand(self, cause: Cause, found: Incident) -> None:
        """Print the remedies that a person can carry out, step by step."""
        from techkit.report.view import remedy_view

        page = found.pages[cause.code]
        for remedy in (one for one in page.remedy if one.id in cause.remedies and not one.automatic):
            spoken = remedy_view(remedy, cause.code, cause.named, page, words())
            write(f"{spoken.title} ({' · '.join(spoken.tags)})")
            for number, step in enumerate(spoken.steps, 1):
                write(f"  {number}. {step}")
            write(f"  {spoken.done}")

    def guide(self, cause: Cause, page: Page, remedy: Remedy, number: int) -> str:
        """Show one step to a person, and ask what became of it."""
        from techkit.report.view import remedy_view

        if self._yes or not interactive():
            return ""
        spoken = remedy_view(remedy, cause.code, cause.named, page, words())
        if not number:
            print()
            write(f"{spoken.title} ({' · '.join(spoken.tags)})")
        write(f"  {number + 1}. {spoken.steps[number]}")
        if number + 1 == len(spoken.steps):
            write(f"  {spoken.done}")
        try:
            answer = input(f"{say('fix.ask_step')} ").strip().casefold()
        except EOFError:
            return ""
        if answer[:1] in {"d", "г", "y", "д"}:
            return "done"
        return "useless" if answer[:1] in {"n", "н"} else "skip" if answer[:1] in {"s", "п"} else ""


def _title(page: Page, facts: dict[str, Any]) -> str:
    """The title of a fault, from its page."""
    return words().fill(page.title[words().language], facts, page.values)


def sentence(shown: Shown, **named: str) -> str:
    """A message of the engine in the language of this call."""
    spoken = {name: say(key) for name, key in shown.words.items()}
    return say(shown.key, **shown.names, **spoken, **named)
