"""Power trouble in the kernel log: over-current at USB ports, under-voltage of a board."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from techkit.model import Record

if TYPE_CHECKING:
    from collections.abc import Iterable

    from techkit.readings.os.kernel_log import Message

_OVERCURRENT = re.compile(
    r"^usb (\S+?)-port(\d+): over-current (?:condition|change)"
    r"|^hub (\S+): over-current (?:condition|change) on port (\d+)"
)
_UNDERVOLTAGE = re.compile(r"under-?voltage detected", re.IGNORECASE)


class Event(Record, frozen=True):
    """How often one thing happened at one place; `kind` is overcurrent or undervoltage."""

    kind: str
    place: str
    count: int
    message: str


def parse(messages: Iterable[Message]) -> tuple[Event, ...]:
    """Count by place, with the first message of each."""
    found: dict[tuple[str, str], Event] = {}
    for message in messages:
        if match := _OVERCURRENT.search(message.text):
            key = "overcurrent", f"{match[1] or match[3]} port {match[2] or match[4]}"
        elif _UNDERVOLTAGE.search(message.text):
            key = "undervoltage", "power supply"
        else:
            continue
        before = found.get(key)
        found[key] = Event(*key, before.count + 1 if before else 1, before.message if before else message.text)
    return tuple(found.values())
