"""The cycle of a fix: look, offer, ask, journal, change, look again on a fresh host, keep or undo."""

from __future__ import annotations

import contextlib
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from techkit import store
from techkit.model import Incident, Moment
from techkit.remedy import actions, earlier, hand, journal, plan
from techkit.remedy.actions import ActionError, Shown
from techkit.remedy.done import Attempt, Done
from techkit.remedy.guard import guarded
from techkit.remedy.look import Look
from techkit.remedy.signals import signals_interrupt, undisturbed
from techkit.remedy.undo import backwards, put_back
from techkit.remedy.verify import (
    BETTER,
    CLEARED,
    FAILED,
    LATER,
    SAME,
    automatic,
    check_of,
    findings,
    judge,
    result_of,
    unseen,
)

if TYPE_CHECKING:
    from pathlib import Path

    from techkit.config import Settings
    from techkit.model import Cause, Incident, Mute, Page, Remedy
    from techkit.remedy.look import Watching
    from techkit.remedy.person import Desk
    from techkit.remedy.plan import Offer, Wishes

POLL = 0.5
"""Seconds between two looks while a remedy takes effect."""
NETWORK_PATIENCE = 60.0
"""Seconds within which what worked before must work again after the network was interrupted."""


def fix(  # noqa: PLR0913 - everything a fix depends on
    settings: Settings,
    wishes: Wishes,
    desk: Desk,
    *,
    folder: Path,
    dry: bool = False,
    mutes: tuple[Mute, ...] = (),
    watching: Watching = contextlib.nullcontext,
) -> Done:
    """Fix what is wished for. Raises `PageError`, `RegistryError`, `WishError` for wrong input,
    `JournalError` and `BusyError` before anything is changed; KeyboardInterrupt after all has been put back.
    """  # noqa: D205 - one sentence and its errors
    return _Run(settings, wishes, desk, folder, dry=dry, mutes=mutes, watching=watching).to_the_end()


class _ChangedMeanwhile(Exception):  # noqa: N818 - nothing is wrong
    """Another run has ended since this one looked."""


