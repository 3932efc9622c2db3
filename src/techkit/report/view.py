"""An incident in words, for all formats: in one language, for one reader."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from techkit.model import Cause, Fact, Finding, Gap, Incident, Outcome, Page, Reason, Remedy, Result
from techkit.remedy import actions
from techkit.words import NAME, Words, short, typed, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

INNER = str.maketrans("«»", "„“")
"""Quotation marks of Russian within quotation marks."""
CHAT = 80
"""Characters of one cause in the one-line summary."""
READERS = ("user", "specialist")


class RemedyView(msgspec.Struct, frozen=True):
    """A remedy, in words."""

    id: str
    title: str
    risk: str
    admin: bool
    undoable: bool
    automatic: bool
    steps: tuple[str, ...]
    done: str
    minutes: int
    reboot: bool
    drops_network: bool
    loses: str
    tags: tuple[str, ...]
    """risk, undoable or by hand, administrator …: short words for one line"""
    command: str
    """what the specialist types, or nothing"""


class ConsequenceView(msgspec.Struct, frozen=True):
    """What follows from a cause, in words."""

    check: str
    code: str | None
    subject: str | None
    state: str
    title: str


class CauseView(msgspec.Struct, frozen=True):
    """A cause, in words."""

    code: str
    severity: str
    label: str
    subject: str
    title: str
    headline: str
    """the first sentence of `why`: what it means for the person"""
    rest: str
    why: str
    evidence: str
    again: str
    """the command that shows it again, or nothing"""
    facts: dict[str, Fact]
    remedies: tuple[RemedyView, ...]
    consequences: tuple[ConsequenceView, ...]
    also_possible: tuple[str, ...]
    references: tuple[str, ...]


class UnseenView(msgspec.Struct, frozen=True):
    """What could not be seen for one reason, and what would lift it."""

    names: tuple[str, ...]
    """the checks, each with the thing of which only it was not seen, and for the specialist with what was answered"""
    titles: tuple[str, ...]
    """the same by their titles"""
    reason: str
    lift: str


class CheckView(msgspec.Struct, frozen=True):
    """One row of the table of all checks."""

    check: str
    title: str
    outcome: str
    label: str
    seconds: float


class View(msgspec.Struct, frozen=True):
    """Everything a report shows."""

    language: str
    reader: str
    techkit: str
    machine: str
    """name, release, privilege and moment on one line"""
    name: str
    release: str
    privilege: str
    moment: str
    verdict: str
    """critical, warning, unknown or ok"""
    summary: str
    causes: tuple[CauseView, ...]
    first_aid: RemedyView | None
    """what the user can do about the first cause: by hand and without an administrator"""
    next: tuple[str, ...]
    """what the user does then, in sentences: let techkit do it, call support and say what"""
    notes: tuple[str, ...]
    muted: tuple[str, ...]
    unseen: tuple[UnseenView, ...]
    checks: tuple[CheckView, ...]
    coverage: tuple[str, ...]
    ask: str
    """what to ask the person next"""
    touched: str
    """whether anything on the machine was changed"""
    chat: str
    timeline: tuple[tuple[str, str], ...]
    problems: tuple[str, ...]
    complete: bool
    labels: dict[str, str]
    """the report's own labels, by name"""


def words_for(incident: Incident, language: str, program: str = NAME) -> Words:
    """The words of a language, with moments in the incident's own time zone."""
    offset = datetime.fromisoformat(incident.started).utcoffset()
    return Words(language, int(offset.total_seconds()) if offset else 0, program)


