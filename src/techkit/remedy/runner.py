"""The cycle of a fix: look, offer, ask, journal, change, look again with fresh eyes, keep or put back.

Besides what its table allows, this room imports `diagnose` and `incident`: a fix looks exactly as a check does.
"""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from techkit import catalogue, engine, incident, registry, store
from techkit.diagnose import diagnose
from techkit.model import Cause, Finding, Moment, Outcome, Severity
from techkit.remedy import actions, journal, plan
from techkit.remedy.actions import ActionError, RefusedError, Shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from techkit.config import Settings
    from techkit.engine import Watch
    from techkit.host import Host
    from techkit.model import Incident, Mute, Page, Remedy, Result
    from techkit.remedy.plan import Offer, Wishes

POLL = 0.5
"""Seconds between two looks while a remedy takes effect."""
NETWORK_PATIENCE = 60.0
"""Seconds within which what worked before must work again after the network was interrupted."""
CLEARED, BETTER, SAME, LATER, FAILED = "cleared", "better", "same", "later", "failed"
UNKNOWN_RANK = 3
"""What cannot be seen any more counts as worse than anything seen."""


class Desk(Protocol):
    """The one who is asked and told."""

    def show(self, offer: Offer) -> None:
        """Show what would be done, to the last line."""
        ...

    def agree(self) -> bool:
        """Ask whether what was shown shall be done."""
        ...

    def tell(self, shown: Shown, offer: Offer | None = None) -> None:
        """Say a sentence; of which remedy, where it is one's."""
        ...

    def put_back(self, number: int) -> bool:
        """Ask whether a run that was cut off shall be put back; not without a person."""
        ...

    def confirmed(self, seconds: float) -> bool:
        """Wait so long for somebody to say that the changed network is fine, though not everything works yet."""
        ...

    def by_hand(self, cause: Cause, found: Incident) -> None:
        """Show the steps for a person."""
        ...

    def guide(self, cause: Cause, page: Page, remedy: Remedy, number: int) -> str:
        """Show one step for a person and ask what became of it: done, useless or skip; nothing without a person."""
        ...


class Attempt(msgspec.Struct, frozen=True):
    """What became of one remedy."""

    code: str
    subject: str
    remedy: str
    outcome: str
    undoable: bool = True
    """Whether anything of it can be put back."""


class Done(msgspec.Struct, frozen=True):
    """What a fix came to: the machine as it is now, with everything that happened on its timeline."""

    incident: Incident
    refused: tuple[plan.Part, ...]
    """What only an administrator could have done."""
    attempts: tuple[Attempt, ...]
    remaining: int
    """The exit code that what was asked for deserves now."""
    run: int = 0
    """The number of the journal, where anything was changed."""


