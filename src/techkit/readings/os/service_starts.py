"""Why Windows did not start a service, by the service control manager's events."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from techkit.host import attempt
from techkit.model import Reason, Record
from techkit.readings.os import service_events, services

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from techkit.host import Host
    from techkit.readings.os.services import Unit

WAITS = 1068
"""ERROR_SERVICE_DEPENDENCY_FAIL: another that it needs did not start."""
SILENT = {0, None, services.NEVER_STARTED, services.NOT_SIGNED_IN, WAITS}
"""Exit codes of services that never ran; the log has the reason."""
NOT_LET_IN = (service_events.NO_LOGIN, service_events.NO_RIGHT)
RIGHT = 1385
"""ERROR_LOGON_TYPE_NOT_GRANTED"""
OWN = ".\\"
"""Before the name of an account of this machine."""
EARLY = 60
"""Seconds by which the log may precede the boot time."""
_ERROR = re.compile(r"%%(\d{1,10})$", re.ASCII)


class Refusal(Record, frozen=True):
    """The last event of one service: a Win32 error, its account, the service it waits for.

    If it waits for a service, the error is that service's.
    """

    error: int
    account: str = ""
    login: int | None = None
    """why the account was not let in"""
    waits_for: str = ""


def explained(host: Host, units: Iterable[Unit], every: Iterable[Unit], since: float) -> tuple[Unit, ...]:
    """Stopped services, with their events since boot."""
    stopped = tuple(units)
    if not stopped:
        return ()
    records = attempt(partial(service_events.records, host), [], *Reason)
    said = parse((one for one in records if one["time"] >= since - EARLY), every)
    for one in said.values():
        host.private("person", one.account.rpartition("\\")[2])
    return tuple(_explained(unit, said.get(unit.name)) for unit in stopped)


def _explained(unit: Unit, said: Refusal | None) -> Unit:
    if said is None or unit.exit_status not in SILENT:
        return unit
    return msgspec.structs.replace(
        unit, result=services.NOT_STARTED, exit_status=said.error, account=said.account, login=said.login,
        waits_for=said.waits_for,
    )  # fmt: skip


def parse(records: Iterable[Mapping[str, Any]], every: Iterable[Unit]) -> dict[str, Refusal]:
    """By service name; the records come newest first and have display names."""
    names = {name.casefold(): unit.name for unit in every for name in (unit.name, unit.description) if name}
    found: dict[str, Refusal] = {}
    for record in records:
        texts = [str(text) for text in _texts(record["data"])]
        unit = names.get(texts[0].casefold()) if texts else None
        error = next((int(match[1]) for text in texts[1:] if (match := _ERROR.match(text))), None)
        old = found.get(unit or "")
        if not unit:
            continue
        if record["id"] in NOT_LET_IN:
            account, right = (*texts, "")[1].removeprefix(OWN), record["id"] == service_events.NO_RIGHT
            if old is None or (old.error == services.NOT_SIGNED_IN and not old.account):
                found[unit] = Refusal(services.NOT_SIGNED_IN, account, RIGHT if right else error)
        elif old is None and error is not None and record["id"] == service_events.WAITED:
            other = names.get(texts[1].casefold(), "")
            found[unit] = Refusal(error if other else WAITS, waits_for=other)
        elif old is None and error is not None and record["id"] == service_events.REFUSED:
            found[unit] = Refusal(error)
    return found


def _texts(data: Any) -> Iterable[Any]:
    """`param1`, `param2`, … in their order, or strings without a name."""
    return data.values() if isinstance(data, dict) else data
