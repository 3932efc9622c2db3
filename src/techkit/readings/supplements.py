"""Optional questions: a missing answer is ignored, a refused one becomes a gap."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from techkit.host import Answer, ProbeError
from techkit.model import Gap, Reason

if TYPE_CHECKING:
    from collections.abc import Callable

    from techkit.host import Host

NO_LOSS = {Reason.MISSING, Reason.INAPPLICABLE}


class Supplements:
    """Asks optional questions, and collects the gaps."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._gaps: dict[Gap, None] = {}

    @property
    def unseen(self) -> tuple[Gap, ...]:
        """What could not be seen so far, and why."""
        return tuple(self._gaps)

    def ask(self, question: Callable[[], Answer], otherwise: Answer, subject: str) -> Answer:
        """The answer, or `otherwise`; `subject` is what was looked for."""
        try:
            return question()
        except ProbeError as error:
            if error.reason not in NO_LOSS:
                self._gaps[Gap(subject, error.reason, question=error.question)] = None
            return otherwise

    def read(self, path: str) -> str:
        """The text of a file, empty without one."""
        return str(self.ask(partial(self._host.read, path), "", path))

    def listdir(self, path: str) -> list[str]:
        """The names in a folder, none without one."""
        names: list[str] = self.ask(partial(self._host.listdir, path), [], path)
        return names

    def exists(self, path: str) -> bool:
        """Whether something is there; what cannot be seen is not."""
        return bool(self.ask(partial(self._host.exists, path), None, path))