def fix(  # noqa: PLR0913 - everything a fix depends on
    settings: Settings,
    wishes: Wishes,
    desk: Desk,
    *,
    folder: Path,
    dry: bool = False,
    mutes: tuple[Mute, ...] = (),
    watch: Watch | None = None,
) -> Done:
    """Fix what is wished for. Raises `PageError`, `RegistryError`, `WishError` for what was asked wrongly,
    `JournalError` and `BusyError` before anything is changed; KeyboardInterrupt after all has been put back.
    """  # noqa: D205 - one sentence and its errors
    return _Run(settings, wishes, desk, folder, dry=dry, mutes=mutes, watch=watch).to_the_end()


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
        watch: Watch | None,
    ) -> None:
        self._settings = settings
        self._wishes = wishes
        self._desk = desk
        self._folder = folder
        self._dry = dry
        self._mutes = () if wishes.codes else mutes  # who names a code means it
        self._watch = watch
        self._pages = catalogue.Catalogue(registry.roots(settings.packs))
        self._began: Incident | None = None
        self._found: Incident
        self._host: Host
        self._fresh: set[str] | None = None
        """The checks that have been asked since the last change; None: all."""
        self._refused: list[plan.Part] = []
        self._journal: journal.Journal | None = None
        self._stack = contextlib.ExitStack()
        self._attempts: list[Attempt] = []
        self._timeline: list[Moment] = []

    def _checks(self) -> tuple[str, ...]:
        """The checks of the codes, of what would forbid their remedies, and of what may follow from them."""
        wanted: dict[str, None] = {}
        for code in self._wishes.codes:
            page = self._pages.page(code)
            if self._wishes.remedy and self._wishes.remedy not in {remedy.id for remedy in page.remedy}:
                raise plan.WishError(self._wishes.remedy)
            wanted[_check(code)] = None
            for remedy in page.remedy:
                wanted |= dict.fromkeys(_check(other) for other in catalogue.stopping(remedy))
                wanted |= {"network": None} if remedy.drops_network else {}
        if wanted:
            for other in self._pages.codes():
                with contextlib.suppress(catalogue.PageError):  # somebody else's trouble, told where it is used
                    patterns = self._pages.page(other).caused_by
                    if any(fnmatchcase(code, pattern) for code in self._wishes.codes for pattern in patterns):
                        wanted[_check(other)] = None
        return tuple(wanted)

    def _see(self, *wanted: str) -> Incident:
        """Ask the machine anew, as few questions as will do, and put the answers in the place of the older ones."""
        seen = diagnose(self._settings, wanted, mutes=self._mutes, watch=self._watch)
        if not seen.incident.complete:
            raise KeyboardInterrupt
        self._host = seen.host
        if self._fresh is not None:
            self._fresh |= {result.check for result in seen.incident.results}
        if self._began is None:
            self._found = self._began = seen.incident
        else:
            newer = {result.check: result for result in (*self._found.results, *seen.incident.results)}
            self._found = self._judged(tuple(newer[check] for check in sorted(newer)))
        return seen.incident

    def _judged(self, results: tuple[Result, ...]) -> Incident:
        """These results as a whole."""
        return incident.build(
            self._host,
            engine.Run(results),
            pages=self._pages,
            mutes=self._mutes,
            began=self._host.now(),
            seconds=0,
            packs=self._settings.packs,
        )

    def to_the_end(self) -> Done:
        """Take one cause after the other, as they stand after what was done before."""
        wanted = self._checks()
        self._tell_of_earlier()
        self._see(*wanted)
        tried: set[tuple[str, str]] = set()
        try:
            for code in self._wishes.codes:
                if not _findings(self._found, code):
                    self._desk.tell(Shown("fix.nothing_for", {"code": code}))
            while target := self._next(tried):
                if self._fresh is not None and _check(target.code) not in self._fresh:
                    self._see(_check(target.code))  # what was done before may have cured it
                    continue
                tried.add((target.code, target.subject))
                if self._cure(target):
                    self._follow(target)
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
        )

    def _record(self) -> Incident:
        """The machine as it is now, with all that has happened."""
        began = self._began.timeline if self._began else ()
        return msgspec.structs.replace(self._found, timeline=(*began, *self._timeline))

    # ------------------------------------------------------------------ what to do next
    def _next(self, tried: set[tuple[str, str]]) -> Cause | None:
        """What was asked for and not yet tried: the gentlest first, of those the most important.

        A consequence that was named is one, too.
        """
        found = self._found
        waiting = []
        for cause in found.causes:
            asked = cause.code in self._wishes.codes if self._wishes.codes else _automatic(found, cause)
            if asked and (cause.code, cause.subject) not in tried and self._wishes.means(cause):
                waiting.append(cause)
        if waiting:
            return min(waiting, key=lambda cause: plan.turn(found.pages[cause.code], cause))
        for code in self._wishes.codes:
            for finding in _findings(found, code):
                alone = self._alone(finding) if (code, finding.subject) not in tried else None
                if alone and self._wishes.means(alone):
                    return alone
        return None

    def _alone(self, finding: Finding) -> Cause | None:
        """A finding as a cause of its own, whatever explains it."""
        only = tuple(
            msgspec.structs.replace(result, findings=(finding,))
            for result in self._found.results
            if result.check == finding.check
        )
        return next(iter(self._judged(only).causes), None)  # a note is none, and nothing is to be done about it

    def _remaining(self) -> int:
        """2 critical, 1 warning, 3 could not be seen, 0 cleared: of what was asked for."""
        found = self._found
        if not self._wishes.codes:
            return found.exit_code
        ranks = [finding.severity.rank for code in self._wishes.codes for finding in _findings(found, code)]
        if max(ranks, default=0):
            return max(ranks)
        return 3 if any(_unseen(_result(found, _check(code)), None) for code in self._wishes.codes) else 0

    # ------------------------------------------------------------------ one cause
    def _cure(self, cause: Cause) -> bool:
        """Offer one remedy after the other until one has helped; whether anything was done to the machine."""
        page = self._found.pages.get(cause.code) or self._pages.page(cause.code)
        done = False
        offered = False
        for offer in plan.offers(self._found, cause, page, self._wishes, self._host):
            offered = True
            if offer.changes:
                self._desk.show(offer)
            if offer.obstacle:
                self._desk.tell(offer.obstacle, offer)
                if offer.obstacle.key == "fix.needs_admin":
                    self._refused.append(plan.Part(cause.code, cause.subject, offer.remedy.id))
                    break
                continue
            if self._dry or not self._desk.agree():
                return done
            done = True
            outcome = self._carry_out(offer)
            self._attempts.append(Attempt(cause.code, cause.subject, offer.remedy.id, outcome, offer.undoable))
            if outcome in {CLEARED, LATER}:
                return done
        hand = any(not remedy.automatic and remedy.id in cause.remedies for remedy in page.remedy)
        if self._dry or (self._refused and not done) or not hand:
            if not offered:
                self._desk.tell(Shown("fix.no_automatic", {"code": cause.code}))
            return done
        if self._by_hand(cause, page):
            return True
        self._desk.tell(Shown("fix.by_hand" if offered else "fix.no_automatic_hand", {"code": cause.code}))
        self._desk.by_hand(cause, self._found)
        return done

    def _by_hand(self, cause: Cause, page: Page) -> bool:
        """Lead a person through the remedies without an action, one step after the other; whether there was one."""
        led = False
        for remedy in page.remedy:
            if remedy.automatic or remedy.id not in cause.remedies:
                continue
            for number in range(len(remedy.step)):
                answer = self._desk.guide(cause, page, remedy, number)
                if not answer:
                    return led
                led = True
                if answer == "skip":
                    continue
                self._fresh = set()
                now = self._see(_check(cause.code))
                if judge(now, now, cause.code, cause.subject, remedy) == CLEARED:
                    self._happened("by hand", remedy.id)
                    self._desk.tell(Shown("fix.worked_by_hand"))
                    return True
                if answer == "useless":
                    break
        return led

    def _follow(self, cause: Cause) -> None:
        """Look at what followed from a cause: a freed disk does not start the database again."""
        self._see(*dict.fromkeys((_check(cause.code), *(one.check for one in cause.consequences))))
        self._tell_of_consequences(cause, self._found)

    def _open_journal(self, offer: Offer) -> None:
        """Begin the journal before the first change; on a full disk only what cleans it needs no lasting one."""
        if self._journal is None:
            try:
                self._begin_journal(self._folder)
            except journal.FullError:
                if any(change.kind != "clean" for change in offer.changes):
                    raise
                self._begin_journal(store.volatile())

    def _begin_journal(self, folder: Path) -> None:
        self._stack.enter_context(journal.alone(folder))
        self._journal = journal.begin(folder, self._wishes.codes)
        self._stack.callback(self._journal.close)

    def _keep_report(self) -> None:
        """Save the machine's state beside the journal: what was done is told even when the network stays away."""
        with contextlib.suppress(store.StoreError):
            store.write(self._book.folder / f"{self._book.number:04}.json", msgspec.json.encode(self._record()))

    def _carry_out(self, offer: Offer) -> str:
        """Make the changes of one remedy and judge them; whatever does not help is put back."""
        found = self._found
        self._open_journal(offer)
        book = self._book
        cause, remedy = offer.cause, offer.remedy
        about = {"code": cause.code, "subject": cause.subject, "remedy": remedy.id}
        self._desk.tell(Shown("fix.applying"), offer)
        applied: list[tuple[int, actions.Change]] = []
        self._fresh = set()
        if remedy.drops_network:
            self._keep_report()
        with _signals_interrupt():
            try:
                book.write("remedy", **about)
                for change in offer.changes:
                    number = book.before_change(change, cause.code, cause.subject, remedy.id)
                    applied.append((number, change))
                    actions.apply(change)
                    book.write("applied", number=number)
                self._happened("applied", remedy.id)
                if remedy.reboot:
                    book.write("later", **about)
                    self._desk.tell(Shown("fix.verify_later"), offer)
                    return LATER
                outcome = self._verified(found, offer)
                book.write("verified", **about, outcome=outcome)
                self._happened("verified", f"{remedy.id}: {outcome}")
            except ActionError as error:
                self._desk.tell(Shown("fix.not_done"), offer)
                self._desk.tell(error.shown, offer)
                self._put_back(applied, remedy.id)
                return FAILED
            except BaseException:
                if self._put_back(applied, remedy.id):
                    self._desk.tell(Shown("fix.reverted"), offer)
                raise
            if outcome != SAME:
                self._happened("kept", remedy.id)
                self._desk.tell(Shown("fix.worked" if outcome == CLEARED else "fix.better"), offer)
            elif self._put_back(applied, remedy.id):
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

    def _put_back(self, applied: list[tuple[int, actions.Change]], remedy: str) -> bool:
        """Undo what was applied, the last first; whether all of it could be. Nothing may disturb it."""
        whole = True
        self._fresh = set()
        with _undisturbed():
            for number, change in reversed(applied):
                undone = put_back(self._book, number, change)
                whole = whole and undone is None and change.undoable
                if undone:
                    self._desk.tell(undone)
            if applied:
                self._happened("undone", remedy)
        return whole

    # ------------------------------------------------------------------ looking again
    def _verified(self, before: Incident, offer: Offer) -> str:
        """Look until the fault has gone or its time is over."""
        remedy = offer.remedy
        patience = max(remedy.settle, NETWORK_PATIENCE) if remedy.drops_network else remedy.settle
        wanted = (_check(offer.cause.code), *(("network",) if remedy.drops_network else ()))
        end = time.monotonic() + patience
        while True:
            now = self._see(*wanted)
            outcome = judge(before, now, offer.cause.code, offer.cause.subject, remedy)
            if outcome == CLEARED or time.monotonic() + POLL > end:
                return outcome
            if not remedy.drops_network:
                time.sleep(POLL)
            elif self._desk.confirmed(POLL):
                return BETTER

    def _tell_of_consequences(self, cause: Cause, found: Incident) -> None:
        """Say what of all that followed from the cause is still there."""
        left = [
            one
            for one in cause.consequences
            if one.code and any(finding.subject == one.subject for finding in _findings(found, one.code))
        ]
        if not _stands(found, cause.code, cause.subject) and left:
            self._desk.tell(Shown("fix.other_causes"))
            for one in left:
                self._desk.tell(Shown("fix.still_there", {"code": one.code, "subject": one.subject}))

    # ------------------------------------------------------------------ earlier runs
    def _tell_of_earlier(self) -> None:
        """Say which run was cut off in the middle, and offer to put it back; nothing where it is still under way."""
        half: list[int] = []
        try:
            with journal.alone(self._folder) if self._folder.is_dir() else contextlib.nullcontext():
                for story in journal.stories(self._folder):
                    if not story.ended and story.standing:
                        self._desk.tell(Shown("fix.undo_half", {"what": str(story.number)}))
                        half.append(story.number)
                    if story.unverified and not self._dry:
                        self._verify_later(story)
        except (journal.BusyError, journal.JournalError):
            return  # whoever changes something will be told
        for number in reversed(half):
            if not self._dry and self._desk.put_back(number):
                undo(self._folder, self._desk, str(number))

    def _verify_later(self, story: journal.Story) -> None:
        """Look at what waited for a restart, once there was one."""
        for told in story.unverified:
            seen = diagnose(self._settings, (_check(told["code"]),), watch=self._watch)
            found, host = seen.incident, seen.host
            if host.psutil("boot_time") < datetime.fromisoformat(told["at"]).timestamp():
                continue
            outcome = SAME if _stands(found, told["code"], told["subject"]) else CLEARED
            book = journal.resume(self._folder, story.number)
            book.write("verified", code=told["code"], subject=told["subject"], outcome=outcome)
            book.close()
            key = "fix.worked_later" if outcome == CLEARED else "fix.not_worked_later"
            self._desk.tell(Shown(key, {"id": told["remedy"], "code": told["code"]}))

    def _happened(self, what: str, subject: str) -> None:
        self._timeline.append(Moment(datetime.now(UTC).isoformat(timespec="seconds"), what, subject))

    def _write_end(self, *, interrupted: bool = False) -> None:
        if self._journal:
            self._journal.write("end", attempts=self._attempts, interrupted=interrupted)
            self._keep_report()


