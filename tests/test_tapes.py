"""Whole machines on tape: each must be judged as the file beside it says, on every system and in every language.

`NAME.json` is the tape, `NAME.toml` what must come out: the causes, most important first, with what folds beneath
them; the results that this tape can support; and what must stay unknown, with its reason. A check that is newer than
the tape asks what nobody recorded: it is unknown, and breaks nothing.
"""

from __future__ import annotations

import json
import re
import tomllib
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from conftest import TAPES
from tapes import fedora, sources, windows
from tapes.windows.pc import NOW

from techkit import engine, report
from techkit.config import Settings
from techkit.diagnose import diagnose
from techkit.host import Host, ProbeError
from techkit.host.tape import Entry, Recording, Tape, load
from techkit.model import Incident, Outcome, Reason, Severity
from techkit.readings.hardware import devices
from techkit.words import LANGUAGES

if TYPE_CHECKING:
    from pathlib import Path

FILES = sorted(TAPES.glob("*.json"))
EACH = pytest.mark.parametrize("file", [pytest.param(file, id=file.stem) for file in FILES])
RECORDED = "recorded on"
SOURCE = re.compile(r"https://|recorded on|recording|published|github\.com/|techkit\.host\.|/proc|\(\d\)")


@cache
def judged(file: Path) -> Incident:
    return diagnose(Settings(), tape=file).incident


@cache
def expected(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.with_suffix(".toml").read_text(encoding="utf-8"))


def lacking(incident: Incident) -> set[str]:
    """The checks that ask what the tape does not hold."""
    return {result.check for result in incident.results for gap in result.gaps if gap.reason is Reason.UNRECORDED}


@EACH
def test_the_causes_come_out_in_their_order_with_what_follows_from_each(file: Path) -> None:
    incident, wanted = judged(file), expected(file)
    gone = lacking(incident)
    causes = [cause for cause in wanted.get("cause", []) if cause["code"].rpartition(".")[0] not in gone]
    told = [(cause.code, cause.subject, str(cause.severity)) for cause in incident.causes]
    assert told[: len(causes)] == [(cause["code"], cause["subject"], cause["severity"]) for cause in causes]
    known = {code.rpartition(".")[0] for code, _, _ in told[len(causes) :]} & set(wanted["results"])
    assert not known, f"alarms beside the cause: {told}"
    if wanted.get("healthy"):
        assert told == [], "a healthy machine alarms"
    for cause, want in zip(incident.causes, causes, strict=False):
        unasked = {one.check for one in cause.consequences if one.state == "not_checked"}
        beneath = {one.code for one in cause.consequences if one.state == "found"}
        expect = {code for code in want.get("consequences", ()) if code.rpartition(".")[0] not in gone | unasked}
        assert expect <= beneath
        assert set(want.get("not_checked", ())) <= unasked
        assert [remedy for remedy in cause.remedies if remedy in want["remedies"]] == want["remedies"]


@EACH
def test_what_the_tape_can_support_comes_out_as_it_must(file: Path) -> None:
    results, gone = {result.check: result for result in judged(file).results}, lacking(judged(file))
    wanted = {check: outcome for check, outcome in expected(file)["results"].items() if check not in gone}
    assert {check: str(results[check].outcome) for check in wanted} == wanted
    assert len(wanted) >= len(expected(file)["results"]) * 0.6, "the checks have outgrown this tape: record it anew"
    unknown = {check: reason for check, reason in expected(file).get("unknown", {}).items() if check not in gone}
    assert {check: str(results[check].gaps[0].reason) for check in unknown} == unknown


@EACH
def test_the_exit_code_is_that_of_the_worst_cause(file: Path) -> None:
    incident, wanted = judged(file), expected(file)
    if len(incident.causes) != len(wanted.get("cause", ())):
        pytest.skip("newer checks find more, or ask what was not recorded")
    known = [gap for result in incident.results if result.core for gap in result.gaps if gap.reason != "unrecorded"]
    unrecorded = incident.exit_code == 3 and not known
    assert (0 if unrecorded else incident.exit_code) == wanted["exit"]


