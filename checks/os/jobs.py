"""Scheduled jobs are done: cron reads every table, and what they start is there."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, Reason, Unseen, warning
from techkit.readings.os import cron
from techkit.readings.os.cron import Job


def probe(host: Host) -> tuple[Job, ...]:
    """Read the tables of the system as cron does."""
    return cron.undone(host)


def judge(seen: tuple[Job, ...], _: None) -> Iterator[Finding | Unseen]:
    """One finding per table: cron ignores all of it, or one line."""
    for job in seen:
        facts: dict[str, Fact] = {"file": job.file, "number": job.number, "line": job.line}
        if job.why == "shut":
            yield Unseen(job.file, Reason.FORBIDDEN)
        elif job.why == "rights" and job.uid:
            yield warning("foreign", job.file, file=job.file, owner=job.uid)
        elif job.why == "rights":
            yield warning("unsafe", job.file, file=job.file, mode=f"{job.mode:04o}", wanted=f"{job.mode & ~0o022:04o}")
        elif job.why == "end":
            yield warning("unended", job.file, **facts)
        elif job.why == "account":
            yield warning("no_account", job.file, **facts, account=job.account)
        elif job.why == "program":
            yield warning("no_program", job.file, **facts, program=job.program)
        else:
            yield warning("unreadable", job.file, **facts)


CHECK = Check(probe=probe, judge=judge, limits=None, systems=("linux",))
