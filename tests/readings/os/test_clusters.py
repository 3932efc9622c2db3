"""A failover cluster by rows in the form of its classes."""

from __future__ import annotations

import pytest
from hosts import MACHINE, given

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.os import clusters, services
from techkit.readings.os.clusters import Cluster, Failed

SERVICES = ("wmi", "root\\cimv2", "Win32_Service", services.ROWS, "")
NODES = ("wmi", clusters.SPACE, "MSCluster_Node", clusters.NODE, "")
PARTS = ("wmi", clusters.SPACE, "MSCluster_Resource", clusters.RESOURCE, "")
WINDOWS = {("machine",): MACHINE | {"system": "windows"}, SERVICES: [{"Name": "ClusSvc", "State": "Running"}]}


def test_what_a_cluster_lacks() -> None:
    nodes = [{"Name": f"CL-{number}", "State": number} for number in range(4)]
    parts = [
        {"Name": "SQL Server", "OwnerGroup": "SQL", "State": 4},
        {"Name": "Witness", "OwnerGroup": "Cluster Group", "State": 2},
        {"Name": "Old", "OwnerGroup": None, "State": 3},
        {"Name": "Alone", "OwnerGroup": None, "State": 4},
    ]
    host = given(WINDOWS | {NODES: nodes, PARTS: parts})
    assert clusters.cluster(host) == Cluster(("CL-1",), (Failed("SQL Server", "SQL"), Failed("Alone")))
    assert "CL-1" in {one.value for one in host.privates}


def test_most_servers_take_part_in_none() -> None:
    with pytest.raises(ProbeError) as caught:
        clusters.cluster(given(WINDOWS | {SERVICES: [{"Name": "Dhcp", "State": "Running"}]}))
    assert caught.value.reason is Reason.INAPPLICABLE