@EACH
def test_the_remedies_fit_the_machine(file: Path) -> None:
    incident = judged(file)
    desktop = next(entry.answer for entry in load(file).answers if entry.ask == ["machine"]).get("desktop", True)
    for cause in incident.causes:
        page = incident.pages[cause.code]
        for remedy in (remedy for remedy in page.remedy if remedy.id in cause.remedies):
            assert incident.machine.system in remedy.systems
            assert incident.machine.edition in remedy.editions
            assert desktop or not remedy.desktop


@EACH
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_cause_stands_first_in_every_language_and_a_user_is_offered_what_needs_no_privilege(
    file: Path, language: str
) -> None:
    incident = judged(file)
    causes = json.loads(report.render(incident, "json", language, "specialist"))["causes"]
    assert [cause["code"] for cause in causes] == [cause.code for cause in incident.causes]
    for said, cause in zip(causes, incident.causes, strict=True):
        titles = [one["title"] for one in said["consequences"] if one["state"] == "found"]
        assert len(titles) == sum(one.state == "found" for one in cause.consequences)
        assert all(titles)
        assert said["title"] not in titles
    for_user = plain(report.render(incident, "terminal", language, "user"))
    places = [for_user.find(plain(said["why"])) for said in causes]
    assert all(place > places[0] >= 0 for place in places[1:] if place >= 0)
    for remedy in [remedy for said in causes[:1] for remedy in said["remedies"] if remedy["admin"]]:
        own = {step for other in causes[0]["remedies"] if not other["admin"] for step in other["steps"]}
        assert not any(plain(step) in for_user for step in set(remedy["steps"]) - own)


def plain(text: str) -> str:
    """Words and nothing between them that a narrow window may change."""
    return " ".join(text.split())


@EACH
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reader", ["user", "specialist"])
def test_no_word_is_missing_in_any_language(file: Path, language: str, reader: str) -> None:
    incident = judged(file)
    for form in ("terminal", "markdown", "html"):
        text = report.render(incident, form, language, reader)
        assert not re.search(r"\{[a-z_]+(:[a-z]+)?\}", re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL))
    for cause in incident.causes:
        page = incident.pages[cause.code]
        for words in (page.title, page.why, page.evidence):
            assert words["en"] != words["ru"]
    assert incident.problems == ()
    assert all(set(title) == set(LANGUAGES) for title in incident.titles.values())


@EACH
def test_every_answer_written_by_hand_names_its_source(file: Path) -> None:
    tape = load(file)
    assert tape.source
    assert unsourced(tape) == []


def unsourced(tape: Recording) -> list[list[Any]]:
    if tape.source.startswith(RECORDED):
        return [entry.ask for entry in tape.answers if entry.source and not SOURCE.search(entry.source)]
    return [entry.ask for entry in tape.answers if not SOURCE.search(entry.source)]


def test_an_answer_without_a_source_is_refused() -> None:
    entries = [Entry(["machine"], {"name": "pc"}), Entry(["read", "/etc/hosts"], "", source="proc(5)")]
    assert unsourced(Recording("linux", 0, entries, source="by hand")) == [["machine"]]
    assert unsourced(Recording("linux", 0, entries, source="recorded on Debian 12")) == []


def test_every_source_that_windows_is_asked_stands_in_the_table() -> None:
    document = sources.DOCUMENT.read_text(encoding="utf-8")
    assert sources.written(document) == document, "run: python tests/tapes/sources.py"


def test_every_tape_has_its_expectations_and_those_with_a_maker_are_as_it_writes_them() -> None:
    assert {file.stem for file in FILES} == {file.stem for file in TAPES.glob("*.toml")}
    assert {file.stem for file in FILES if file.stem.startswith("windows")} == set(windows.PCS)
    for name in windows.PCS:
        assert (TAPES / f"{name}.json").read_text(encoding="utf-8") == windows.written(name)
    assert (TAPES / f"{fedora.NAME}.json").read_text(encoding="utf-8") == fedora.written()


def test_what_waits_because_it_fails_folds_beneath_the_failure() -> None:
    incident = diagnose(Settings(), tape=TAPES / "windows-11-update-stuck.json", deep=True).incident
    told = [(cause.code, [one.code for one in cause.consequences]) for cause in incident.causes]
    assert told == [("os.updates.failing_store", ["os.waiting_updates.waiting"])]
    healthy = diagnose(Settings(), tape=TAPES / "windows-11-healthy.json", deep=True).incident
    assert healthy.causes == ()


