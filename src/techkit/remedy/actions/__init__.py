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
    name = f"{__name__}.{step.do}"
    if not step.do.isidentifier() or find_spec(name) is None:
        raise ValueError(f"there is no action {step.do!r}")
    kind: Any = import_module(name)
    return msgspec.convert(step.args, kind.Action)


def undoable(step: Step) -> bool:
    """Whether what a step does can be put back."""
    return bool(import_module(f"{__name__}.{step.do}").UNDOABLE)
