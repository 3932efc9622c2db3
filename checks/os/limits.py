"""No process, account or service is near a limit: files, threads, memory."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, Record, Severity, warning
from techkit.readings.os import limits as bounds
from techkit.readings.os.limits import Use

KEPT = 0.25
"""A smaller share of a limit is nobody's fault, whatever is configured, and is not kept."""


class Limits(Record, frozen=True):
    """Shares of what is allowed; on Windows, which sets no limit, a number that no program needs."""

    warning: float = 0.9
    critical: float = 0.99
    handles: int = 100_000
    plenty: int = 16384  # files: who has used up that many most likely closes none


def probe(host: Host) -> tuple[Use, ...]:
    """Count what is open and running, and read the limits of those who have much."""
    return tuple(use for use in bounds.uses(host) if use.limit == 0 or use.share >= KEPT)


def judge(seen: tuple[Use, ...], limits: Limits) -> Iterator[Finding]:
    """At the limit the next request is refused; near it, soon."""
    for use in seen:
        share = use.share if use.limit else use.used / limits.handles
        if share < limits.warning or (not use.limit and share < 1):
            continue
        severity = Severity.CRITICAL if use.limit and share >= limits.critical else Severity.WARNING
        facts: dict[str, Fact] = {"used": use.used, "limit": use.limit or limits.handles, "share": share}
        if use.process:
            yield _process(use, severity, facts, limits)
        elif use.what == "threads":
            yield Finding("threads", severity, use.who, facts | {"account": use.who})
        elif use.what == "memory":
            yield Finding("memory", severity, use.unit, facts | {"unit": use.unit})
        elif use.what == "tasks":
            yield Finding("tasks", severity, use.unit, facts | {"unit": use.unit})
        elif use.what == "system_files":
            yield Finding("system_files", severity, "system", facts)
        else:
            yield Finding("system_threads", severity, "system", facts)


def _process(use: Use, severity: Severity, facts: dict[str, Fact], limits: Limits) -> Finding:
    if use.process:
        facts |= {
            "program": use.who, "process": use.process.name, "pid": use.process.pid, "unit": use.unit or None,
            "started": use.process.started, "hard": use.hard, "dropin": bounds.dropin(use.unit) or None,
        }  # fmt: skip
    if use.what == "handles":
        return Finding("handles", severity, use.who, facts)
    if use.limit >= limits.plenty:
        return warning("leak", use.who, **facts)
    return Finding("files", severity, use.who, facts)


CHECK = Check(probe=probe, judge=judge, limits=Limits())
