"""The kinds of action: `actions/<kind>.py` is what a step with `do = "<kind>"` does.

Each module declares `Action`, a record of what the step tells it; `UNDOABLE`; and three functions:
`prepare(action, facts, host, earlier) -> Change` looks and decides and touches nothing; `apply(before, after)` does
exactly that, or nothing where the thing is no longer as it was seen; `undo(before, after)` puts it back, or refuses
where it is not as we left it. Which module serves a step is told by the step's own word, so no list of kinds exists.
"""

from __future__ import annotations

import re
import string
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import msgspec

from techkit.model import Fact  # noqa: TC001 - msgspec reads the annotations

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from techkit.host import Host
    from techkit.model import Step

ONE_FACT = re.compile(r"\{[a-z_]+\}")
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class Shown(msgspec.Struct, frozen=True):
    """A sentence for the person: a label's key, what the machine calls things, and keys of labels to put into it."""

    key: str
    names: dict[str, Fact] = {}
    words: dict[str, str] = {}


class ActionError(Exception):
    """What cannot be done, as a sentence for the person."""

    def __init__(self, key: str, **names: Fact) -> None:
        super().__init__(f"{key} {names}")
        self.shown = Shown(key, names)


class RefusedError(ActionError):
    """What will not be put back, because somebody has changed it since."""


class Change(msgspec.Struct, frozen=True):
    """What one step will do: `before` as it was seen, `after` as it will be left, both JSON and both journalled."""

    kind: str
    before: dict[str, Any]
    after: dict[str, Any]
    shown: tuple[Shown, ...] = ()
    """What the person reads before saying yes; nothing where all is as it should be already."""
    diff: tuple[str, ...] = ()


def parse(step: Step) -> Any:
    """The action of a step as its kind's `Action`; raises ValueError for an unknown kind or a wrong word."""
    if not _known(step.do):
        raise ValueError(f"there is no action {step.do!r}")
    return msgspec.convert(step.args, _kind(step.do).Action)


def undoable(step: Step) -> bool:
    """Whether what a step does can be put back; a kind that only a newer techkit knows cannot."""
    return _known(step.do) and bool(_kind(step.do).UNDOABLE)


def prepare(step: Step, facts: Mapping[str, Fact], host: Host, earlier: Sequence[Change] = ()) -> Change:
    """Decide what a step will do here, after the `earlier` changes of its remedy; raises `ActionError`."""
    change: Change = _kind(step.do).prepare(parse(step), facts, host, earlier)
    return change


def apply(change: Change) -> None:
    """Do it; raises `ActionError`."""
    _kind(change.kind).apply(change.before, change.after)


def undo(kind: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Put back what a change did, wholly or partly; raises `RefusedError` or `ActionError`."""
    if not _known(kind):
        raise ActionError("fix.unknown_kind", kind=kind)
    _kind(kind).undo(before, after)


def fill(template: str, facts: Mapping[str, Fact], quote: Callable[[str], str] = str) -> str:
    """A page's text with the facts it names, each a plain value of one line; raises `ActionError` for any other."""
    parts = []
    for text, name, _, _ in string.Formatter().parse(template):
        parts.append(text)
        if name is None:
            continue
        value = facts.get(name)
        if isinstance(value, bool) or not isinstance(value, str | int) or not str(value) or _BREAKS.search(str(value)):
            raise ActionError("fix.bad_fact", name=name, value=str(value))
        parts.append(quote(str(value)))
    return "".join(parts)


def _known(kind: str) -> bool:
    return kind.isidentifier() and find_spec(f"{__name__}.{kind}") is not None


def _kind(kind: str) -> Any:
    return import_module(f"{__name__}.{kind}")
