"""Windows shows correctly whether there is internet, and its network stack has no foreign parts."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, Reason, Unseen, info, warning
from techkit.readings.network import winsock


def probe(host: Host) -> winsock.Stack:
    """Read what the registry says of it."""
    return winsock.read(host)


def judge(seen: winsock.Stack, _: None) -> Iterator[Finding | Unseen]:
    """Third-party parts are a note: some antiviruses and VPNs still use them."""
    if not seen.probing and not seen.policy:
        yield warning("probing_off", "NCSI", value=0)
    elif seen.shown_offline:
        yield warning("shown_offline", "NCSI")
    if seen.foreign:
        yield info("foreign", seen.foreign[0], file=seen.foreign[0], files=seen.foreign)
    if not seen.listed:
        yield Unseen("Winsock", Reason.MISSING)


CHECK = Check(probe=probe, judge=judge, limits=None, systems=("windows",))
