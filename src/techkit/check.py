"""What the author of a check works with: `Check`, and the four verdicts of a judge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Literal, TypeVar

from techkit.model import Fact, Finding, Gap, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from techkit.host import Host

Observation = TypeVar("Observation")
Limits = TypeVar("Limits")

Unseen = Gap
"""A judge's verdict that one thing could not be seen, and why."""


class Check(Generic[Observation, Limits]):
    """A question about the machine: `probe` asks for facts, `judge` says what they mean.

    `probe` does the input and output and raises `ProbeError` where the machine does not answer.
    `judge` is pure: no clock, no host, no locale; it yields findings, with codes of one word that the
    engine completes by the check's own name, and `Unseen`.

    `core`: needs no administrator on a normal PC; while it is unknown, the result is not green.
    `blocked_by`: codes of other checks that make the question meaningless, not merely doubtful.
    `cost`: slow checks run only with --deep or by name.
    `systems`, `editions`: elsewhere the check does not apply and is silent.
    """

    __slots__ = ("blocked_by", "core", "cost", "editions", "judge", "limits", "probe", "systems")

    def __init__(  # noqa: PLR0913 - each is one declared property of a check
        self,
        *,
        probe: Callable[[Host], Observation],
        judge: Callable[[Observation, Limits], Iterable[Finding | Gap]],
        limits: Limits,
        core: bool = False,
        blocked_by: tuple[str, ...] = (),
        cost: Literal["quick", "slow"] = "quick",
        systems: tuple[str, ...] = ("linux", "windows"),
        editions: tuple[str, ...] = ("client", "server"),
    ) -> None:
        self.probe = probe
        self.judge = judge
        self.limits = limits
        self.core = core
        self.blocked_by = blocked_by
        self.cost = cost
        self.systems = systems
        self.editions = editions


def critical(word: str, subject: str, **facts: Fact) -> Finding:
    """A fault that hurts now or loses data."""
    return Finding(word, Severity.CRITICAL, subject, facts)


def warning(word: str, subject: str, **facts: Fact) -> Finding:
    """A fault that will hurt."""
    return Finding(word, Severity.WARNING, subject, facts)


def info(word: str, subject: str, **facts: Fact) -> Finding:
    """Worth knowing; never an alarm."""
    return Finding(word, Severity.INFO, subject, facts)


__all__ = ["Check", "Finding", "Unseen", "critical", "info", "warning"]