# ---------------------------------------------------------------------- judging
def judge(before: Incident, now: Incident, code: str, subject: str, remedy: Remedy) -> str:
    """Cleared, better or same: the finding itself, what its check finds anew, and what worked and works no more.

    What can no longer be seen has not been cleared. After the network was interrupted, every check that was fine
    before counts.
    """
    old = _rank(before, code, subject)
    known = {(finding.code, finding.subject) for result in before.results for finding in result.findings}
    fine = (
        {result.check for result in before.results if result.outcome is Outcome.OK} if remedy.drops_network else set()
    )
    new = max(
        (
            finding.severity.rank
            for result in now.results
            if result.check == _check(code) or result.check in fine
            for finding in result.findings
            if (finding.code, finding.subject) not in known and finding.severity is not Severity.INFO
        ),
        default=0,
    )
    rank = max(_rank(now, code, subject), new)
    return CLEARED if not rank else BETTER if rank < old else SAME


def _rank(found: Incident, code: str, subject: str) -> int:
    standing = [finding.severity.rank for finding in _findings(found, code) if finding.subject == subject]
    if standing:
        return max(standing)
    return UNKNOWN_RANK if _unseen(_result(found, _check(code)), subject) else 0


def _unseen(result: Result | None, subject: str | None) -> bool:
    """Whether a check could not look at a subject, or at all."""
    if result is None or result.blocked_by:
        return True
    return any(subject is None or gap.subject in {subject, result.check} for gap in result.gaps)


