"""A sign-in finds its programs and does not end at once."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, Reason, Unseen, critical
from techkit.readings.os import login_environment
from techkit.readings.os.login_environment import Spoilt


def probe(host: Host) -> tuple[Spoilt, ...]:
    """Read the files that every session starts with."""
    return login_environment.spoilt(host)


def judge(seen: tuple[Spoilt, ...], _: None) -> Iterator[Finding | Unseen]:
    """One finding for each file."""
    for one in seen:
        if one.why == "shut":
            yield Unseen(one.file, Reason.FORBIDDEN)
        elif one.why == "path":
            yield critical("no_programs", one.file, file=one.file, line=one.line)
        else:
            yield critical("ends", one.file, file=one.file, line=one.line, number=one.number)


CHECK = Check(probe=probe, judge=judge, limits=None, systems=("linux",))
