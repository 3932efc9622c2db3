"""Runs the checks in parallel: dependencies, deadlines, results."""

from __future__ import annotations

import queue
import threading
import time
from math import isfinite
from typing import TYPE_CHECKING, Any

import msgspec

from techkit import registry
from techkit.host import Host, ProbeError
from techkit.inputs import InputError
from techkit.model import Finding, Gap, Outcome, Reason, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from techkit.registry import AnyCheck

    Watch = Callable[[str, "Result | None"], None]
    """Told a check's name when it starts (None) and when it ends (its result)."""

DEADLINE = 7.0
"""Seconds that a quick check may take before it is abandoned."""
SLOW_DEADLINE = 180.0
HEAD_START = 0.1
"""Seconds for which the chains of dependent checks have the processor to themselves: they decide how
long a run takes, and the rest runs while they wait for the network."""


class LimitsError(InputError):
    """A limit in the configuration that does not fit its check."""


class Run(msgspec.Struct):
    """What a run found; `abandoned` counts the probes that still hang."""

    results: tuple[Result, ...]
    abandoned: int = 0
    complete: bool = True


class Plan(msgspec.Struct):
    """What is to run: the checks by name, with their limits."""

    checks: dict[str, Any]
    limits: dict[str, Any]


def plan(
    wanted: Iterable[str] = (),
    *,
    deep: bool = False,
    limits: Mapping[str, Mapping[str, Any]] | None = None,
    packs: tuple[str, ...] = (),
) -> Plan:
    """Choose the checks that `wanted` names (areas, checks, codes, symptoms; none: all) with all their blockers.

    Raises `RegistryError` for a word that means nothing, `LimitsError` for a limit that does not fit.
    """
    words = tuple(wanted)
    chosen = {name: registry.load(name, packs) for name in registry.select(words, packs)}
    if not deep:
        chosen = {name: check for name, check in chosen.items() if check.cost == "quick" or name in words}
    every = set(registry.names(packs))
    waiting = list(chosen)
    while waiting:
        for blocker in blockers(chosen[waiting.pop()]) & every - chosen.keys():
            chosen[blocker] = registry.load(blocker, packs)
            waiting.append(blocker)
    overrides = limits or {}
    if unknown := overrides.keys() - every:
        raise LimitsError("limit_of_nothing", check=min(unknown))
    return Plan(chosen, {name: _limits(name, check, overrides.get(name, {})) for name, check in chosen.items()})


def blockers(check: AnyCheck) -> set[str]:
    """The checks whose findings can make this one meaningless."""
    return {code.rpartition(".")[0] for code in check.blocked_by}


def _limits(name: str, check: AnyCheck, changed: Mapping[str, Any]) -> Any:
    if not changed:
        return check.limits
    if check.limits is None:
        raise LimitsError("no_limits", check=name)
    for key, value in changed.items():
        if isinstance(value, float) and not isfinite(value):
            raise LimitsError("bad_limit", check=name, why=f"{key} = {value}")
    try:
        return msgspec.convert(msgspec.to_builtins(check.limits) | dict(changed), type(check.limits))
    except msgspec.ValidationError as error:
        raise LimitsError("bad_limit", check=name, why=error) from error


def run(host: Host, chosen: Plan, *, watch: Watch | None = None, deadline: float = DEADLINE) -> Run:
    """Run the plan; a failing check loses only its own result, and none is waited for beyond its deadline.

    On Ctrl-C the unfinished checks are left out, and the run is not complete.
    """
    run_ = _Running(host, chosen, watch or (lambda _name, _result: None), deadline)
    complete = True
    try:
        run_.to_the_end()
    except KeyboardInterrupt:
        complete = False
    ordered = tuple(run_.results[name] for name in sorted(run_.results))
    return Run(ordered, abandoned=run_.abandoned + len(run_.started), complete=complete)


