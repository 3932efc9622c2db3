"""An adapter in use has an address from the network, with a plausible netmask."""

import ipaddress
from collections.abc import Iterator
from functools import partial

from techkit import Check, Fact, Finding, Host, Reason, Record, Unseen, attempt, critical, warning
from techkit.readings.network import connectivity, interfaces, leases, managers, resolvers

BLOCKS = tuple(ipaddress.ip_network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
"""Private networks, RFC 1918: none is larger."""


class Seen(Record, frozen=True):
    """The usable adapters, their addresses, the name servers where these are known, and who sets the adapters up."""

    adapters: tuple[str, ...]
    addresses: tuple[interfaces.Address, ...]
    servers: tuple[str, ...] | None = ()
    unit: str | None = None
    lease: int | None = None
    """what Windows wrote when it last asked for an address, where it has none"""


def probe(host: Host) -> Seen:
    """Ask for the addresses of the adapters that have a link, and of what stands on them."""
    usable = [adapter for adapter in interfaces.adapters(host) if adapter.usable]
    leading = interfaces.leading(host, usable)
    found = tuple(address for address in interfaces.addresses(host) if address.interface in leading)
    servers = attempt(partial(resolvers.servers, host), None, Reason.FORBIDDEN, Reason.MISSING, Reason.UNREADABLE)
    given = any(address.ip.version == 4 and not address.automatic for address in found)
    return Seen(
        tuple(adapter.name for adapter in usable),
        found,
        servers,
        managers.unit(host, usable),
        None if given or not usable else leases.last(host),
    )


def judge(seen: Seen, _: None) -> Iterator[Finding | Unseen]:
    """Alarm where version 4 is expected, or nothing else is there, and no address of it was given."""
    if not seen.adapters:
        return
    four = [address for address in seen.addresses if address.ip.version == 4]
    six = [address for address in seen.addresses if address.ip.version == 6 and not address.ip.is_link_local]
    if any(not address.automatic for address in four):
        yield from _too_wide(seen, four)
        return
    first, servers = seen.adapters[0], seen.servers or ()
    if six and not resolvers.expect_four(servers):  # a network of version 6 alone, as far as the servers are known
        if seen.servers is None:
            yield Unseen(first, Reason.UNREADABLE)
        return
    facts: dict[str, Fact] = {"interface": first, "adapters": seen.adapters, "unit": seen.unit, "servers": servers}
    facts["lease"] = seen.lease
    if four:
        yield critical("automatic", first, **facts, given=four[0].address)
    else:
        yield critical("none", first, **facts)


def _too_wide(seen: Seen, four: list[interfaces.Address]) -> Iterator[Finding]:
    """A netmask that covers a part of the internet."""
    for one in four:
        block = next((block for block in BLOCKS if one.ip in block), None)
        if block and 0 < one.prefix < block.prefixlen:
            facts: dict[str, Fact] = {"interface": one.interface, "own": one.address, "prefix": one.prefix}
            yield warning("wide", one.interface, **facts, limit=block.prefixlen, unit=seen.unit)


CHECK = Check(
    probe=probe,
    judge=judge,
    limits=None,
    core=True,
    blocked_by=connectivity.NO_LINK,
)
