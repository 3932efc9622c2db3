"""The radio signal is strong enough."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, ProbeError, Reason, Record, Unseen, info, warning
from techkit.readings import links


class Limits(Record, frozen=True):
    """In dBm: from here calls suffer, and from here everything does."""

    fair: int = -72
    weak: int = -80


def probe(host: Host) -> tuple[links.Link, ...]:
    """Read the signal of every radio link in use."""
    found = tuple(link for link in links.read(host) if link.signal is not None)
    if not found:
        raise ProbeError(Reason.INAPPLICABLE, "no Wi-Fi in use")
    return found


def judge(seen: tuple[links.Link, ...], limits: Limits) -> Iterator[Finding | Unseen]:
    """A weak signal is an alarm, a fair one a note."""
    for link in seen:
        if link.signal is not None and link.signal <= limits.weak:
            yield warning("weak", link.interface, interface=link.interface, signal=link.signal, limit=limits.weak)
        elif link.signal is not None and link.signal <= limits.fair:
            yield info("fair", link.interface, interface=link.interface, signal=link.signal, limit=limits.fair)


CHECK = Check(probe=probe, judge=judge, limits=Limits(), systems=("linux",))
