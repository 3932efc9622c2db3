"""A tape: the questions put to a machine and their answers; it can replace the machine anywhere, later.

A tape is one JSON object: {techkit, system, now, source, answers: [{ask: [question, …], answer | error, source}]}.
`error` is [reason, detail]. `source` names the origin of an answer written by hand.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec

from techkit import inputs
from techkit.host import Answer, ProbeError
from techkit.inputs import InputError
from techkit.model import Reason

if TYPE_CHECKING:
    from pathlib import Path

    from techkit.host import Host


MOST_EVENTS = 500
"""As many records as `Host.events` gives at most."""


LATEST = 250_000_000_000
"""Seconds since 1970 until the end of every calendar, nearly."""


class TapeError(InputError):
    """A tape that cannot be read."""


class Entry(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """One question and what came of it."""

    ask: list[Any]
    answer: Answer = None
    error: tuple[Reason, str] | None = None
    source: str = ""


class Recording(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """The whole tape; `now` is the machine's clock in seconds since 1970."""

    system: str
    now: Annotated[float, msgspec.Meta(ge=0, le=LATEST)]
    answers: list[Entry]
    techkit: str = ""
    source: str = ""


class Known(msgspec.Struct):
    """What a tape must know of its machine to be judged."""

    name: str
    system: Literal["linux", "windows"]
    release: str
    edition: Literal["client", "server"]
    elevated: bool
    utc_offset: Annotated[int, msgspec.Meta(gt=-86_400, lt=86_400)] | None = None


class Tape:
    """The machine on a tape."""

    def __init__(self, recording: Recording) -> None:
        self._now = recording.now
        self._entries = {_key(entry.ask): entry for entry in recording.answers}

    def answer(self, question: str, args: list[Any], timeout: float) -> Answer:  # noqa: ARG002 - a tape never waits
        """The recorded answer; raises UNRECORDED if there is none."""
        entry = self._entries.get(_key([question, *args])) or self._wider(question, args)
        if entry is None:
            raise ProbeError(Reason.UNRECORDED, " ".join(map(str, [question, *args])))
        if entry.error:
            raise ProbeError(*entry.error)
        return entry.answer

    def now(self) -> float:
        """When the tape was made."""
        return self._now

    def _wider(self, question: str, args: list[Any]) -> Entry | None:
        """The answer of a recorded question that asked for more, reduced to what this one asks for."""
        if question == "wmi" and len(args) == 4:
            return self._wider_wmi(*args)
        if question == "events" and len(args) == 4:
            return self._wider_events(*args)
        if question == "pings" and len(args) == 5:
            return self._longest_train(args[0], args[3:])
        return None

    def _longest_train(self, address: str, kind: list[Any]) -> Entry | None:
        """Echoes of the same kind to the same place; the answer itself says how many were sent."""
        alike = [entry for entry in self._asked("pings", 6) if entry.ask[1] == address and entry.ask[4:] == kind]
        return max(alike, key=lambda entry: int(entry.ask[2]), default=None)

    def _wider_wmi(self, space: str, name: str, properties: list[str], where: str) -> Entry | None:
        """The same rows with more properties; an error of the class applies to any property."""
        for entry in self._asked("wmi"):
            _, taped_space, taped_name, taped_properties, taped_where = entry.ask
            if (taped_space, taped_name, taped_where) == (space, name, where) and (
                entry.error or set(properties) <= set(taped_properties)
            ):
                return entry
        return None

    def _wider_events(self, log: str, ids: list[int], days: int, providers: list[str]) -> Entry | None:
        """The same log with more ids, providers and days (none means all), unless it was cut to the newest."""
        for entry in self._asked("events"):
            _, taped_log, taped_ids, taped_days, taped_providers = entry.ask
            if (
                taped_log == log
                and taped_days >= days
                and (not taped_ids or (ids and set(ids) <= set(taped_ids)))
                and (not taped_providers or (providers and set(providers) <= set(taped_providers)))
                and len(entry.answer or ()) < MOST_EVENTS
            ):
                kept = [
                    record
                    for record in entry.answer or ()
                    if (not ids or record["id"] in ids)
                    and (not providers or record["provider"] in providers)
                    and record["time"] >= self._now - days * 86400
                ]
                return Entry(entry.ask, None if entry.error else kept, entry.error)
        return None

    def _asked(self, question: str, words: int = 5) -> list[Entry]:
        return [entry for entry in self._entries.values() if entry.ask[:1] == [question] and len(entry.ask) == words]


def _key(ask: list[Any]) -> str:
    """A canonical text of a question; registry keys ignore case."""
    text = json.dumps(ask, ensure_ascii=False)
    return text.casefold() if ask[:1] == ["registry"] else text


def load(file: Path) -> Recording:
    """Read a tape; raises `TapeError`."""
    try:
        recording = msgspec.json.decode(inputs.text(file), type=Recording)
        machine = next((entry for entry in recording.answers if entry.ask == ["machine"]), None)
        msgspec.convert(machine and machine.answer, Known)
    except OSError as error:
        raise TapeError("file", file=file, why=error) from error
    except (ValueError, RecursionError) as error:
        raise TapeError("no_tape", file=file, why=error) from error
    return recording


def recorded(host: Host, version: str) -> Recording:
    """What a host has been asked so far, as a tape."""
    entries = []
    for ask, slot in list(host.asked):
        if not slot.done.is_set():
            entries.append(Entry(ask, error=(Reason.TIMEOUT, str(ask[0]))))
        elif slot.error:
            entries.append(Entry(ask, error=(slot.error.reason, slot.error.detail)))
        else:
            entries.append(Entry(ask, slot.answer))
    return Recording(host.system, host.now(), entries, version)
