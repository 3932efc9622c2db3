"""Windows answers questions about itself."""

import re
from collections.abc import Iterator

from techkit import Check, Finding, Host, ProbeError, Reason, Record, warning

SUBJECT = "WMI"
ALWAYS = "Win32_OperatingSystem"
"""A class that has exactly one row on every Windows."""


class Seen(Record, frozen=True):
    """Whether it answered; `code`: its error number, empty if there was none."""

    answered: bool
    code: str = ""


def probe(host: Host) -> Seen:
    """Ask for a class that always answers; a timeout proves nothing on a busy PC."""
    try:
        return Seen(bool(host.wmi(ALWAYS, "BuildNumber")))
    except ProbeError as error:
        if error.reason is not Reason.UNREADABLE:
            raise
        number = re.search(r"0x[0-9A-Fa-f]{8}", error.detail)
        return Seen(answered=False, code=number[0].lower() if number else "")


def judge(seen: Seen, _: None) -> Iterator[Finding]:
    """Broken: this may explain what other checks could not see."""
    if not seen.answered:
        yield warning("broken", SUBJECT, code=seen.code or None, name=ALWAYS)


CHECK = Check(probe=probe, judge=judge, limits=None, systems=("windows",))
