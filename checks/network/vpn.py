"""Every VPN or dial-up connection tried today has come up."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, Unseen, info, warning
from techkit.readings.network import dial_up
from techkit.readings.network.dial_up import Lines


def probe(host: Host) -> Lines:
    """Ask Windows about its own VPN connections, and for the adapters of third-party ones."""
    return dial_up.lines(host)


def judge(seen: Lines, _: None) -> Iterator[Finding | Unseen]:
    """Refused, no answer, or another error; an idle VPN may be intended."""
    for one in seen.failures:
        facts: dict[str, Fact] = {"connection": one.connection, "error": one.error}
        facts |= {"count": one.count, "when": one.time}
        if one.error in dial_up.SIGN_IN:
            yield warning("refused", one.connection, **facts)
        elif one.error in dial_up.NO_ANSWER:
            yield warning("no_answer", one.connection, **facts)
        else:
            yield warning("failing", one.connection, **facts)
    for adapter in seen.resting:
        yield info("resting", adapter, adapter=adapter)
    yield from seen.unseen


CHECK = Check(probe=probe, judge=judge, limits=None, systems=("windows",))
