"""The system's log can be read and takes new entries."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, ProbeError, Reason, Record, warning
from techkit.readings.os import journals, services


class Seen(Record, frozen=True):
    """Files of the log that cannot be read, and logs that take nothing more."""

    damaged: tuple[journals.Damaged, ...] = ()
    full: tuple[journals.Full, ...] = ()


def probe(host: Host) -> Seen:
    """Look at the files of systemd's journal, or at the sizes of Windows' event logs."""
    if host.system == "windows":
        return Seen(full=journals.full(host))
    if not services.has_systemd(host) or not host.exists(journals.FOLDER):
        raise ProbeError(Reason.INAPPLICABLE, "no journal is kept on this machine")
    return Seen(journals.damaged(host))


def judge(seen: Seen, _: None) -> Iterator[Finding]:
    """One finding for each damaged file and each full log."""
    for file in seen.damaged:
        yield warning("corrupt", file.path.rpartition("/")[2], path=file.path, why=file.why)
    for log in seen.full:
        yield warning("full", log.log, log=log.log, size=log.size, limit=log.limit)


CHECK = Check(probe=probe, judge=judge, limits=None)
