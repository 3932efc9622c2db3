"""Programs that Windows could not set up, by the events of its installer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from techkit.model import Record
from techkit.readings.software import crashes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from techkit.host import Host

WELL = {0, 1641, 3010}
"""Done; done, and a restart is due or under way."""
CHOSEN = {1602}
"""ERROR_INSTALL_USEREXIT: somebody has stopped it."""


class Failed(Record, frozen=True):
    """One program that is not set up: how often it was tried since the last success, and how the last try ended."""

    program: str
    version: str
    status: int
    count: int
    time: float


def failed(host: Host) -> tuple[Failed, ...]:
    """Those of a week."""
    return parse(record for record in crashes.application_log(host) if record["provider"] == crashes.INSTALLER)


def parse(records: Iterable[Mapping[str, Any]]) -> tuple[Failed, ...]:
    """The newest comes first; what ended well, or by somebody's wish, ends the count of what was before."""
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
