"""What the controllers of a domain tell one another, and folders that servers keep alike: Windows, Samba."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import ProbeError, attempt
from techkit.model import Gap, Reason, Record
from techkit.readings.os import domains, services

if TYPE_CHECKING:
    from collections.abc import Iterable

    from techkit.host import Host

DIRECTORY = r"root\MicrosoftActiveDirectory"
NEIGHBOUR = (
    "SourceDsaCN",
    "LastSyncResult",
    "NumConsecutiveSyncFailures",
    "TimeOfLastSyncSuccess",
    "IsDeletedSourceDsa",
)
"""MSAD_ReplNeighbor: one row for each partner and each part of the directory."""
FILES = r"root\MicrosoftDfs"
FOLDER = ("ReplicatedFolderName", "ReplicationGroupName", "State", "LastErrorMessageId", "LastErrorCode")
VOLUME = ("VolumePath", "VolumeGuid", "State", "LastErrorMessageId", "LastErrorCode")
FOLDER_IN_ERROR, VOLUME_IN_ERROR = 5, 2
"""DfsrReplicatedFolderInfo.State and DfsrVolumeInfo.State."""
WAITING, STALE = 2213, 4012  # the events are documented; that the classes name them is unverified
"""Events of DFSR that LastErrorMessageId names: it waits for a person after a crash; apart from the others too long."""
TOO_OLD = 8614
"""ERROR_REPLICATION_TIME_EXPIRED: apart for longer than deleted objects are remembered."""
UNDER_WAY = {0, 8461, 8464, 8477}  # unverified but for 0
"""Results that are no failure: preempted, waiting for another part, posted; learn.microsoft.com, system error codes."""
NTDS = r"HKLM\SYSTEM\CurrentControlSet\Services\NTDS\Parameters"
ROLLED_BACK = "Dsa Not Writable"
"""Its value is 4 after the directory was put back by an image; Microsoft on event 2095."""
NETLOGON = r"HKLM\SYSTEM\CurrentControlSet\Services\Netlogon\Parameters"
SAMBA_ROLE = re.compile(r"^\s*server role\s*=\s*active directory domain controller\s*$", re.MULTILINE | re.IGNORECASE)


class Partner(Record, frozen=True):
    """A controller that this one fetches from: what became of the last talks."""

    name: str
    failures: int = 0
    """in a row"""
    error: int | str = 0
    silent: float | None = None
    """seconds since the last success; None: unknown"""


class Place(Record, frozen=True):
    """A folder or a whole volume that DFSR has stopped to keep alike."""

    name: str
    event: int = 0
    error: int = 0
    volume: str = ""
    """its GUID; empty for a folder"""


class Replication(Record, frozen=True):
    """What this server fetches from others and what keeps it from that."""

    partners: tuple[Partner, ...] = ()
    places: tuple[Place, ...] = ()
    shared: bool = True
    """whether a controller offers its folder of rules"""
    rolled_back: bool = False
    unseen: tuple[Gap, ...] = ()


def replication(host: Host) -> Replication:
    """Ask for it; INAPPLICABLE where a machine is neither a controller nor keeps folders alike."""
    return _windows(host) if host.system == "windows" else _samba(host)


def _windows(host: Host) -> Replication:
    dfsr = services.units(host, "DFSR")["DFSR"]
    controller = domains.system(host).get("DomainRole") in domains.CONTROLLERS
    if not (controller or dfsr.loaded):
        raise ProbeError(Reason.INAPPLICABLE, "this machine keeps nothing alike with others")
    directory = controller and services.units(host, domains.DIRECTORY)[domains.DIRECTORY].running
    unseen: list[Gap] = []

    def rows(name: str, columns: tuple[str, ...], space: str, *, asked: bool) -> list[dict[str, Any]]:
        try:
            return host.wmi(name, *columns, namespace=space) if asked else []
        except ProbeError as error:
            gone = error.reason is Reason.INAPPLICABLE  # the role is there, and so should its classes be
            unseen.append(Gap(name, Reason.MISSING if gone else error.reason, error.detail))
            return []

    found = partners(rows("MSAD_ReplNeighbor", NEIGHBOUR, DIRECTORY, asked=directory), host.now())
    for one in found:
        host.private("host", one.name)
    stopped = places(
        rows("DfsrReplicatedFolderInfo", FOLDER, FILES, asked=dfsr.running),
        rows("DfsrVolumeInfo", VOLUME, FILES, asked=dfsr.running),
    )
    ready = _value(host, NETLOGON, "SysvolReady") if controller else None
    rolled_back = controller and bool(_value(host, NTDS, ROLLED_BACK))
    return Replication(found, stopped, ready != 0, rolled_back, tuple(unseen))


def _value(host: Host, key: str, name: str) -> Any:
    found: dict[str, Any] = attempt(partial(host.registry, key), {"values": {}}, Reason.MISSING, Reason.FORBIDDEN)
    return found["values"].get(name)


def partners(rows: Iterable[dict[str, Any]], now: float) -> tuple[Partner, ...]:
    """One for each controller: of the parts of the directory the one that fails longest."""
    found: dict[str, Partner] = {}
    for row in rows:
        name, result = str(row.get("SourceDsaCN") or ""), row.get("LastSyncResult") or 0
        if not name or row.get("IsDeletedSourceDsa"):
            continue
        failures = 0 if result in UNDER_WAY else int(row.get("NumConsecutiveSyncFailures") or 0)
        one = Partner(name, failures, result if failures else 0, _age(row.get("TimeOfLastSyncSuccess"), now))
        old = found.get(name)
        if old is None or (one.error == TOO_OLD, one.failures) > (old.error == TOO_OLD, old.failures):
            found[name] = one
    return tuple(found.values())


def _age(time: Any, now: float) -> float | None:
    try:
        moment = datetime.fromisoformat(str(time))
    except ValueError:
        return None
    return now - (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def places(folders: Iterable[dict[str, Any]], volumes: Iterable[dict[str, Any]]) -> tuple[Place, ...]:
    """What DFSR calls in error; the folders of a volume that is so itself are not told again."""
    whole = [_place(row, "VolumePath") for row in volumes if row.get("State") == VOLUME_IN_ERROR]
    single = [_place(row, "ReplicatedFolderName") for row in folders if row.get("State") == FOLDER_IN_ERROR]
    return (*whole, *(one for one in single if not whole or one.event == STALE))


def _place(row: dict[str, Any], name: str) -> Place:
    event, error = (int(row.get(column) or 0) for column in ("LastErrorMessageId", "LastErrorCode"))
    return Place(str(row.get(name) or ""), event, error, str(row.get("VolumeGuid") or ""))


def _samba(host: Host) -> Replication:
    if not SAMBA_ROLE.search(attempt(partial(host.read, domains.SAMBA), "")):
        raise ProbeError(Reason.INAPPLICABLE, "this machine is not a domain controller")
    if not host.elevated:
        raise ProbeError(Reason.FORBIDDEN, "samba-tool drs showrepl")
    said = host.run("samba-tool", "drs", "showrepl", "--json", timeout=20)
    found = parse_showrepl(said["out"])
    if found is None:
        raise ProbeError(Reason.UNREADABLE, f"samba-tool drs showrepl: {said['err'].strip()[:200]}")
    for one in found:
        host.private("host", one.name)
    return Replication(found)


def parse_showrepl(text: str) -> tuple[Partner, ...] | None:
    """`samba-tool drs showrepl --json`: repsFrom, one entry for each partner and part; None: not understood."""
    try:
        entries = json.loads(text)["repsFrom"]
        told = [_told(one) for one in entries if not one.get("is deleted")]
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    worst = {one.name: one for one in sorted(told, key=lambda one: one.failures)}
    return tuple(worst.values())


def _told(entry: dict[str, Any]) -> Partner:
    failures, message = int(entry["consecutive failures"]), str(entry.get("last attempt message") or "")
    return Partner(str(entry["DSA"]).rpartition("\\")[2], failures, message if failures else 0)
