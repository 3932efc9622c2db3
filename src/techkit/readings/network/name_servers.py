"""What each name server answers for names that exist and for names that do not."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from techkit.host import Answer, ProbeError
from techkit.model import Reason, Record
from techkit.readings.network import connectivity, resolvers

if TYPE_CHECKING:
    from techkit.host import Host

INVENTED = "no-such-name-techkit"
PATIENCE = 2.5
"""Seconds for the system's own resolver, which retries silent servers."""
DENIED = {"NXDOMAIN", "NOERROR"}
REJECTED = {"refused", "unreachable"}


class Reply(Record, frozen=True):
    """What one server said of one name."""

    name: str
    state: str
    """answered, timeout, refused, unreachable or broken"""
    code: str = ""
    """NOERROR, NXDOMAIN, SERVFAIL, …"""
    addresses: tuple[str, ...] = ()
    milliseconds: float = 0


class Server(Record, frozen=True):
    """One server: its replies for names that exist, and for invented ones."""

    address: str
    replies: tuple[Reply, ...]
    invented: tuple[Reply, ...] = ()

    @property
    def answers(self) -> bool:
        """Whether it said anything at all."""
        return any(reply.state == "answered" for reply in self.replies)

    @property
    def finds(self) -> bool:
        """Whether it knows any of the names that exist."""
        return any(reply.addresses for reply in self.replies)

    @property
    def denies(self) -> bool:
        """Whether it denies every name, or gives no address."""
        return all(reply.code in DENIED for reply in self.replies if reply.state == "answered")

    @property
    def rejects(self) -> bool:
        """Whether it refuses every query."""
        return all(reply.state in REJECTED for reply in self.replies)

    @property
    def of_another_family(self) -> bool:
        """Whether it uses an IP version that this network lacks, which does no harm."""
        return ":" in self.address and all(reply.state == "unreachable" for reply in self.replies)

    @property
    def median(self) -> float:
        """How long it usually takes, in milliseconds; 0 where it has not answered."""
        times = sorted(reply.milliseconds for reply in self.replies if reply.state == "answered")
        return times[len(times) // 2] if times else 0

    @property
    def lies(self) -> bool:
        """Whether it gives addresses even for names that do not exist."""
        return bool(self.invented) and all(reply.addresses for reply in self.invented)


class Names(Record, frozen=True):
    """Every server, and whether this machine resolves the names anyway."""

    servers: tuple[Server, ...]
    resolved: bool = False


def asked(host: Host) -> Names:
    """Ask each server for three names that exist and two that do not, all side by side.

    A server that could not be asked is left out. The invented names are below domains of two owners, because one
    may have a wildcard record.
    """
    known = tuple(host.site()["names"][:3])
    if not known:
        raise ProbeError(Reason.INAPPLICABLE, "no names configured")
    servers = resolvers.servers(host)
    if not servers:
        raise ProbeError(Reason.MISSING, "nameserver")
    invented = tuple(f"{INVENTED}.{name}" for name in known[:2])
    questions = [
        *(((server, name), partial(host.dns, server, name)) for server in servers for name in known + invented),
        *((("", name), partial(host.resolve, name, timeout=PATIENCE)) for name in known),
    ]
    said = dict(connectivity.ask(host, questions))
    heard = tuple(
        Server(server, replies, _of(said, server, invented))
        for server in servers
        if (replies := _of(said, server, known))
    )
    if not heard:
        raise ProbeError(Reason.UNREADABLE, ", ".join(servers))
    return Names(
        heard,
        resolved=any(answer.get("addresses") for (server, _), answer in said.items() if not server),
    )


def _of(said: dict[tuple[str, str], Answer], server: str, names: tuple[str, ...]) -> tuple[Reply, ...]:
    replies = ((name, said[server, name]) for name in names if (server, name) in said)
    return tuple(
        Reply(
            name,
            answer["state"],
            answer.get("code") or "",
            tuple(answer.get("addresses") or ()),
            answer.get("milliseconds") or 0,
        )
        for name, answer in replies
    )
