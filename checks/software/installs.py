"""Programs that are set up on Windows do not fail again and again."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, Record, warning
from techkit.readings.software import installs
from techkit.readings.software.installs import Failed


class Limits(Record, frozen=True):
    """How often in a week one program may fail to be set up before it is no accident."""

    often: int = 3
    most: int = 5


def probe(host: Host) -> tuple[Failed, ...]:
    """Ask the log of the installer."""
    return installs.failed(host)


def judge(seen: tuple[Failed, ...], limits: Limits) -> Iterator[Finding]:
    """One finding for each program, the last number first of all."""
    for one in [failed for failed in seen if failed.count >= limits.often][: limits.most]:
        facts: dict[str, Fact] = {"program": one.program, "version": one.version, "status": one.status}
        yield warning("failing", one.program, **facts, count=one.count, when=one.time)


CHECK = Check(probe=probe, judge=judge, limits=Limits(), systems=("windows",))
