"""No restart is pending."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, info, warning
from techkit.readings.os import reboots


def probe(host: Host) -> tuple[reboots.Reason, ...]:
    """Ask for every sign that something waits for a restart."""
    return reboots.windows(host) if host.system == "windows" else reboots.linux(host)


def judge(seen: tuple[reboots.Reason, ...], _: None) -> Iterator[Finding]:
    """One finding for all signs; pending file renames are a note, because programs leave them all the time."""
    strong = [reason for reason in seen if not reason.weak]
    if strong and all(reason.sign in reboots.NAMES for reason in strong):
        yield warning("renamed", "-", signs=tuple(reason.sign for reason in strong))
    elif strong:
        yield warning(
            "pending",
            "-",
            packages=tuple(dict.fromkeys(package for reason in strong for package in reason.packages)),
            signs=tuple(reason.sign for reason in strong),
        )
    elif seen:
        yield info("files_waiting", "-", signs=tuple(reason.sign for reason in seen))


CHECK = Check(probe=probe, judge=judge, limits=None)
