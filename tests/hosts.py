"""Small machines for tests: answers given by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from techkit.host import Host, ProbeError
from techkit.model import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

MACHINE = {
    "name": "pc-17", "domain": "", "system": "linux", "release": "Debian GNU/Linux 12", "edition": "server",
    "elevated": True, "container": "", "utc_offset": 0, "language": "en",
}  # fmt: skip


class Given:
    """Answers by question: `{("read", "/etc/hosts"): "text"}`; an exception among them is raised."""

    def __init__(self, answers: Mapping[tuple[Any, ...], Any], now: float = 1_790_000_000) -> None:
        self._answers: dict[tuple[Any, ...], Any] = {
            ("machine",): MACHINE,
            ("person",): {"name": "", "id": 0},
            **answers,
        }
        self._now = now
        self.asked: list[tuple[Any, ...]] = []

    def answer(self, question: str, args: list[Any], timeout: float) -> Any:  # noqa: ARG002 - never waits
        """The answer, or UNRECORDED."""
        key = (question, *(tuple(arg) if isinstance(arg, list) else arg for arg in args))
        self.asked.append(key)
        if key not in self._answers:
            raise ProbeError(Reason.UNRECORDED, str(key))
        answer = self._answers[key]
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def now(self) -> float:
        """A fixed moment."""
        return self._now


def given(answers: Mapping[tuple[Any, ...], Any] | None = None) -> Host:
    """A host with these answers."""
    return Host(Given(answers or {}))


class Bare(Given):
    """A machine on which everything else is missing."""

    def answer(self, question: str, args: list[Any], timeout: float) -> Any:
        """The answer, or MISSING."""
        try:
            return super().answer(question, args, timeout)
        except ProbeError as error:
            if error.reason is Reason.UNRECORDED:
                raise ProbeError(Reason.MISSING, question) from None
            raise


def bare(answers: Mapping[tuple[Any, ...], Any]) -> Host:
    """A host with these answers and nothing else."""
    return Host(Bare(answers))
