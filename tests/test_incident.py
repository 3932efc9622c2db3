"""Two incidents of one machine compared, and one that is damaged."""

from __future__ import annotations

import contextlib
import json
import tempfile
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from incidents import rich

from techkit.incident import IncidentError, compare, load
from techkit.model import Finding, Gap, Incident, Outcome, Reason, Result, Severity
from techkit.report import render

if TYPE_CHECKING:
    from collections.abc import Iterator

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


def places(thing: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something stands in a document."""
    inner = thing.items() if isinstance(thing, dict) else enumerate(thing) if isinstance(thing, list) else ()
    for key, value in inner:
        yield (*path, key)
        yield from places(value, (*path, key))


DOCUMENT = json.loads(render(rich(), "json", "en", "specialist"))
PLACES = sorted(places(DOCUMENT), key=str)
RUBBISH: tuple[Any, ...] = (
    None, True, 0, -1, 1e308, "", "{", "{0}", "{size:bytes}", "{size:>99999999}",
    "2026-13-45", "\x1b[2J", "x" * 5000, [], {}, [None],
)  # fmt: skip
"""What may stand where something else should."""


def test_an_incident_that_is_whole_is_the_same_again(tmp_path: Path) -> None:
    file = tmp_path / "incident.json"
    file.write_text(json.dumps(DOCUMENT), encoding="utf-8")
    assert load(file) == rich()


@given(st.sampled_from(PLACES), st.sampled_from((*RUBBISH, "gone")), st.sampled_from(("terminal", "markdown", "html")))
def test_a_damaged_incident_is_refused_or_makes_a_report(path: tuple[Any, ...], rubbish: Any, form: str) -> None:
    document = json.loads(json.dumps(DOCUMENT))
    *way, last = path
    holder = reduce(lambda inner, key: inner[key], way, document)
    if rubbish == "gone":
        del holder[last]
    else:
        holder[last] = rubbish
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "incident.json")
        file.write_text(json.dumps(document), encoding="utf-8")
        loaded = None
        with contextlib.suppress(IncidentError):
            loaded = load(file)
    assert loaded is None or render(loaded, form, "ru", "specialist")


def test_a_remedy_whose_command_lacks_a_fact_is_not_offered() -> None:
    from techkit.incident import _told
    from techkit.model import Cause, Remedy, Severity, Step

    text = {"en": "x", "ru": "x"}
    remedy = Remedy("restart", text, (Step("Run: systemctl restart {unit:word}", "…"),), text)
    cause = Cause("disk.space.full", Severity.WARNING, "/", {"unit": None})
    assert not _told(remedy, cause)
    assert _told(remedy, Cause("disk.space.full", Severity.WARNING, "/", {"unit": "a.service"}))