def view(incident: Incident, language: str, reader: str, program: str = NAME) -> View:
    """Put an incident into words; `program` is what the reader types to start techkit, where that is known."""
    words = words_for(incident, language, program)
    causes = tuple(_cause(incident, cause, words) for cause in incident.causes)
    unseen = tuple(_unseen(incident, words, detailed=reader == "specialist"))
    verdict = {0: "ok", 1: "warning", 2: "critical", 3: "unknown"}[incident.exit_code]
    if verdict == "ok" and not incident.complete:
        verdict = "unknown"
    machine = incident.machine
    moment = words.write(datetime.fromisoformat(incident.started).timestamp(), "datetime")
    privilege = words.say("report.as_admin" if machine.elevated else "report.as_user")
    return View(
        language=language,
        reader=reader,
        techkit=incident.techkit,
        machine=" · ".join(
            visible(part) for part in (machine.name, machine.release, privilege, moment) if part.strip()
        ),
        name=visible(machine.name),
        release=visible(machine.release),
        privilege=privilege,
        moment=moment,
        verdict=verdict,
        summary=_summary(words, causes, verdict, unseen, reader)
        if causes or incident.complete
        else words.say("report.cut_off"),
        causes=causes,
        first_aid=_first_aid(causes),
        next=tuple(_next(incident, causes, words)),
        notes=tuple(_title(incident, note, words) for note in incident.notes),
        muted=tuple(_title(incident, finding, words) for finding in incident.muted),
        unseen=unseen,
        checks=tuple(_check(incident, result, words) for result in incident.results),
        coverage=tuple(_coverage(incident, words)),
        ask=_ask(causes, words),
        touched=words.say("report.changed" if _changed(incident) else "report.unchanged"),
        chat=_chat(incident, causes, words),
        timeline=tuple(_timeline(incident, words)),
        problems=tuple(words.say("error.page_problem", what=problem) for problem in incident.problems),
        complete=incident.complete,
        labels={name: words.say(f"report.{name}") for name in LABELS},
    )


LABELS = (
    "causes", "because", "remedies", "first_aid", "steps", "done", "notes", "muted", "unseen", "by_the_way",
    "evidence", "again", "facts", "why", "made_by", "because_not_checked", "also_possible", "timeline",
    "checks", "check", "result", "title", "machine", "interrupted", "subject", "references", "ask_next",
)  # fmt: skip


def _title(incident: Incident, finding: Finding | Cause, words: Words) -> str:
    page = incident.pages[finding.code]
    return words.fill(page.title[words.language], finding.named, page.values)


def _cause(incident: Incident, cause: Cause, words: Words) -> CauseView:
    page, facts = incident.pages[cause.code], cause.named

    def fill(text: dict[str, str]) -> str:
        return words.fill(text[words.language], facts, page.values) if text else ""

    why = fill(page.why)
    headline, stop, rest = why.partition(". ")
    by_id = {remedy.id: remedy for remedy in page.remedy}
    return CauseView(
        code=cause.code,
        severity=cause.severity,
        label=words.say(f"severity.{cause.severity}"),
        subject=visible(cause.subject),
        title=fill(page.title),
        headline=headline + stop.rstrip(),
        rest=rest,
        why=why,
        evidence=words.tell(page.evidence[words.language], facts, page.values),
        again=typed(page.again.get(incident.machine.system, ""), facts, incident.machine.system),
        facts=cause.facts,
        remedies=tuple(remedy_view(by_id[name], cause.code, facts, page, words) for name in cause.remedies),
        consequences=tuple(_consequences(incident, cause, words)),
        also_possible=cause.also_possible,
        references=page.references,
    )


