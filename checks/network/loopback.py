"""The loopback interface is up, has its address and works."""

from collections.abc import Iterator
from functools import partial

from techkit import Check, Finding, Host, Reason, Record, attempt, critical
from techkit.readings.network import interfaces

ADDRESS = "127.0.0.1"
DISCARD = 9
"""A port on which nothing listens; a refusal is an answer too."""


class Seen(Record, frozen=True):
    """The loopback interface and what a connection to it came to."""

    up: bool = True
    addressed: bool = True
    state: str = "refused"


def probe(host: Host) -> Seen:
    """Read its flags and addresses; knock where it is on."""
    up, addressed = interfaces.loopback(host, ADDRESS)
    if not (up and addressed):
        return Seen(up, addressed)
    said = attempt(partial(host.connect, ADDRESS, DISCARD, timeout=0.5), {"state": "timeout"}, Reason.TIMEOUT)
    return Seen(state=said["state"])


def judge(seen: Seen, _: None) -> Iterator[Finding]:
    """Down, without its address, or blocked."""
    facts = {"interface": interfaces.LOOPBACK, "address": ADDRESS}
    if not seen.up:
        yield critical("off", interfaces.LOOPBACK, **facts)
    elif not seen.addressed:
        yield critical("no_address", interfaces.LOOPBACK, **facts)
    elif seen.state == "timeout":
        yield critical("shut", interfaces.LOOPBACK, **facts)


CHECK = Check(probe=probe, judge=judge, limits=None, systems=("linux",))
