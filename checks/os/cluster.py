"""A failover cluster has all its members, and runs all that it is to run."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, critical, warning
from techkit.readings.os import clusters
from techkit.readings.os.clusters import Cluster


def probe(host: Host) -> Cluster:
    """Ask the cluster that this server takes part in."""
    return clusters.cluster(host)


def judge(seen: Cluster, _: None) -> Iterator[Finding]:
    """What it could not bring back hurts now; a member that is away is missed when the next one fails."""
    for one in seen.failed:
        yield critical("resource_failed", one.name, resource=one.name, role=one.role or None)
    for name in seen.down:
        yield warning("member_away", name, member=name)


CHECK = Check(probe=probe, judge=judge, limits=None, systems=("windows",))
