"""The main job, start to end: a configuration, a machine or its tape, the checks, the incident."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec

from techkit import catalogue, engine, incident, registry
from techkit.host import Host
from techkit.host.local import Local, local

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from techkit.config import Settings
    from techkit.engine import Watch
    from techkit.host.tape import Tape
    from techkit.model import Incident, Mute


class Diagnosis(msgspec.Struct):
    """What came out: the incident, the host that was asked, and how many probes still hang."""

    incident: Incident
    host: Host
    abandoned: int


def diagnose(  # noqa: PLR0913 - the switches of the main job
    settings: Settings,
    wanted: Iterable[str] = (),
    *,
    deep: bool = False,
    tape: Path | None = None,
    mutes: Iterable[Mute] = (),
    watch: Watch | None = None,
) -> Diagnosis:
    """Run the checks and judge them as a whole.

    Raises `RegistryError`, `LimitsError` and `TapeError` for what was asked wrongly; never for the machine's faults.
    """
    chosen = engine.plan(wanted, deep=deep, limits=settings.limits, packs=settings.packs)
    answerer = _taped(tape) if tape else local(settings.answers())
    host = Host(answerer)
    began, clock = host.now(), time.monotonic()
    run = engine.run(host, chosen, watch=watch)
    seconds = time.monotonic() - clock
    pages = catalogue.Catalogue(registry.roots(settings.packs))
    built = incident.build(host, run, pages=pages, mutes=mutes, began=began, seconds=seconds, packs=settings.packs)
    left = run.abandoned + (answerer.outstanding if isinstance(answerer, Local) else 0)
    return Diagnosis(built, host, left)


def _taped(file: Path) -> Tape:
    from techkit.host.tape import Tape, load

    return Tape(load(file))