def remedy_view(remedy: Remedy, code: str, facts: dict[str, Any], page: Page, words: Words) -> RemedyView:
    """A remedy in words."""

    def fill(text: dict[str, str]) -> str:
        return words.fill(text[words.language], facts, page.values) if text else ""

    undoable = remedy.automatic and all(actions.undoable(step) for step in remedy.step)
    tags = [words.say(f"risk.{remedy.risk}")] if remedy.risk != "none" else []
    tags += [words.say("report.undoable")] if undoable else []
    tags += [] if remedy.automatic else [words.say("report.by_hand")]
    tags += [words.say("report.needs_admin")] if remedy.admin else []
    tags += [words.say("report.minutes", minutes=remedy.minutes)] if remedy.minutes > 1 else []
    tags += [words.say("report.reboot")] if remedy.reboot else []
    tags += [words.say("report.drops_network")] if remedy.drops_network else []
    return RemedyView(
        id=remedy.id,
        title=fill(remedy.title),
        risk=remedy.risk,
        admin=remedy.admin,
        undoable=undoable,
        automatic=remedy.automatic,
        steps=tuple(fill(step.text) for step in remedy.step),
        done=fill(remedy.done),
        minutes=remedy.minutes,
        reboot=remedy.reboot,
        drops_network=remedy.drops_network,
        loses=words.say("report.loses").format(what=fill(remedy.loses)) if remedy.loses else "",
        tags=tuple(tags),
        command=words.say("report.command", code=code) if remedy.automatic else "",
    )


def _consequences(incident: Incident, cause: Cause, words: Words) -> Iterator[ConsequenceView]:
    for one in cause.consequences:
        if one.code is None:
            title = incident.titles.get(one.check, {}).get(words.language, one.check)
        else:
            finding = _found(incident, one.code, one.subject or "")
            title = _title(incident, finding, words) if finding else one.code
        yield ConsequenceView(one.check, one.code, one.subject, one.state, title)


def _found(incident: Incident, code: str, subject: str) -> Finding | None:
    return next(
        (
            finding
            for result in incident.results
            for finding in result.findings
            if (finding.code, finding.subject) == (code, subject)
        ),
        None,
    )


def _gaps(incident: Incident) -> Iterator[tuple[Result, Gap]]:
    """What could not be seen, except where a cause explains it."""
    explained = _unasked(incident)
    for result in incident.results:
        for gap in result.gaps:
            if gap.reason is not Reason.INAPPLICABLE and result.check not in explained:
                yield result, gap


def _unasked(incident: Incident) -> set[str]:
    """The checks that a cause made meaningless or left without an answer."""
    return {one.check for cause in incident.causes for one in cause.consequences if one.state == "not_checked"}


def _unseen(incident: Incident, words: Words, *, detailed: bool) -> Iterator[UnseenView]:
    alike: dict[Reason, list[tuple[str, str]]] = {}
    for result, gap in _gaps(incident):
        detail = f" ({visible(gap.detail)})" if gap.detail and detailed else ""
        thing = "" if gap.subject == result.check else visible(gap.subject)
        title = words.say("report.quoted", text=incident.titles.get(result.check, {}).get(words.language, result.check))
        name, told = f"{result.check} {thing}".strip(), f"{title} ({thing})" if thing else title
        alike.setdefault(gap.reason, []).append((name + detail, told + detail))
    for reason, all_told in alike.items():
        names, titles = zip(*all_told, strict=True)
        key = _key(incident, reason)
        yield UnseenView(names, titles, words.say(f"reason.{key}"), words.say(f"lift.{key}"))


def _key(incident: Incident, reason: Reason) -> str:
    """How the words name a reason: what an administrator is refused no administrator lifts."""
    return "refused" if reason is Reason.FORBIDDEN and incident.machine.elevated else str(reason)


def _summary(
    words: Words, causes: tuple[CauseView, ...], verdict: str, unseen: tuple[UnseenView, ...], reader: str
) -> str:
    """The headline: for the user what it means, for the specialist what is broken."""
    if causes:
        return causes[0].headline if reader == "user" else causes[0].title
    if verdict == "unknown":
        return words.say("report.unsure")
    return words.say("report.healthy_partly" if unseen else "report.healthy")


def _counts(incident: Incident) -> tuple[int, int]:
    """How many checks ran, and how many apply to this machine."""
    applicable = [result for result in incident.results if not _inapplicable(result)]
    ran = [result for result in applicable if result.outcome in {Outcome.OK, Outcome.FOUND} or result.findings]
    return len(ran), len(applicable)


def _inapplicable(result: Result) -> bool:
    return result.outcome is Outcome.SKIPPED and not result.blocked_by


