"""One run as one self-contained record: built, saved, loaded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import msgspec

from techkit import __version__, catalogue, diagnosis, inputs, registry, words
from techkit.host import Host, ProbeError
from techkit.inputs import InputError
from techkit.model import SCHEMA, Cause, Finding, Incident, Machine, Moment, Mute, Page, Remedy, Severity
from techkit.words import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from techkit.engine import Run


class IncidentError(InputError):
    """A file that is no incident."""


def build(  # noqa: PLR0913 - everything an incident is made of
    host: Host,
    run: Run,
    *,
    pages: catalogue.Catalogue,
    mutes: Iterable[Mute] = (),
    began: float,
    seconds: float,
    packs: tuple[str, ...] = (),
) -> Incident:
    """Judge a run as a whole. `began` is the machine's clock, seconds since 1970."""
    problems: list[str] = []
    findings = [finding for result in run.results for finding in result.findings]
    muted = tuple(finding for finding in findings if _muted(finding, mutes, began))
    heard = [finding for finding in findings if finding not in muted]
    used: dict[str, Page] = {}
    for code in {finding.code for finding in findings}:
        try:
            used[code] = pages.page(code)
        except catalogue.PageError as error:
            problems.append(str(error))
            used[code] = _wordless(code)
    causes = tuple(
        msgspec.structs.replace(cause, remedies=_fitting(host, cause, used, heard))
        for cause in diagnosis.causes(heard, used, run.results)
    )
    machine = host.machine()
    return Incident(
        techkit=__version__,
        machine=Machine(
            name=machine["name"],
            system=machine["system"],
            release=machine["release"],
            edition=machine["edition"],
            elevated=machine["elevated"],
            person=_person(host),
        ),
        started=_iso(began, machine.get("utc_offset")),
        seconds=round(seconds, 2),
        results=run.results,
        causes=causes,
        notes=tuple(finding for finding in heard if finding.severity is Severity.INFO),
        muted=muted,
        pages={code: used[code] for code in sorted(used)},
        titles={result.check: registry.title(result.check, packs) for result in run.results},
        timeline=(Moment(_iso(began, 0), "checked"),),
        private=host.privates,
        problems=tuple(sorted(problems)),
        complete=run.complete,
    )


def _iso(moment: float, offset: int | None) -> str:
    zone = UTC if offset is None else timezone(timedelta(seconds=offset))
    return datetime.fromtimestamp(moment, zone).isoformat(timespec="seconds")


def _person(host: Host) -> str:
    try:
        return str(host.person()["name"])
    except ProbeError:
        return ""


def _muted(finding: Finding, mutes: Iterable[Mute], now: float) -> bool:
    today = _iso(now, 0)[:10]
    return any(
        fnmatchcase(finding.code, mute.code) and fnmatchcase(finding.subject, mute.subject) and today <= mute.until
        for mute in mutes
    )


def _wordless(code: str) -> Page:
    """A substitute for a page that cannot be read: only the code."""
    text = dict.fromkeys(LANGUAGES, f"{code}: {{subject}}")
    return Page(title=text, why=text, evidence=text)


def _fitting(host: Host, cause: Cause, pages: dict[str, Page], heard: list[Finding]) -> tuple[str, ...]:
    """The remedies that fit this machine: system, edition, desktop, tools, and what is forbidden now."""
    machine = host.machine()
    codes = {finding.code for finding in heard}
    return tuple(
        remedy.id
        for remedy in pages[cause.code].remedy
        if machine["system"] in remedy.systems
        and machine["edition"] in remedy.editions
        and (machine.get("desktop", True) or not remedy.desktop)
        and not codes & catalogue.stopping(remedy)
        and all(_present(host, tool) for tool in remedy.tools)
        and _told(remedy, cause)
    )


def _told(remedy: Remedy, cause: Cause) -> bool:
    """Whether every fact is known that the remedy's actions or its commands for a person name."""
    named = {name for step in remedy.step for name in (*catalogue.named(step), *catalogue.words_of(step.en))}
    return all(name == "subject" or cause.facts.get(name) not in {None, "", ()} for name in named)


def _present(host: Host, tool: str) -> bool:
    """Whether a program is there; a tape that was never asked does not rule it out."""
    try:
        return host.which(tool) is not None
    except ProbeError:
        return True


class Comparison(msgspec.Struct, frozen=True):
    """What became of the findings between two incidents; each as it was seen last."""

    gone: tuple[Finding, ...]
    new: tuple[Finding, ...]
    still: tuple[Finding, ...]


def compare(before: Incident, after: Incident) -> Comparison:
    """What is gone, new and still there; what the later run could not look at is not gone."""
    old, now = _standing(before), _standing(after)
    missing = [found for key, found in old.items() if key not in now]
    gone = tuple(found for found in missing if _looked_at(after, found))
    return Comparison(
        gone=gone,
        new=tuple(found for key, found in now.items() if key not in old),
        still=(*(found for key, found in now.items() if key in old), *(one for one in missing if one not in gone)),
    )


def _looked_at(incident: Incident, finding: Finding) -> bool:
    return any(
        result.check == finding.check
        and not result.blocked_by
        and not any(gap.subject in {finding.subject, result.check} for gap in result.gaps)
        for result in incident.results
    )


def _standing(incident: Incident) -> dict[tuple[str, str], Finding]:
    """The findings that are more than a note."""
    return {
        (finding.code, finding.subject): finding
        for result in incident.results
        for finding in result.findings
        if finding.severity is not Severity.INFO
    }


def load(file: Path) -> Incident:
    """Read an incident from a JSON report; raises `IncidentError`."""
    try:
        raw = msgspec.json.decode(inputs.text(file))
        for cause in raw["causes"]:  # a report spells them out; the words are rendered again
            cause["remedies"] = [remedy["id"] for remedy in cause["remedies"]]
        incident = msgspec.convert(raw, Incident)
        _hold_together(incident)
    except OSError as error:
        raise IncidentError("file", file=file, why=error) from error
    except (KeyError, TypeError) as error:
        raise IncidentError("not_incident", file=file) from error
    except (ValueError, RecursionError) as error:
        raise IncidentError("no_incident", file=file, why=error) from error
    if incident.schema > SCHEMA:
        raise IncidentError("newer", file=file, version=incident.techkit)
    return incident


def _hold_together(incident: Incident) -> None:
    """Check that every report can be made of it; raises if a page, a language or a date is missing or invalid."""
    for moment in (incident.started, *(one.at for one in incident.timeline)):
        datetime.fromisoformat(moment)
    for text in (text for one in incident.timeline for text in one.title.values()):
        words.named(text)
    told = {finding.code for finding in (*incident.notes, *incident.muted)}
    for cause in incident.causes:
        told |= {cause.code, *(one.code for one in cause.consequences if one.code)}
    for code in told:
        catalogue.hold_together(incident.pages[code])
    for cause in incident.causes:
        if unknown := set(cause.remedies) - {remedy.id for remedy in incident.pages[cause.code].remedy}:
            raise ValueError(f"the page of {cause.code} has no remedy {min(unknown)}")
