"""The servers that this machine depends on resolve to working addresses."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, ProbeError, Reason, Record, critical
from techkit.readings.network import connectivity, proxies, required_servers, resolvers
from techkit.readings.network.required_servers import Doubt


class Lookups(Record, frozen=True):
    """The servers that are looked for at a wrong address, and whom this machine asks for names."""

    doubts: tuple[Doubt, ...] = ()
    servers: tuple[str, ...] = ()
    answering: str = ""
    """a name server that answers although programs find no name"""
    name: str = ""
    options: str = ""


def probe(host: Host) -> Lookups:
    """Connect to each; nothing is asked behind a proxy, which resolves names itself."""
    if proxies.configured(host).proxies:
        raise ProbeError(Reason.INAPPLICABLE, "proxy")
    if host.system == "linux" and (found := resolvers.unheard(host)):
        return Lookups((), resolvers.servers(host), *found, options=resolvers.options(host))
    doubts = required_servers.doubts(host)
    return Lookups(doubts, resolvers.servers(host) if doubts else ())


def judge(seen: Lookups, _: None) -> Iterator[Finding]:
    """One finding for each wrong address; one if programs find no address at all."""
    if seen.answering:
        yield critical(
            "failing", seen.answering, server=seen.answering, first=seen.name, options=seen.options or None,
            file=resolvers.RESOLV_CONF,
        )  # fmt: skip
    by_address: dict[tuple[str, ...], list[Doubt]] = {}
    for doubt in seen.doubts:
        by_address.setdefault(doubt.wrong, []).append(doubt)
    for wrong, doubts in by_address.items():
        names = tuple(doubt.name for doubt in doubts)
        facts: dict[str, Fact] = {
            "names": names,
            "wrong": wrong,
            "right": doubts[0].right,
            "servers": seen.servers,
            "first": names[0],
        }
        yield critical("wrong", ", ".join(wrong), **facts)


CHECK = Check(
    probe=probe,
    judge=judge,
    limits=None,
    blocked_by=(
        *connectivity.NO_NAMES,
        "network.dns.captured",
        "network.internet.unreachable",
        "network.internet.blocked",
    ),
)
