"""Programs that could not be installed, from the events of Windows Installer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from techkit.model import Record
from techkit.readings.software import crashes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from techkit.host import Host

WELL = {0, 1641, 3010}
"""Success; success with a restart started or required."""
CHOSEN = {1602}
"""ERROR_INSTALL_USEREXIT: cancelled by the user."""


class Failed(Record, frozen=True):
    """A program that is not installed: how many attempts failed since the last success, and how the last one ended."""

    program: str
    version: str
    status: int
    count: int
    time: float


def failed(host: Host) -> tuple[Failed, ...]:
    """The programs of the last week."""
    return parse(record for record in crashes.application_log(host) if record["provider"] == crashes.INSTALLER)


def parse(records: Iterable[Mapping[str, Any]]) -> tuple[Failed, ...]:
    """`records`: newest first; a success or a cancellation resets the count."""
    found: dict[str, Failed] = {}
    over: set[str] = set()
    for record in records:
        data = record["data"]
        texts = [str(text) for text in (data.values() if isinstance(data, dict) else data)]
        if len(texts) < 4 or not (texts[3].isascii() and texts[3].isdigit()) or texts[0] in over:
            continue
        name, version, _, number = texts[:4]
        status = int(number)
        old = found.get(name)
        if status in WELL | CHOSEN:
            over.add(name)
        elif old:
            found[name] = Failed(name, old.version, old.status, old.count + 1, old.time)
        else:
            found[name] = Failed(name, version, status, 1, float(record["time"]))
    return tuple(found.values())