class _Run:
    """The state of one fix."""

    def __init__(  # noqa: PLR0913 - everything a fix depends on
        self,
        settings: Settings,
        wishes: Wishes,
        desk: Desk,
        folder: Path,
        *,
        dry: bool,
        mutes: tuple[Mute, ...],
        watching: Watching,
    ) -> None:
        self._look = Look(settings, () if wishes.codes else mutes, watching)  # a named code counts even if muted
        self._wishes = wishes
        self._desk = desk
        self._folder = folder
        self._dry = dry
        self._refused: list[plan.Part] = []
        self._journal: journal.Journal | None = None
        self._stack = contextlib.ExitStack()
        self._attempts: list[Attempt] = []
        self._timeline: list[Moment] = []

    def to_the_end(self) -> Done:
        """Handle one cause after the other, as found after the earlier changes."""
        wanted = self._look.checks(self._wishes)
        earlier.tell(self._folder, self._desk, self._look, dry=self._dry)
        self._look.see(*wanted)
        tried: set[tuple[str, str]] = set()
        try:
            for code in self._wishes.codes:
                if not findings(self._look.found, code):
                    self._desk.tell(Shown("fix.nothing_for", {"code": code}))
            while target := self._next(tried):
                if self._look.stale(check_of(target.code)):
                    self._look.see(check_of(target.code))  # an earlier change may have cured it
                    continue
                tried.add((target.code, target.subject))
                try:
                    if self._cure(target):
                        self._follow(target)
                except _ChangedMeanwhile:
                    tried.clear()
                    self._look.forget()
            if not tried and not self._wishes.codes:
                self._desk.tell(Shown("fix.nothing"))
            self._write_end()
        except KeyboardInterrupt:
            self._write_end(interrupted=True)
            raise
        finally:
            self._stack.close()
        return Done(
            self._record(),
            tuple(self._refused),
            tuple(self._attempts),
            self._remaining(),
            self._journal.number if self._journal else 0,
            tuple(self._timeline),
        )

    def _record(self) -> Incident:
        """The machine as it is now, with all that has happened."""
        began = self._look.began.timeline if self._look.began else ()
        return msgspec.structs.replace(self._look.found, timeline=(*began, *self._timeline))

    # ------------------------------------------------------------------ what to do next
    def _next(self, tried: set[tuple[str, str]]) -> Cause | None:
        """The next cause that was asked for and not yet tried: gentlest fix first, then by importance.

        A consequence whose code was named counts as one.
        """
        found = self._look.found
        waiting = []
        for cause in found.causes:
            asked = cause.code in self._wishes.codes if self._wishes.codes else automatic(found, cause)
            if asked and (cause.code, cause.subject) not in tried and self._wishes.means(cause):
                waiting.append(cause)
        if waiting:
            return min(waiting, key=lambda cause: plan.turn(found.pages[cause.code], cause))
        for code in self._wishes.codes:
            for finding in findings(found, code):
                alone = self._look.alone(finding) if (code, finding.subject) not in tried else None
                if alone and self._wishes.means(alone):
                    return alone
        return None

    def _remaining(self) -> int:
        """Exit code of what was asked for: 2 critical, 1 warning, 3 could not be seen, 0 cleared."""
        found = self._look.found
        if not self._wishes.codes:
            return found.exit_code
        ranks = [finding.severity.rank for code in self._wishes.codes for finding in findings(found, code)]
        if max(ranks, default=0):
            return max(ranks)
        return 3 if any(unseen(result_of(found, check_of(code)), None) for code in self._wishes.codes) else 0

    # ------------------------------------------------------------------ one cause
    def _cure(self, cause: Cause) -> bool:
        """Offer one remedy after the other until one has helped; whether anything was done to the machine."""
        page = self._look.found.pages.get(cause.code) or self._look.pages.page(cause.code)
        done = False
        offered = False
        for offer in plan.offers(self._look.found, cause, page, self._wishes, self._look.host, dry=self._dry):
            offered = True
            if offer.changes:
                self._desk.show(offer)
            if offer.obstacle:
                self._desk.tell(offer.obstacle, offer)
                if offer.obstacle.key == "fix.needs_admin":
                    self._refused.append(plan.Part(cause.code, cause.subject, offer.remedy.id))
                    if not self._dry:
                        break  # an administrator is offered the gentlest
            elif not self._dry:
                if not self._desk.agree():
                    return done
                done = True
                if self._tried(offer) in {CLEARED, LATER}:
                    return done
        return self._leave_to_person(cause, page, offered=offered, done=done)

    def _tried(self, offer: Offer) -> str:
        """Carry one remedy out and keep what became of it."""
        outcome = self._carry_out(offer)
        cause = offer.cause
        attempt = Attempt(cause.code, cause.subject, offer.remedy.id, outcome, offer.undoable, offer.wholly)
        self._attempts.append(attempt)
        return outcome

    def _leave_to_person(self, cause: Cause, page: Page, *, offered: bool, done: bool) -> bool:
        """Go through the steps by hand with a person, or show them; whether anything was done."""
        steps = any(not remedy.automatic and remedy.id in cause.remedies for remedy in page.remedy)
        if self._dry or (self._refused and not done) or not steps:
            if not offered:
                self._desk.tell(Shown("fix.no_automatic", {"code": cause.code}), fault=(cause, page))
            return done
        led, helped = hand.lead(self._desk, self._look, cause, page)
        if helped:
            self._happened("by hand", cause, next(remedy for remedy in page.remedy if remedy.id == helped))
        if led:
            return True
        key = "fix.by_hand" if offered else "fix.no_automatic_hand"
        self._desk.tell(Shown(key, {"code": cause.code}), fault=(cause, page))
        self._desk.by_hand(cause, self._look.found)
        return done

    def _follow(self, cause: Cause) -> None:
        """Look at what followed from a cause: a freed disk does not start the database again."""
        self._look.see(*dict.fromkeys((check_of(cause.code), *(one.check for one in cause.consequences))))
        hand.tell_of_consequences(self._desk, cause, self._look.found)

    def _open_journal(self, offer: Offer) -> None:
        """Begin the journal before the first change; on a full disk, cleaning may use a volatile one."""
        if self._journal is not None:
            return
        try:
            waited = self._begin_journal(self._folder)
        except journal.FullError:
            if any(change.kind != "clean" for change in offer.changes):
                raise
            waited = self._begin_journal(store.volatile())
        if waited:
            raise _ChangedMeanwhile

    def _begin_journal(self, folder: Path) -> bool:
        """Begin it; whether another run had to end first, which may have changed what was seen."""
        waited = self._stack.enter_context(journal.alone(folder, lambda: self._desk.tell(Shown("fix.waits"))))
        self._journal = journal.begin(folder, self._wishes.codes)
        self._stack.callback(self._journal.close)
        return waited

    def _keep_report(self) -> None:
        """Save the report beside the journal, so that it survives a lost connection."""
        with contextlib.suppress(store.StoreError):
            store.write(self._book.folder / f"{self._book.number:04}.json", msgspec.json.encode(self._record()))

    def _carry_out(self, offer: Offer) -> str:
        """Apply one remedy and verify it; undo it if it does not help."""
        found = self._look.found
        self._open_journal(offer)
        book = self._book
        cause, remedy = offer.cause, offer.remedy
        about = {"code": cause.code, "subject": cause.subject, "remedy": remedy.id}
        self._desk.tell(Shown("fix.applying"), offer)
        applied: list[tuple[int, actions.Change]] = []
        self._look.forget()
        watched: contextlib.AbstractContextManager[None] = contextlib.nullcontext()
        if remedy.drops_network:
            self._keep_report()
            watched = guarded(book.number, book.changes + 1)
        with signals_interrupt(), watched:
            try:
                book.write("remedy", **about)
                for change in offer.changes:
                    number = book.before_change(change, cause.code, cause.subject, remedy.id)
                    applied.append((number, change))
                    actions.apply(change)
                    book.write("applied", number=number)
                self._happened("applied", cause, remedy)
                if remedy.reboot:
                    book.write("later", **about)
                    self._desk.tell(Shown("fix.verify_later"), offer)
                    return LATER
                outcome = self._verified(found, offer)
                book.write("verified", **about, outcome=outcome)
                self._happened("verified", cause, remedy, outcome)
            except ActionError as error:
                self._desk.tell(Shown("fix.not_done"), offer)
                self._desk.tell(error.shown, offer)
                self._put_back(applied, cause, remedy)
                return FAILED
            except BaseException:
                if self._put_back(applied, cause, remedy):
                    self._desk.tell(Shown("fix.reverted"), offer)
                raise
            if outcome != SAME:
                self._happened("kept", cause, remedy)
                self._desk.tell(Shown("fix.worked" if outcome == CLEARED else "fix.better"), offer)
            elif self._put_back(applied, cause, remedy):
                self._desk.tell(Shown("fix.not_worked"), offer)
            else:
                self._desk.tell(Shown("fix.not_worked_kept"), offer)
        if book.folder != self._folder:  # there may be room now
            self._write_end()
            self._stack.close()
            self._journal = None
        return outcome

    @property
    def _book(self) -> journal.Journal:
        if self._journal is None:
            raise journal.JournalError("not open")
        return self._journal

    def _put_back(self, applied: list[tuple[int, actions.Change]], cause: Cause, remedy: Remedy) -> bool:
        """Undo what was applied, the last first, undisturbed by signals; whether all of it could be undone."""
        whole = True
        self._look.forget()
        with undisturbed():
            for number, change in backwards(applied, lambda one: one[1].before):
                undone = put_back(self._book, number, change)
                whole = whole and undone is None and change.undoable
                if undone:
                    self._desk.tell(undone)
            if applied:
                self._happened("undone", cause, remedy)
        return whole

    # ------------------------------------------------------------------ looking again
    def _verified(self, before: Incident, offer: Offer) -> str:
        """Look until the fault has gone or its time is over."""
        remedy = offer.remedy
        patience = max(remedy.settle, NETWORK_PATIENCE) if remedy.drops_network else remedy.settle
        wanted = (check_of(offer.cause.code), *(("network",) if remedy.drops_network else ()))
        end = time.monotonic() + patience
        while True:
            now = self._look.see(*wanted)
            outcome = judge(before, now, offer.cause.code, offer.cause.subject, remedy)
            if outcome == CLEARED or time.monotonic() + POLL > end:
                return outcome
            if not remedy.drops_network:
                time.sleep(POLL)
            elif self._desk.confirmed(POLL):
                return BETTER

    def _happened(self, what: str, cause: Cause, remedy: Remedy, outcome: str = "") -> None:
        at, subject = datetime.now(UTC).isoformat(timespec="seconds"), f"{remedy.id}: {outcome}".removesuffix(": ")
        self._timeline.append(Moment(at, what, subject, remedy.title, cause.named))

    def _write_end(self, *, interrupted: bool = False) -> None:
        if self._journal:
            self._journal.write("end", attempts=self._attempts, interrupted=interrupted)
            self._keep_report()
