"""Name servers answer promptly and correctly: each is asked separately."""

from collections.abc import Iterator
from typing import Any

from techkit import Check, Finding, Host, Record, critical, warning
from techkit.readings.network import connectivity, name_servers


class Limits(Record, frozen=True):
    """The median from which a server is slow; an uncached name may take half a second."""

    slow: float = 1000  # milliseconds


def probe(host: Host) -> name_servers.Names:
    """Ask every server of this machine by itself."""
    return name_servers.asked(host)


def judge(seen: name_servers.Names, limits: Limits) -> Iterator[Finding]:
    """A fault of all servers hurts now, unless names are found another way; a fault of one will hurt."""
    answering = [server for server in seen.servers if server.answers]
    finding = [server for server in answering if server.finds]
    quiet = [server for server in seen.servers if not server.answers]
    denying = [server for server in answering if not server.finds and server.denies]

    if not answering and not seen.resolved:
        if all(server.rejects for server in quiet):
            yield critical("refused", _subject(quiet), **_facts(quiet))
        else:
            yield critical("silent", _subject(quiet), **_facts(quiet))
        return
    if denying and not seen.resolved:
        yield critical("negative", _subject(denying), **_facts(denying))
    elif not finding and not seen.resolved:
        yield critical("failing", _subject(answering), **_facts(answering))
    elif missed := [server for server in quiet if not server.of_another_family]:
        yield warning("partial", _subject(missed), **_facts(missed))

    if slow := [server for server in finding if server.median > limits.slow]:
        yield warning("slow", _subject(slow), **_facts(slow), limit=limits.slow)
    lying = [server for server in finding if server.lies]
    if lying:
        yield _lie(lying)


def _lie(lying: list[name_servers.Server]) -> Finding:
    invented = {address for server in lying for reply in server.invented for address in reply.addresses}
    real = {address for server in lying for reply in server.replies for address in reply.addresses}
    facts = _facts(lying) | {
        "invented": tuple(reply.name for reply in lying[0].invented),
        "answered": tuple(sorted(invented)),
    }
    if real <= invented:
        return critical("captured", _subject(lying), **facts)
    return warning("hijacked", _subject(lying), **facts)


def _subject(servers: list[name_servers.Server]) -> str:
    return ", ".join(server.address for server in servers)


def _facts(servers: list[name_servers.Server]) -> dict[str, Any]:
    replies = [reply for server in servers for reply in server.replies]
    return {
        "servers": tuple(server.address for server in servers),
        "server": next((server.address for server in servers), None),
        "names": tuple(dict.fromkeys(reply.name for reply in replies)),
        "first": next((reply.name for reply in replies), None),
        "milliseconds": max((server.median for server in servers), default=0),
        "code": next((reply.code for reply in replies if reply.code), ""),
        "state": next((reply.state for reply in replies), ""),
    }


CHECK = Check(
    probe=probe,
    judge=judge,
    limits=Limits(),
    core=True,
    blocked_by=(*connectivity.NO_ADDRESS, "network.gateway.none", *connectivity.NO_RESOLVER),
)
