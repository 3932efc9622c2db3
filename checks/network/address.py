"""An address that the network gave, on an adapter that is in use."""

import ipaddress
from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, Record, critical
from techkit.readings import interfaces, managers, resolvers


class Seen(Record, frozen=True):
    """The usable adapters, their addresses, the name servers, and who sets the adapters up."""

    adapters: tuple[str, ...]
    addresses: tuple[interfaces.Address, ...]
    servers: tuple[str, ...] = ()
    unit: str | None = None


def probe(host: Host) -> Seen:
    """Ask for the addresses of the adapters that have a link."""
    usable = [adapter for adapter in interfaces.adapters(host) if adapter.usable]
    names = tuple(adapter.name for adapter in usable)
    found = tuple(address for address in interfaces.addresses(host) if address.interface in names)
    return Seen(names, found, resolvers.servers(host), managers.unit(host, usable))


def judge(seen: Seen, _: None) -> Iterator[Finding]:
    """Alarm where version 4 is expected, or nothing else is there, and no address of it was given."""
    if not seen.adapters:
        return
    four = [address for address in seen.addresses if address.ip.version == 4]
    six = [address for address in seen.addresses if address.ip.version == 6 and not address.ip.is_link_local]
    if any(not address.automatic for address in four):
        return
    if six and not any(expects_four(server) for server in seen.servers):
        return  # a network of version 6 alone
    first = seen.adapters[0]
    facts: dict[str, Fact] = {"interface": first, "adapters": seen.adapters, "unit": seen.unit, "servers": seen.servers}
    if four:
        yield critical("automatic", first, **facts, given=four[0].address)
    else:
        yield critical("none", first, **facts)


def expects_four(server: str) -> bool:
    """Whether a name server can be reached over version 4 alone, elsewhere than on this machine."""
    ip = ipaddress.ip_address(server.partition("%")[0])
    return ip.version == 4 and not ip.is_loopback


CHECK = Check(
    probe=probe,
    judge=judge,
    limits=None,
    core=True,
    blocked_by=(
        "network.adapter.absent",
        "network.adapter.disabled",
        "network.adapter.disconnected",
        "network.adapter.unplugged",
    ),
)
