"""No log grows until its volume is full."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, GiB, Host, MiB, Reason, Record, Severity, Unseen, info, warning
from techkit.readings.disk import logrotate, logs


class Limits(Record, frozen=True):
    """Sizes, and shares of a volume, above which a log is too big; `tight`, `full` and `floor` as in disk.space."""

    unruled: int = 100 * MiB
    ruled: int = GiB
    folder: int = 5 * GiB
    journal: int = 4 * GiB + 512 * MiB
    any: int = 20 * GiB
    share: float = 0.25
    ruled_share: float = 0.05
    filled: float = 0.3
    tight: float = 0.10
    full: float = 0.05
    floor: int = 20 * GiB
    idle: float = 30


def probe(host: Host) -> tuple[logs.Log, ...]:
    """Search the log folders, and each volume that is short of space."""
    return logs.logs(host)


def judge(seen: tuple[logs.Log, ...], limits: Limits) -> Iterator[Finding | Unseen]:
    """Filled: its volume is short of space because of it; huge: soon will be; unrotated: nothing limits it."""
    for log in seen:
        share = log.size / log.total if log.total else 0.0
        facts: dict[str, Fact] = {
            "volume": log.volume, "file": log.file, "size": log.size, "share": share, "total": log.total,
            "free": log.free, "rule": log.rule or None, "rule_file": log.rule_file or None,
        }  # fmt: skip
        tight = log.free < limits.floor and log.free < log.total * limits.tight
        if tight and log.size >= (log.total - log.free) * limits.filled:
            yield _filled(log, facts, limits)
        elif log.journal:
            if log.size >= limits.journal:
                yield warning("journal", log.file, **facts, limit=limits.journal)
        elif log.idle > limits.idle:
            if log.size >= limits.ruled:
                yield info("left", log.file, **facts, idle=log.idle)
        elif log.rule in {"broken", "missing"} and log.size >= limits.unruled:
            yield warning("unrotated", log.file, **facts, new_rule=logrotate.new_file(log.file))
        elif _is_huge(log, share, limits):
            yield warning("huge", log.file, **facts)
        elif log.rule == "hidden" and log.size >= limits.unruled:
            yield Unseen(log.file, Reason.FORBIDDEN, logrotate.FOLDER)


def _filled(log: logs.Log, facts: dict[str, Fact], limits: Limits) -> Finding:
    severity = Severity.CRITICAL if log.free < log.total * limits.full else Severity.WARNING
    if log.journal:
        return Finding("journal_filled", severity, log.file, facts)
    return Finding("filled", severity, log.file, facts)


def _is_huge(log: logs.Log, share: float, limits: Limits) -> bool:
    ruled = log.size >= limits.ruled and share >= limits.ruled_share
    folder = not log.rule and log.size >= limits.folder
    return share >= limits.share or ruled or folder or log.size >= limits.any


CHECK = Check(probe=probe, judge=judge, limits=Limits())
