"""One cause, one headline."""

from __future__ import annotations

from techkit.diagnosis import causes
from techkit.model import Finding, Gap, Outcome, Page, Reason, Result, Severity

TEXT = {"en": "x", "ru": "x"}
CRITICAL, WARNING, INFO = Severity.CRITICAL, Severity.WARNING, Severity.INFO


def page(*caused_by: str) -> Page:
    return Page(title=TEXT, why=TEXT, evidence=TEXT, caused_by=caused_by)


def test_a_consequence_folds_under_its_cause() -> None:
    cable, name = Finding("net.cable.pulled", CRITICAL, "eth0"), Finding("net.names.silent", CRITICAL, "dns")
    (cause,) = causes([name, cable], {"net.cable.pulled": page(), "net.names.silent": page("net.cable.*")})
    assert cause.code == "net.cable.pulled"
    assert [(one.code, one.state) for one in cause.consequences] == [("net.names.silent", "found")]


def test_a_full_disk_does_not_explain_a_database_on_another() -> None:
    disk = Finding("disk.space.full", CRITICAL, "D:", {"volume": "D:"})
    base = Finding("app.base.down", CRITICAL, "base", {"volume": "C:"})
    found = causes([disk, base], {"disk.space.full": page(), "app.base.down": page("disk.space.full")})
    assert {cause.code for cause in found} == {"disk.space.full", "app.base.down"}


def test_chains_fold_under_their_last_cause_and_take_its_worst_severity() -> None:
    chain = [Finding("a.a.a", WARNING, "1"), Finding("b.b.b", WARNING, "2"), Finding("c.c.c", CRITICAL, "3")]
    (cause,) = causes(chain, {"a.a.a": page(), "b.b.b": page("a.a.a"), "c.c.c": page("b.b.b")})
    assert cause.code == "a.a.a"
    assert cause.severity is CRITICAL
    assert [one.code for one in cause.consequences] == ["c.c.c", "b.b.b"]


def test_with_several_causes_the_worst_takes_the_consequence_and_the_others_are_possible() -> None:
    pages = {"a.a.a": page(), "b.b.b": page(), "c.c.c": page("a.a.a", "b.b.b")}
    found = causes(
        [Finding("a.a.a", WARNING, "1"), Finding("b.b.b", CRITICAL, "2"), Finding("c.c.c", WARNING, "3")], pages
    )
    assert [cause.code for cause in found] == ["b.b.b", "a.a.a"]
    assert found[0].also_possible == ("a.a.a",)
    assert found[1].consequences == ()


def test_a_dying_disk_comes_before_everything() -> None:
    found = causes(
        [
            Finding("a.a.a", CRITICAL, "1"),
            Finding("b.b.b", CRITICAL, "2"),
            Finding("disk.health.failing", CRITICAL, "sda"),
        ],
        {"a.a.a": page(), "b.b.b": page("a.a.a"), "disk.health.failing": page()},
    )
    assert [cause.code for cause in found] == ["disk.health.failing", "a.a.a"]


def test_a_note_is_never_a_cause() -> None:
    assert causes([Finding("a.a.a", INFO, "1")], {"a.a.a": page()}) == ()


def test_what_was_not_asked_is_told_under_its_cause() -> None:
    cable = Finding("net.cable.pulled", CRITICAL, "eth0")
    results = [Result("net.names", Outcome.SKIPPED, blocked_by="net.cable.pulled")]
    (cause,) = causes([cable], {"net.cable.pulled": page()}, results)
    assert [(one.check, one.state) for one in cause.consequences] == [("net.names", "not_checked")]


def test_what_a_cause_left_without_an_answer_is_told_under_it_and_a_refusal_is_not() -> None:
    broken = Finding("os.wmi.broken", WARNING, "WMI")
    pages = {"os.wmi.broken": Page(title=TEXT, why=TEXT, evidence=TEXT, silences=("wmi",))}
    gaps = {
        "a.lost": Gap("a.lost", Reason.UNREADABLE, question="wmi"),
        "a.late": Gap("a.late", Reason.TIMEOUT, question="wmi"),
        "a.shut": Gap("a.shut", Reason.FORBIDDEN, question="wmi"),
        "a.other": Gap("a.other", Reason.UNREADABLE, question="events"),
        "a.thing": Gap("C:", Reason.UNREADABLE),
    }
    results = [Result(check, Outcome.UNKNOWN, gaps=(gap,)) for check, gap in gaps.items()]
    (cause,) = causes([broken], pages, results)
    assert [(one.check, one.state) for one in cause.consequences] == [
        ("a.late", "not_checked"),
        ("a.lost", "not_checked"),
    ]
    assert causes([], pages, results) == ()


def test_the_order_does_not_depend_on_the_order_of_finding() -> None:
    findings = [Finding(f"{letter}.x.x", WARNING, letter) for letter in "cab"]
    pages = {finding.code: page() for finding in findings}
    assert causes(findings, pages) == causes(reversed(findings), pages)


def test_three_copies_of_one_program_are_one_cause_and_the_worst_speaks() -> None:
    copies = [
        Finding("a.a.a", WARNING, "miner", {"pid": 1}),
        Finding("a.a.a", CRITICAL, "miner", {"pid": 2}),
        Finding("a.a.a", WARNING, "miner", {"pid": 3}),
    ]
    (cause,) = causes([*copies, Finding("b.b.b", WARNING, "load")], {"a.a.a": page(), "b.b.b": page("a.a.a")})
    assert (cause.code, cause.severity, cause.facts["pid"]) == ("a.a.a", CRITICAL, 2)
    assert [one.code for one in cause.consequences] == ["b.b.b"]
