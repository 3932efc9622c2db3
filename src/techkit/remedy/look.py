"""What a fix knows about the machine: the last result of each check, renewed after changes.

It uses `diagnose` and `incident`, so that a fix looks exactly as a check does.
"""

from __future__ import annotations

import contextlib
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import msgspec

from techkit import catalogue, engine, incident, registry
from techkit.diagnose import diagnose
from techkit.remedy import plan
from techkit.remedy.verify import check_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from techkit.config import Settings
    from techkit.engine import Watch
    from techkit.host import Host
    from techkit.model import Cause, Finding, Incident, Mute, Result
    from techkit.remedy.plan import Wishes

    Watching = Callable[[], contextlib.AbstractContextManager[Watch | None]]


class Look:
    """The machine as it is known now."""

    found: Incident
    host: Host

    def __init__(self, settings: Settings, mutes: tuple[Mute, ...], watching: Watching) -> None:
        self._settings = settings
        self._mutes = mutes
        self._watching = watching
        self.pages = catalogue.Catalogue(registry.roots(settings.packs))
        self.began: Incident | None = None
        """The first result."""
        self._fresh: set[str] | None = None
        """The checks that have run since the last change; None: all."""

    def forget(self) -> None:
        """Mark all results as outdated, because something is being changed."""
        self._fresh = set()

    def stale(self, check: str) -> bool:
        """Whether a check has not run since the last change."""
        return self._fresh is not None and check not in self._fresh

    def checks(self, wishes: Wishes) -> tuple[str, ...]:
        """The checks of the codes, of what would forbid their remedies, and of what may follow from them."""
        wanted: dict[str, None] = {}
        for code in wishes.codes:
            page = self.pages.page(code)
            if wishes.remedy and wishes.remedy not in {remedy.id for remedy in page.remedy}:
                raise plan.WishError(wishes.remedy)
            wanted[check_of(code)] = None
            for remedy in page.remedy:
                wanted |= dict.fromkeys(check_of(other) for other in catalogue.stopping(remedy))
                wanted |= {"network": None} if remedy.drops_network else {}
        if wanted:
            for other in self.pages.codes():
                with contextlib.suppress(catalogue.PageError):  # somebody else's trouble, told where it is used
                    patterns = self.pages.page(other).caused_by
                    if any(fnmatchcase(code, pattern) for code in wishes.codes for pattern in patterns):
                        wanted[check_of(other)] = None
        return tuple(wanted)

    def see(self, *wanted: str) -> Incident:
        """Run these checks again on a fresh host, and replace their older results."""
        with self._watching() as watch:
            seen = diagnose(self._settings, wanted, mutes=self._mutes, watch=watch)
        if not seen.incident.complete:
            raise KeyboardInterrupt
        self.host = seen.host
        if self._fresh is not None:
            self._fresh |= {result.check for result in seen.incident.results}
        if self.began is None:
            self.found = self.began = seen.incident
        else:
            newer = {result.check: result for result in (*self.found.results, *seen.incident.results)}
            self.found = self._judged(tuple(newer[check] for check in sorted(newer)))
        return seen.incident

    def only(self, check: str) -> tuple[Incident, Host]:
        """Run one check by itself, without keeping its result."""
        with self._watching() as watch:
            seen = diagnose(self._settings, (check,), watch=watch)
        return seen.incident, seen.host

    def alone(self, finding: Finding) -> Cause | None:
        """A finding as a cause of its own, whatever explains it."""
        only = tuple(
            msgspec.structs.replace(result, findings=(finding,))
            for result in self.found.results
            if result.check == finding.check
        )
        return next(iter(self._judged(only).causes), None)  # a note is not a cause, and needs no fix

    def _judged(self, results: tuple[Result, ...]) -> Incident:
        """Judge these results as a whole."""
        return incident.build(
            self.host,
            engine.Run(results),
            pages=self.pages,
            mutes=self._mutes,
            began=self.host.now(),
            seconds=0,
            packs=self._settings.packs,
        )
