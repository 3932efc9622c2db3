"""The results of a fix."""

from __future__ import annotations

import msgspec

from techkit.model import Incident, Moment  # noqa: TC001 - msgspec reads the annotations
from techkit.remedy.plan import Part  # noqa: TC001 - as above


class Attempt(msgspec.Struct, frozen=True):
    """What became of one remedy."""

    code: str
    subject: str
    remedy: str
    outcome: str
    undoable: bool = True
    """Whether anything of it can be put back."""
    wholly: bool = True
    """Whether all of it can."""


class Done(msgspec.Struct, frozen=True):
    """The result of a fix: the machine as it is now, with everything that happened on its timeline."""

    incident: Incident
    refused: tuple[Part, ...]
    """What only an administrator could have done."""
    attempts: tuple[Attempt, ...]
    remaining: int
    """The exit code that what was asked for deserves now."""
    run: int = 0
    """The number of the journal, where anything was changed."""
    happened: tuple[Moment, ...] = ()
    """What was done, by us or by hand."""
