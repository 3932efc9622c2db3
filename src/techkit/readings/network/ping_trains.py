"""Trains of small packets to the router and beyond: loss, latency, jitter."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from techkit.host import Answer, ProbeError, attempt
from techkit.model import Reason, Record
from techkit.readings.network import routes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from techkit.host import Host

ECHO, CONNECTION = "echo", "connection"
ROUTER_PORTS = (53, 80, 443)
ROUTER_ECHOES, ECHOES, KNOCKS = 40, 40, 40
PACE = 0.01
"""Seconds from one echo to the next."""
TARGETS = 2
"""Hosts beyond the router that get echoes; all get connections if echoes are in doubt."""
DOUBTFUL = 0.03
"""Share of lost echoes from which connections are tried too."""


class Train(Record, frozen=True):
    """One train to one host; times in milliseconds, None without an answer."""

    address: str
    by: str
    """echo or connection"""
    sent: int
    received: int
    median: float | None = None
    jitter: float | None = None
    """the usual difference from one answer to the next"""

    @property
    def lost(self) -> float:
        """The share that was not answered."""
        return 1 - self.received / self.sent if self.sent else 0.0


class Trains(Record, frozen=True):
    """The trains to the router, and beyond it."""

    router: tuple[Train, ...] = ()
    beyond: tuple[Train, ...] = ()
    interface: str | None = None
    gateway: str | None = None


def ask(host: Host) -> Trains:
    """Send echoes to all at once; if some or all are lost, verify with connections."""
    gateways = attempt(partial(routes.default_gateways, host), (), Reason.MISSING, Reason.UNREADABLE)
    first = next((one for one in gateways if one.version == 4 and one.address), None)
    gate = first.address if first else ""
    targets = [(one["address"], one["port"]) for one in host.site()["addresses"] if ":" not in one["address"]]
    echoes = [(gate, ECHO, partial(host.pings, gate, ROUTER_ECHOES, PACE))] if gate else []
    echoes += [(address, ECHO, partial(host.pings, address, ECHOES, PACE)) for address, _ in targets[:TARGETS]]
    trains = _send(host, echoes)
    if doubted := {train.address for train in trains if train.lost > DOUBTFUL}:
        knocks = [(gate, port) for port in ROUTER_PORTS if gate in doubted] + targets
        trains += _send(host, [(to, CONNECTION, partial(host.knocks, to, port, KNOCKS)) for to, port in knocks])
    if not any(train.received for train in trains):
        raise ProbeError(Reason.TIMEOUT, ", ".join(address for address, _ in targets))
    return Trains(
        router=tuple(train for train in trains if train.address == gate),
        beyond=tuple(train for train in trains if train.address != gate),
        interface=first.interface if first else None,
        gateway=gate or None,
    )


def _send(host: Host, questions: Sequence[tuple[str, str, Callable[[], Answer]]]) -> list[Train]:
    """Ask in parallel; a host that could not be asked has no train."""
    answers = host.side_by_side(question for _, _, question in questions)
    return [
        _train(address, by, answer)
        for (address, by, _), answer in zip(questions, answers, strict=True)
        if not isinstance(answer, ProbeError) and not answer.get("refused")
    ]


def _train(address: str, by: str, answer: Answer) -> Train:
    times = answer["milliseconds"]
    steps = [abs(later - sooner) for sooner, later in pairwise(times)]
    return Train(
        address=address,
        by=by,
        sent=answer["sent"],
        received=answer["received"],
        median=round(median(times), 1) if times else None,
        jitter=round(median(steps), 1) if steps and by == ECHO else None,
    )


def heard(trains: Iterable[Train], by: str) -> tuple[Train, ...]:
    """The trains with any answer: a silent host is filtered, not lossy."""
    return tuple(train for train in trains if train.by == by and train.received)


def loss(trains: Iterable[Train]) -> float | None:
    """The share of all packets that was lost; None without any."""
    every = tuple(trains)
    sent = sum(train.sent for train in every)
    return 1 - sum(train.received for train in every) / sent if sent else None