def _coverage(incident: Incident, words: Words) -> Iterator[str]:
    ran, every = _counts(incident)
    yield words.say("report.coverage", ran=ran, all=every, seconds=words.write(round(incident.seconds, 1), "duration"))
    reasons = [(result.check, _key(incident, gap.reason)) for result, gap in _gaps(incident)]
    forbidden = {check for check, reason in reasons if reason == Reason.FORBIDDEN}
    if forbidden:
        yield words.say("report.coverage_forbidden", count=len(forbidden))
    unknown = {check for check, reason in reasons if reason != Reason.FORBIDDEN}
    if unknown:
        yield words.say("report.coverage_unknown", count=len(unknown))
    if blocked := len(_unasked(incident)):
        yield words.say("report.coverage_blocked", count=blocked)
    if silent := sum(_inapplicable(result) for result in incident.results):
        yield words.say("report.coverage_inapplicable", count=silent)


def _check(incident: Incident, result: Result, words: Words) -> CheckView:
    label = words.say(f"outcome.{result.outcome}")
    if result.blocked_by:
        label = f"{label}: {result.blocked_by}"
    elif result.gaps and not result.findings:
        label = f"{label}: {words.say(f'reason.{_key(incident, result.gaps[0].reason)}')}"
    title = incident.titles.get(result.check, {}).get(words.language, result.check)
    return CheckView(result.check, title, result.outcome, label, result.seconds)


def _chat(incident: Incident, causes: tuple[CauseView, ...], words: Words) -> str:
    """One line for a chat or a ticket's subject."""
    ran, every = _counts(incident)
    if not causes:
        line = words.say("report.chat_healthy", name=incident.machine.name, ran=ran, all=every)
    else:
        told = (f"{short(cause.title, CHAT)} ({cause.label})" for cause in causes[:3])
        shown = ", ".join(told) + (" …" if len(causes) > 3 else "")
        line = words.say("report.chat").format(name=visible(incident.machine.name), causes=shown, ran=ran, all=every)
    if any(remedy.automatic for cause in causes for remedy in cause.remedies):
        line += f"; {words.say('report.chat_fixes')}"
    if not incident.complete:
        line += f"; {words.say('report.chat_incomplete')}"
    return line


def _first_aid(causes: tuple[CauseView, ...]) -> RemedyView | None:
    remedies = causes[0].remedies if causes else ()
    return next((remedy for remedy in remedies if not (remedy.automatic or remedy.admin)), None)


def _next(incident: Incident, causes: tuple[CauseView, ...], words: Words) -> Iterator[str]:
    if not causes:
        return
    aid = _first_aid(causes)
    automatic = next((remedy for remedy in causes[0].remedies if remedy.command), None)
    if automatic:
        yield words.say("report.or_techkit" if aid else "report.let_techkit").format(command=automatic.command)
    key = "report.otherwise" if aid or automatic else "report.specialist"
    yield words.say(key).format(say=f"{visible(incident.machine.name)}: {causes[0].title}".translate(INNER))


def _ask(causes: tuple[CauseView, ...], words: Words) -> str:
    """The question that tells most about the first cause, by its area."""
    key = f"ask.{causes[0].code.partition('.')[0]}" if causes else ""
    return words.say(key) if key and words.knows(key) else ""


def _changed(incident: Incident) -> bool:
    return any(moment.what == "applied" for moment in incident.timeline)


def _timeline(incident: Incident, words: Words) -> Iterator[tuple[str, str]]:
    for moment in incident.timeline:
        key = f"timeline.{moment.what}"
        told = words.fill(moment.title.get(words.language, ""), moment.facts) or moment.subject
        became = f"timeline.{moment.subject.rpartition(': ')[2]}"
        outcome = words.say(became) if words.knows(became) else ""
        what = words.say(key, subject=told, outcome=outcome) if words.knows(key) else visible(moment.what)
        yield words.write(datetime.fromisoformat(moment.at).timestamp(), "datetime"), what
