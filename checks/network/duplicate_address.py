"""Nobody else in the segment uses the addresses of this machine."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, Unseen, critical, warning
from techkit.readings.network import address_conflicts, connectivity


def probe(host: Host) -> tuple[address_conflicts.Claim, ...]:
    """Ask the segment who else has our addresses."""
    return address_conflicts.asked(host)


def judge(seen: tuple[address_conflicts.Claim, ...], _: None) -> Iterator[Finding | Unseen]:
    """An address that two use at once, or did recently, or that the system does not use because of that."""
    for claim in seen:
        facts = {"interface": claim.interface, "address": claim.address}
        if claim.unseen:
            yield Unseen(claim.address, claim.unseen)
        elif claim.met and not claim.taken:
            yield warning("clashed", claim.address, **facts, mac=claim.others[0], when=claim.met)
        elif claim.others and not claim.taken:
            yield critical("shared", claim.address, **facts, mac=claim.others[0], others=claim.others)
        elif claim.taken:
            yield critical("taken", claim.address, **facts)


CHECK = Check(
    probe=probe,
    judge=judge,
    limits=None,
    blocked_by=connectivity.NO_LINK,
)
