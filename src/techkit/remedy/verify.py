"""Judges whether a fix has helped: cleared, better or the same, from the results before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techkit.model import Outcome, Severity

if TYPE_CHECKING:
    from techkit.model import Cause, Finding, Incident, Remedy, Result

CLEARED, BETTER, SAME, LATER, FAILED = "cleared", "better", "same", "later", "failed"
UNKNOWN_RANK = 3
"""What can no longer be seen counts as worse than anything seen."""


def judge(before: Incident, now: Incident, code: str, subject: str, remedy: Remedy) -> str:
    """Cleared, better or same: by the finding itself, new findings of its check, and what no longer works.

    What can no longer be seen has not been cleared. After the network was interrupted, every check that was fine
    before counts.
    """
    old = rank(before, code, subject)
    known = {(finding.code, finding.subject) for result in before.results for finding in result.findings}
    fine = (
        {result.check for result in before.results if result.outcome is Outcome.OK} if remedy.drops_network else set()
    )
    new = max(
        (
            finding.severity.rank
            for result in now.results
            if result.check == check_of(code) or result.check in fine
            for finding in result.findings
            if (finding.code, finding.subject) not in known and finding.severity is not Severity.INFO
        ),
        default=0,
    )
    present = max(rank(now, code, subject), new)
    return CLEARED if not present else BETTER if present < old else SAME


def rank(found: Incident, code: str, subject: str) -> int:
    """How bad a finding is; worse than anything where it cannot be seen."""
    standing = [finding.severity.rank for finding in findings(found, code) if finding.subject == subject]
    if standing:
        return max(standing)
    return UNKNOWN_RANK if unseen(result_of(found, check_of(code)), subject) else 0


def unseen(result: Result | None, subject: str | None) -> bool:
    """Whether a check could not look at a subject, or at anything."""
    if result is None or result.blocked_by:
        return True
    return any(subject is None or gap.subject in {subject, result.check} for gap in result.gaps)


def result_of(found: Incident, check: str) -> Result | None:
    """What a check has answered."""
    return next((result for result in found.results if result.check == check), None)


def findings(found: Incident, code: str) -> list[Finding]:
    """All that was found under a code."""
    result = result_of(found, check_of(code))
    return [finding for finding in result.findings if finding.code == code] if result else []


def stands(found: Incident, code: str, subject: str) -> bool:
    """Whether a finding is there."""
    return any(finding.subject == subject for finding in findings(found, code))


def automatic(found: Incident, cause: Cause) -> bool:
    """Whether techkit can do something about a cause."""
    return any(remedy.automatic and remedy.id in cause.remedies for remedy in found.pages[cause.code].remedy)


def check_of(code: str) -> str:
    """The check that finds a code."""
    return code.rpartition(".")[0]
