"""Name resolution is configured."""

from collections.abc import Iterator
from functools import partial

from techkit import Check, Fact, Finding, Host, Reason, Record, attempt, critical
from techkit.readings.network import resolvers, routes

LOOPBACK = "127.0.0.1"
"""What the C library asks where no server is named."""


class Seen(Record, frozen=True):
    """What is set up for names; `local`: a resolver on this machine answers though none is named."""

    servers: tuple[str, ...]
    wrong: tuple[str, ...] = ()
    present: bool = True
    link: str = ""
    local: bool = False
    asks: bool = True
    gateway: str | None = None
    folder: bool = False
    file: str = resolvers.RESOLV_CONF


def probe(host: Host) -> Seen:
    """Read the configuration; probe a local resolver only if no server is named."""
    ways = attempt(partial(routes.default_gateways, host), (), Reason.MISSING, Reason.UNREADABLE)
    gateway = next((one.address for one in ways if one.version == 4 and one.address), None)
    if host.system == "windows":
        return Seen(resolvers.servers(host), gateway=gateway, file="")
    found = resolvers.resolv_conf(host)
    name = next(iter(host.site()["names"]), "localhost")
    local = not found.servers and host.dns(LOOPBACK, name, timeout=1)["state"] == "answered"
    return Seen(
        servers=found.servers,
        wrong=found.wrong,
        present=found.present,
        link=found.link,
        local=local,
        asks=resolvers.asks_servers(host),
        gateway=gateway,
        folder=found.folder,
    )


def judge(seen: Seen, _: None) -> Iterator[Finding]:
    """No server to ask, or servers that are never asked."""
    facts: dict[str, Fact] = {
        "file": seen.file,
        "link": seen.link,
        "wrong": seen.wrong,
        "gateway": seen.gateway,
    }
    if not seen.servers and not seen.local:
        if not seen.file:
            yield critical("unset", "-", gateway=seen.gateway)
        elif seen.folder:
            yield critical("folder", seen.file, file=seen.file, gateway=seen.gateway)
        elif seen.wrong and all(word.endswith("\r") for word in seen.wrong):
            servers = tuple(word.strip() for word in seen.wrong)
            yield critical("line_ends", seen.file, **facts | {"wrong": servers})
        elif seen.wrong:
            yield critical("mistyped", seen.file, **facts)
        else:
            yield critical("empty", seen.file, **facts, present=seen.present, unit=resolvers.writer(seen.link) or None)
    elif not seen.asks:
        yield critical("bypassed", resolvers.NSSWITCH, file=resolvers.NSSWITCH, servers=seen.servers)


CHECK = Check(probe=probe, judge=judge, limits=None, core=True)
