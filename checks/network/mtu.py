"""Packets of the usual size get through."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, Record, critical, warning
from techkit.readings.network import connectivity, packet_sizes

USUAL = 1500


class Limits(Record, frozen=True):
    """In bytes."""

    small: int = 1280  # what version 6 needs, RFC 8200


def probe(host: Host) -> packet_sizes.Sizes:
    """Read the MTU of the adapters, and send packets of that size."""
    return packet_sizes.seen(host)


def judge(seen: packet_sizes.Sizes, limits: Limits) -> Iterator[Finding]:
    """A black hole: small packets of both kinds pass, large ones of neither do."""
    for link in seen.links:
        if link.mtu < limits.small:
            where = link.interface
            yield warning("small", where, interface=where, mtu=link.mtu, limit=limits.small, usual=USUAL)
    if seen.stuck and not seen.through and not seen.large and (seen.small or len(seen.stuck) > 1):
        yield critical(
            "blackhole",
            seen.interface,
            interface=seen.interface,
            mtu=seen.mtu,
            passes=seen.passes or limits.small,
            measured=seen.passes is not None,
            targets=seen.small,
            first=next(iter(seen.small), seen.stuck[0]),
            stuck=seen.stuck,
        )


CHECK = Check(
    probe=probe,
    judge=judge,
    limits=Limits(),
    blocked_by=connectivity.NO_LINK,
)
