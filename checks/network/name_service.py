"""A server that answers for names serves all its zones and reaches those that it asks itself."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, Unseen, info, warning
from techkit.readings.network import connectivity, name_service
from techkit.readings.network.name_service import NameService

SUBJECT = "forwarders"


def probe(host: Host) -> NameService:
    """Ask the server about itself and question those that it asks."""
    return name_service.name_service(host)


def judge(seen: NameService, _: None) -> Iterator[Finding | Unseen]:
    """Zones that nobody gets, zones that are older than their file, and forwarders that are silent."""
    for zone in seen.zones:
        if zone.served:
            yield warning("zone_old", zone.name, zone=zone.name)
        else:
            yield warning("zone_missing", zone.name, zone=zone.name, why=zone.why)
    silent = tuple(one.address for one in seen.forwarders if one.state != "answered")
    if silent and len(silent) == len(seen.forwarders):
        yield warning("forwarders_silent", SUBJECT, servers=silent, only=seen.only)
    elif silent:
        right = tuple(one.address for one in seen.forwarders if one.address not in silent)
        yield info("forwarder_silent", ", ".join(silent), servers=silent, right=right)
    yield from seen.unseen


CHECK = Check(
    probe=probe,
    judge=judge,
    limits=None,
    blocked_by=(*connectivity.NO_LINK, "network.address.none", "network.gateway.none"),
)
