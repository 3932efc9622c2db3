"""Every VPN or line that somebody has dialled today has come up."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, warning
from techkit.readings import dialled
from techkit.readings.dialled import Failure


def probe(host: Host) -> tuple[Failure, ...]:
    """Ask Windows what became of the connections that it dials itself; other makers' clients dial by themselves."""
    return dialled.failures(host)


def judge(seen: tuple[Failure, ...], _: None) -> Iterator[Finding]:
    """Not let in, no answer, or another error."""
    for one in seen:
        facts: dict[str, Fact] = {"connection": one.connection, "error": one.error}
        facts |= {"count": one.count, "when": one.time}
        if one.error in dialled.SIGN_IN:
            yield warning("refused", one.connection, **facts)
        elif one.error in dialled.NO_ANSWER:
            yield warning("no_answer", one.connection, **facts)
        else:
            yield warning("failing", one.connection, **facts)


CHECK = Check(probe=probe, judge=judge, limits=None, systems=("windows",))
