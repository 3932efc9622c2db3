"""Two incidents of one machine: what has gone, come, stayed, and what nobody looked at."""

from __future__ import annotations

import msgspec
import pytest
from incidents import rich

from techkit.incident import compare
from techkit.model import Finding, Gap, Incident, Outcome, Reason, Result, Severity

LOW = Finding("disk.space.low", Severity.WARNING, "/")
NOTE = Finding("antivirus.presence.none", Severity.INFO, "antivirus")


def incident(*results: Result) -> Incident:
    return msgspec.structs.replace(rich(), results=results)


def test_what_has_gone_come_and_stayed() -> None:
    full = Finding("disk.inodes.full", Severity.CRITICAL, "/srv")
    before = incident(Result("disk.space", Outcome.FOUND, findings=(LOW, NOTE)))
    after = incident(Result("disk.space", Outcome.OK), Result("disk.inodes", Outcome.FOUND, findings=(full,)))
    found = compare(before, after)
    assert (found.gone, found.new, found.still) == ((LOW,), (full,), ())
    assert compare(before, before).still == (LOW,)


@pytest.mark.parametrize(
    "later",
    [
        Result("disk.space", Outcome.UNKNOWN, gaps=(Gap("/", Reason.TIMEOUT),)),
        Result("disk.space", Outcome.UNKNOWN, gaps=(Gap("disk.space", Reason.BROKEN),)),
        Result("disk.space", Outcome.SKIPPED, blocked_by="x.y.z"),
        Result("disk.other", Outcome.OK),
    ],
)
def test_what_nobody_looked_at_has_not_gone(later: Result) -> None:
    assert compare(incident(Result("disk.space", Outcome.FOUND, findings=(LOW,))), incident(later)).still == (LOW,)


def test_a_gap_elsewhere_hides_nothing() -> None:
    later = Result("disk.space", Outcome.UNKNOWN, gaps=(Gap("/mnt/dead", Reason.TIMEOUT),))
    assert compare(incident(Result("disk.space", Outcome.FOUND, findings=(LOW,))), incident(later)).gone == (LOW,)


def test_a_core_check_that_does_not_apply_forbids_no_green() -> None:
    inapplicable = Result("os.services", Outcome.SKIPPED, core=True, gaps=(Gap("os.services", Reason.INAPPLICABLE),))
    assert msgspec.structs.replace(rich(), causes=(), results=(inapplicable,)).exit_code == 0
