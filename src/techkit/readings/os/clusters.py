"""The failover cluster that a Windows server takes part in: its members and what it keeps running."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techkit.host import ProbeError
from techkit.model import Reason, Record
from techkit.readings.os import services

if TYPE_CHECKING:
    from techkit.host import Host

SPACE = r"root\MSCluster"
NODE = ("Name", "State")
RESOURCE = ("Name", "OwnerGroup", "State")
"""MSCluster_Node and MSCluster_Resource."""
SERVICE = "ClusSvc"
DOWN = 1
"""MSCluster_Node.State; 2 is paused by somebody, 3 on its way back."""
FAILED = 4
"""MSCluster_Resource.State"""


class Failed(Record, frozen=True):
    """A part of the cluster that it could not bring back, and the role that it belongs to."""

    name: str
    role: str = ""


class Cluster(Record, frozen=True):
    """What the cluster lacks."""

    down: tuple[str, ...] = ()
    """members that are away"""
    failed: tuple[Failed, ...] = ()


def cluster(host: Host) -> Cluster:
    """Ask the cluster; INAPPLICABLE where the server takes part in none."""
    if not services.units(host, SERVICE)[SERVICE].running:
        raise ProbeError(Reason.INAPPLICABLE, "this computer takes part in no cluster")
    nodes = host.wmi("MSCluster_Node", *NODE, namespace=SPACE)
    parts = host.wmi("MSCluster_Resource", *RESOURCE, namespace=SPACE)
    down = tuple(str(row["Name"]) for row in nodes if row.get("State") == DOWN and row.get("Name"))
    for name in down:
        host.private("host", name)
    failed = (Failed(str(row["Name"]), str(row.get("OwnerGroup") or "")) for row in parts if row.get("State") == FAILED)
    return Cluster(down, tuple(failed))
