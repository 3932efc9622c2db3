"""From findings to causes: what explains what, and which comes first."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from techkit.model import IDENTITY, Cause, Consequence, Finding, Page, Reason, Result, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ABOVE_ALL = ("disk.health.failing",)
"""While a disk is dying nothing else matters: copy the data first."""
LOST = (Reason.UNREADABLE, Reason.TIMEOUT)
"""How a question ends when its service is broken; a refusal has another reason."""


def causes(findings: Iterable[Finding], pages: Mapping[str, Page], results: Iterable[Result] = ()) -> tuple[Cause, ...]:
    """The causes among the findings, most important first, each with everything that follows from it.

    A consequence with several causes folds under the worst; the others are `also_possible`. Checks that a finding
    made meaningless or left without an answer are listed under its cause. The severity of a cause is the worst in its
    tree.
    """
    loud = _once([finding for finding in findings if finding.severity is not Severity.INFO])
    explained = {_key(finding): _explaining(finding, loud, pages) for finding in loud}
    unasked = {one.check: code for one in results if (code := one.blocked_by or _silencer(one, loud, pages))}
    above = {_key(finding): _roots(finding, explained) for finding in loud}
    chosen = {key: sorted(roots, key=lambda root: _order(root, loud, above)) for key, roots in above.items()}

    found = []
    for root in (finding for finding in loud if not explained[_key(finding)]):
        beneath = [finding for finding in loud if finding is not root and chosen[_key(finding)][0] is root]
        tree = {finding.code for finding in (root, *beneath)}
        silent = [check for check, code in unasked.items() if code in tree and _first_owner(code, loud, chosen) is root]
        others = {other.code for finding in beneath for other in chosen[_key(finding)][1:]} - {root.code}
        found.append(_cause(root, beneath, silent, others))
    return tuple(sorted(found, key=_rank))


def _cause(root: Finding, beneath: list[Finding], silent: list[str], others: set[str]) -> Cause:
    """A cause with the findings beneath it, the checks that it left without an answer, and other possible causes."""
    return Cause(
        code=root.code,
        severity=max((root, *beneath), key=lambda finding: finding.severity.rank).severity,
        subject=root.subject,
        facts=root.facts,
        consequences=(
            *(
                Consequence(finding.check, "found", finding.code, finding.subject, finding.severity)
                for finding in sorted(beneath, key=lambda one: (-one.severity.rank, one.code, one.subject))
            ),
            *(Consequence(check, "not_checked") for check in sorted(silent)),
        ),
        also_possible=tuple(sorted(others)),
    )


def _order(
    root: Finding, loud: list[Finding], above: Mapping[tuple[str, str], list[Finding]]
) -> tuple[bool, int, int, str, str]:
    """The sort key of a possible cause: by the worst and the number of the findings that it explains."""
    explains = [finding for finding in loud if root in above[_key(finding)]]
    worst = max(finding.severity.rank for finding in explains)
    return (root.code not in ABOVE_ALL, -worst, -len(explains), root.code, root.subject)


def _rank(cause: Cause) -> tuple[bool, int, int, str, str]:
    """The sort key of a cause: the most important first."""
    return (cause.code not in ABOVE_ALL, -cause.severity.rank, -len(cause.consequences), cause.code, cause.subject)


def _once(findings: list[Finding]) -> list[Finding]:
    """Of findings with the same code and subject, only the worst."""
    found: dict[tuple[str, str], Finding] = {}
    for finding in findings:
        known = found.get(_key(finding))
        if known is None or finding.severity.rank > known.severity.rank:
            found[_key(finding)] = finding
    return list(found.values())


def _key(finding: Finding) -> tuple[str, str]:
    return finding.code, finding.subject


def agree(one: Finding, other: Finding) -> bool:
    """Whether two findings agree on every identity fact that both carry."""
    return all(
        one.facts[name] == other.facts[name]
        for name in IDENTITY
        if one.facts.get(name) is not None and other.facts.get(name) is not None
    )


def _explaining(finding: Finding, loud: list[Finding], pages: Mapping[str, Page]) -> list[Finding]:
    """The findings that are a direct cause of this one."""
    patterns = pages[finding.code].caused_by if finding.code in pages else ()
    return [
        other
        for other in loud
        if other.code != finding.code
        and any(fnmatchcase(other.code, pattern) for pattern in patterns)
        and agree(finding, other)
    ]


def _roots(finding: Finding, explained: Mapping[tuple[str, str], list[Finding]]) -> list[Finding]:
    """The root causes of a finding; itself if nothing explains it."""
    found: list[Finding] = []
    seen: set[tuple[str, str]] = set()
    waiting = [finding]
    while waiting:
        current = waiting.pop()
        if _key(current) in seen:
            continue
        seen.add(_key(current))
        above = explained[_key(current)]
        waiting.extend(above)
        if not above and current not in found:
            found.append(current)
    return found


def _silencer(result: Result, loud: list[Finding], pages: Mapping[str, Page]) -> str:
    """The code of the finding that left a check's question without an answer."""
    lost = {gap.question for gap in result.gaps if gap.reason in LOST}
    return next((one.code for one in loud if one.code in pages and lost.intersection(pages[one.code].silences)), "")


def _first_owner(code: str, loud: list[Finding], chosen: Mapping[tuple[str, str], list[Finding]]) -> Finding | None:
    """The cause under which the finding of a code was folded."""
    return next((chosen[_key(finding)][0] for finding in loud if finding.code == code), None)
