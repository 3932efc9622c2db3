"""Virtual machines that this computer hosts: Hyper-V, libvirt."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import ProbeError, attempt
from techkit.model import Reason, Record
from techkit.readings.os import services

if TYPE_CHECKING:
    from collections.abc import Iterable

    from techkit.host import Host

SPACE = r"root\virtualization\v2"
COLUMNS = ("Name", "ElementName", "EnabledState", "HealthState", "ReplicationHealth")
"""Msvm_ComputerSystem: a row for each machine, whose Name is a GUID, and one for the host."""
MANAGER = "vmms"
OFF = 3
"""EnabledState"""
FAILING = 20
"""HealthState from which it does not work: 20 major failure, 25 critical failure."""
COPY_CRITICAL = 3  # unverified, as is that a paused-critical machine has a HealthState of 20 or 25
"""ReplicationHealth: 1 OK, 2 warning, 3 critical."""
RUNNING = "/run/libvirt/qemu"
"""libvirt's status files, one for each running machine."""
FROZEN = {
    "paused (I/O error)": "storage", "paused (watchdog)": "watchdog", "paused (crashed)": "crash", "crashed": "crash",
    "paused (post-copy failed)": "move",
}  # fmt: skip
"""States of `virsh domstate --reason` that nobody chose; virsh(1)."""
MOST = 40
_GUID = re.compile(r"[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}", re.IGNORECASE)


class Machine(Record, frozen=True):
    """A machine with a fault."""

    name: str
    trouble: str
    """frozen, broken (it is off), copy (the one on another host)"""
    why: str = ""
    """storage, watchdog, crash or move; empty if unknown"""


def troubled(host: Host) -> tuple[Machine, ...]:
    """Machines with a fault; INAPPLICABLE on a computer that hosts none."""
    found = _hyper_v(host) if host.system == "windows" else _libvirt(host)
    for one in found:
        host.private("host", one.name)
    return found


def _hyper_v(host: Host) -> tuple[Machine, ...]:
    if not services.units(host, MANAGER)[MANAGER].running:
        raise ProbeError(Reason.INAPPLICABLE, "this machine runs no virtual machines")
    return parse(host.wmi("Msvm_ComputerSystem", *COLUMNS, namespace=SPACE))


def parse(rows: Iterable[dict[str, Any]]) -> tuple[Machine, ...]:
    """A machine that does not work hides the state of its replica."""
    found = []
    for row in rows:
        name = str(row.get("ElementName") or "")
        if not name or not _GUID.fullmatch(str(row.get("Name") or "")):
            continue
        if (row.get("HealthState") or 0) >= FAILING:
            found.append(Machine(name, "broken" if row.get("EnabledState") == OFF else "frozen"))
        elif row.get("ReplicationHealth") == COPY_CRITICAL:
            found.append(Machine(name, "copy"))
    return tuple(found)


def _libvirt(host: Host) -> tuple[Machine, ...]:
    if not host.which("virsh"):
        raise ProbeError(Reason.INAPPLICABLE, "this machine runs no virtual machines")
    notes = attempt(partial(host.listdir, RUNNING), [])
    names = [name.removesuffix(".xml") for name in notes if name.endswith(".xml")][:MOST]
    if not names:
        raise ProbeError(Reason.INAPPLICABLE, "no virtual machine runs")
    ask = partial(host.run, "virsh", "-r", "-c", "qemu:///system", "domstate", "--reason")
    answers = host.side_by_side(partial(ask, "--domain", name, timeout=4) for name in names)
    if error := next((answer for answer in answers if isinstance(answer, ProbeError)), None):
        raise error
    said = [(name, FROZEN.get(answer["out"].strip())) for name, answer in zip(names, answers, strict=True)]
    return tuple(Machine(name, "frozen", why) for name, why in said if why)