class _Running:
    """The state of one run; only the thread that runs `to_the_end` changes it."""

    def __init__(self, host: Host, chosen: Plan, watch: Watch, deadline: float) -> None:
        self._host = host
        self._plan = chosen
        self._watch = watch
        self._deadline = deadline
        self._ended: queue.SimpleQueue[Result] = queue.SimpleQueue()
        self._began = time.monotonic()
        self._alone = _alone(chosen.checks)
        self._waiting = sorted(chosen.checks)
        self.started: dict[str, float] = {}
        self.results: dict[str, Result] = {}
        self.abandoned = 0

    def to_the_end(self) -> None:
        """Start what can start, take what ends, abandon what is late, until nothing is left."""
        while self._waiting or self.started:
            self._start_ready()
            if not self.started:
                continue
            name = min(self.started, key=self._due)
            due = self._due(name)
            wake = min(due, self._began + HEAD_START) if self._held() else due
            try:
                result = self._ended.get(timeout=max(0.0, wake - time.monotonic()))
            except queue.Empty:
                if wake == due:
                    self.abandoned += 1
                    self._end(self._result(name, gaps=(Gap(name, Reason.TIMEOUT),)))
            else:
                if result.check in self.started:  # otherwise it was late and has been abandoned
                    self._end(result)

    def _due(self, name: str) -> float:
        slow = self._plan.checks[name].cost == "slow"
        return self.started[name] + (SLOW_DEADLINE if slow else self._deadline)

    def _held(self) -> set[str]:
        """The checks that wait until the chains have started."""
        chain = {*self._waiting, *self.started} - self._alone
        return self._alone if chain and time.monotonic() < self._began + HEAD_START else set()

    def _start_ready(self) -> None:
        held = self._held()
        for name in [name for name in self._waiting if name not in held]:
            check = self._plan.checks[name]
            if not all(other in self.results for other in blockers(check) if other in self._plan.checks):
                continue
            self._waiting.remove(name)
            self.started[name] = time.monotonic()
            if code := self._blocked(check):
                self._end(self._result(name, Outcome.SKIPPED, blocked_by=code))
                continue
            thread = threading.Thread(target=self._work, args=(name, check), name=name, daemon=True)
            try:
                thread.start()
            except RuntimeError as error:  # the system allows no more threads
                if self.started.keys() != {name}:
                    del self.started[name]
                    self._waiting.append(name)  # until one has ended
                    return
                self._end(self._result(name, gaps=(Gap(name, Reason.TIMEOUT, str(error)),)))
            else:
                self._watch(name, None)

    def _blocked(self, check: AnyCheck) -> str:
        """The code that makes the question meaningless; what blocked a blocker blocks this check too."""
        for code in check.blocked_by:
            blocker = self.results.get(code.rpartition(".")[0])
            if blocker and blocker.blocked_by:
                return blocker.blocked_by
            if blocker and any(finding.code == code for finding in blocker.findings):
                return code
        return ""

    def _end(self, result: Result) -> None:
        del self.started[result.check]
        self.results[result.check] = result
        self._watch(result.check, result)

    def _work(self, name: str, check: AnyCheck) -> None:
        self._ended.put(self._ask(name, check))

    def _ask(self, name: str, check: AnyCheck) -> Result:
        """Probe and judge; whatever goes wrong makes only this check unknown."""
        try:
            machine = self._host.machine()
            if machine["system"] not in check.systems or machine["edition"] not in check.editions:
                return self._result(name, Outcome.SKIPPED, gaps=(Gap(name, Reason.INAPPLICABLE),))
            verdicts = list(check.judge(check.probe(self._host), self._plan.limits[name]))
            findings = tuple(_complete(name, verdict) for verdict in verdicts if not isinstance(verdict, Gap))
            gaps = tuple(verdict for verdict in verdicts if isinstance(verdict, Gap))
        except ProbeError as error:
            skipped = error.reason is Reason.INAPPLICABLE
            gap = Gap(name, error.reason, error.detail, error.question)
            return self._result(name, Outcome.SKIPPED if skipped else Outcome.UNKNOWN, gaps=(gap,))
        except Exception as error:  # noqa: BLE001 - the engine's one guard: a check may be anybody's
            gap = Gap(name, Reason.BROKEN, f"{type(error).__name__}: {error}")
            return self._result(name, Outcome.UNKNOWN, gaps=(gap,))
        outcome = Outcome.FOUND if findings else Outcome.UNKNOWN if gaps else Outcome.OK
        return self._result(name, outcome, findings=findings, gaps=gaps)

    def _result(
        self,
        name: str,
        outcome: Outcome = Outcome.UNKNOWN,
        *,
        findings: tuple[Finding, ...] = (),
        gaps: tuple[Gap, ...] = (),
        blocked_by: str = "",
    ) -> Result:
        started = self.started.get(name, self._began)  # an abandoned one has none, and nobody reads its result
        return Result(
            check=name,
            outcome=outcome,
            core=self._plan.checks[name].core,
            findings=findings,
            gaps=gaps,
            blocked_by=blocked_by,
            started=round(started - self._began, 3),
            seconds=round(time.monotonic() - started, 3),
        )


def _alone(checks: Mapping[str, AnyCheck]) -> set[str]:
    """The checks that depend on no other and that no other depends on."""
    waits = {name: blockers(check) & checks.keys() for name, check in checks.items()}
    return {name for name in checks if not waits[name]} - set().union(*waits.values())


def _complete(name: str, verdict: Finding) -> Finding:
    """A judge's finding with its full code; raises if it is no finding, or its facts are of a wrong type."""
    raw = msgspec.to_builtins(verdict) | {"code": f"{name}.{verdict.code}"}
    return msgspec.convert(raw, Finding)
