"""The kinds of action: `actions/<kind>.py` is what a step with `do = "<kind>"` does.

Each module declares `Action`, a record of what the step tells it. Which module serves a step is told by
the step's own word, so no list of kinds exists.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from techkit.model import Step


def parse(step: Step) -> Any:
    """The action of a step as its kind's `Action`; raises ValueError for an unknown kind or a wrong word."""
    if not _known(step.do):
        raise ValueError(f"there is no action {step.do!r}")
    kind: Any = import_module(f"{__name__}.{step.do}")
    return msgspec.convert(step.args, kind.Action)


def undoable(step: Step) -> bool:
    """Whether what a step does can be put back; a kind that only a newer techkit knows cannot."""
    return _known(step.do) and bool(import_module(f"{__name__}.{step.do}").UNDOABLE)


def _known(kind: str) -> bool:
    return kind.isidentifier() and find_spec(f"{__name__}.{kind}") is not None