def _result(found: Incident, check: str) -> Result | None:
    return next((result for result in found.results if result.check == check), None)


def _findings(found: Incident, code: str) -> list[Finding]:
    result = _result(found, _check(code))
    return [finding for finding in result.findings if finding.code == code] if result else []


def _stands(found: Incident, code: str, subject: str) -> bool:
    return any(finding.subject == subject for finding in _findings(found, code))


def _automatic(found: Incident, cause: Cause) -> bool:
    return any(remedy.automatic and remedy.id in cause.remedies for remedy in found.pages[cause.code].remedy)


def _check(code: str) -> str:
    return code.rpartition(".")[0]


# ---------------------------------------------------------------------- putting back
def put_back(book: journal.Journal, number: int, change: actions.Change | journal.Entry) -> Shown | None:
    """Undo one change and write down what became of it; nothing, or the sentence that says why it stayed."""
    why = None
    try:
        event = "undone" if change.undoable else "stays"
        if change.undoable:
            actions.undo(change.kind, change.before, change.after)
    except ActionError as error:
        why = error.shown
        event = "refused" if isinstance(error, RefusedError) else "failed"
    with contextlib.suppress(journal.JournalError):  # it is undone all the same; to undo it again does nothing
        book.write(event, number=number)
    return why


def undo(folder: Path, desk: Desk, wanted: str = "") -> bool:
    """Put back what a run changed, the last change first: `3`, or one change of it, `3.2`, or the last that stands.

    Whether all of it is as it was before. Raises `JournalError`, `BusyError`, and `WishError` for what is not there.
    """
    run, _, step = wanted.partition(".")
    with contextlib.ExitStack() as stack:
        if folder.is_dir():
            stack.enter_context(journal.alone(folder))
        stories = journal.stories(folder)
        if run and not any(_meant(story, run, step) for story in stories):
            raise plan.WishError(wanted)
        chosen = [story for story in reversed(stories) if story.standing and run in {"", str(story.number)}]
        entries = [entry for entry in chosen[0].standing if step in {"", str(entry.number)}] if chosen else []
        if not entries:
            desk.tell(Shown("fix.undo_nothing"))
            return True
        book = journal.resume(folder, chosen[0].number)
        stack.callback(book.close)
        whole = True
        with _undisturbed():
            for entry in entries:
                why = put_back(book, entry.number, entry)
                whole = whole and why is None
                if why:
                    desk.tell(why)
                    continue
                desk.tell(Shown("fix.undo_done" if entry.undoable else "fix.stays"))
                for shown in msgspec.convert(entry.shown, tuple[Shown, ...]):
                    desk.tell(shown)
            with contextlib.suppress(journal.JournalError):
                book.write("end")
        return whole


def _meant(story: journal.Story, run: str, step: str) -> bool:
    """Whether a run holds what is to be put back."""
    return str(story.number) == run and (not step or step in {str(entry.number) for entry in story.entries})


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """No Ctrl-C while something is being put back."""
    with _handling(signal.SIG_IGN, "SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
        yield


@contextlib.contextmanager
def _signals_interrupt() -> Iterator[None]:
    """A lost session or a polite end is a Ctrl-C: what was begun is put back."""

    def interrupt(_number: int, _frame: Any) -> None:
        raise KeyboardInterrupt

    with _handling(interrupt, "SIGTERM", "SIGHUP", "SIGBREAK"):
        yield


@contextlib.contextmanager
def _handling(handler: Any, *names: str) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    kept: dict[int, Any] = {getattr(signal, name): None for name in names if hasattr(signal, name)}
    for number in kept:
        kept[number] = signal.signal(number, handler if signal.getsignal(number) != signal.SIG_IGN else signal.SIG_IGN)
    try:
        yield
    finally:
        for number, old in kept.items():
            signal.signal(number, old)