@pytest.mark.parametrize("system", ["linux", "windows"])
def test_what_nobody_recorded_is_unknown_and_never_a_pass(system: str) -> None:
    name = "windows-11-healthy" if system == "windows" else "debian-healthy"
    machine = next(entry for entry in load(TAPES / f"{name}.json").answers if entry.ask == ["machine"])
    host = Host(Tape(Recording(system, 1_770_000_000, [machine])))
    for result in engine.run(host, engine.plan(deep=True)).results:
        assert result.outcome in {Outcome.UNKNOWN, Outcome.SKIPPED}, result
        assert not any(finding.severity is not Severity.INFO for finding in result.findings), result


@EACH
def test_a_tape_survives_being_written_and_read(file: Path) -> None:
    tape = load(file)
    assert msgspec.json.decode(msgspec.json.encode(tape), type=Recording) == tape


def test_a_train_of_echoes_stands_for_one_of_another_length() -> None:
    sent = [Entry(["pings", "192.0.2.1", count, 0.01, 56, False], {"sent": count}) for count in (3, 60)]
    other = Entry(["pings", "192.0.2.1", 90, 0.01, 1472, True], {"sent": 90})
    host = Host(Tape(Recording("linux", 0, [*sent, other])))
    assert host.pings("192.0.2.1", 40, 0.01) == {"sent": 60}
    with pytest.raises(ProbeError):
        host.pings("192.0.2.2", 40, 0.01)


def test_a_log_on_tape_answers_every_narrower_question() -> None:
    records: list[dict[str, Any]] = [
        {"id": number, "provider": "disk", "level": 2, "time": 1000.0 * number, "data": []} for number in (9, 7)
    ]
    tape = Tape(Recording("windows", 100_000, [Entry(["events", "System", [], 30, []], records)]))
    host = Host(tape)
    assert [record["id"] for record in host.events("System", ids=[7, 51], days=7)] == [7]
    assert host.events("System", ids=[7], days=7, providers=["Ntfs"]) == []
    with pytest.raises(Exception, match=Reason.UNRECORDED):
        host.events("System", ids=[7], days=31)
    with pytest.raises(Exception, match=Reason.UNRECORDED):
        host.events("Application", ids=[7], days=7)


def test_what_keeps_a_class_from_answering_keeps_every_property() -> None:
    failed = Entry(["wmi", "root\\cimv2", "Win32_Battery", ["Name"], ""], error=(Reason.TIMEOUT, "Win32_Battery"))
    host = Host(Tape(Recording("windows", 0, [failed])))
    with pytest.raises(Exception, match=Reason.TIMEOUT):
        host.wmi("Win32_Battery", "DesignCapacity")


def test_what_a_broken_wmi_leaves_unknown_stands_beneath_it() -> None:
    incident = judged(TAPES / "windows-11-no-wmi.json")
    (broken,) = (cause for cause in incident.causes if cause.code == "os.wmi.broken")
    unknown = {one.check for one in incident.results if one.outcome is Outcome.UNKNOWN} - lacking(incident)
    assert {one.check for one in broken.consequences} == unknown


def test_a_pc_whose_wmi_is_broken_is_judged_all_the_same() -> None:
    pc = windows.PCS["windows-11-no-wmi"]()
    pc.value("security_center")["products"][0].update(state="off")
    pc.value("spooler")["printers"][0].update(status=0x10)
    unknown: dict[str, Any] = {
        "Name": "Ethernet Controller",
        "PNPClass": "Net",
        "PNPDeviceID": r"PCI\VEN_8086&DEV_15BC\3&1",
    }
    unknown |= {"Service": None, "ConfigManagerErrorCode": 28, "Present": True}
    pc.value("device_manager", list(devices.CLASSES)).append(unknown)
    recording = Recording("windows", NOW, [msgspec.convert(one, Entry) for one in pc.entries.values()])
    found = engine.run(Host(Tape(recording)), engine.plan()).results
    codes = {finding.code for result in found for finding in result.findings}
    assert codes == {
        "os.wmi.broken", "antivirus.engine.guard_off", "printing.queue.attention", "hardware.devices.network_no_driver",
    }  # fmt: skip
