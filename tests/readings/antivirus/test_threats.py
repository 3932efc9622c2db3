"""What antiviruses have noted of their finds: lines as clamd wrote them, events as Microsoft documents them."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import given

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.antivirus import clamav, scans, threats

NOW = 1_790_000_000  # 21 September 2026
GONE = ProbeError(Reason.MISSING, "gone")
LOG = """\
Sat Sep 19 10:00:00 2026 -> +++ Started at Sat Sep 19 10:00:00 2026
Sat Sep 19 10:00:01 2026 -> /srv/a.exe: Win.Test.EICAR_HDB-1(44d88612fea8a8f36de82e1278abb02f:68) FOUND
Sat Sep 19 10:00:01 2026 -> /srv/with: colon: Eicar-Signature FOUND
Sat Sep 19 10:00:02 2026 -> fd[10]: Eicar-Signature FOUND
Sat Sep 19 10:00:02 2026 -> instream(local): Eicar-Signature FOUND
Mon Jun  1 10:00:00 2026 -> /srv/old: Eicar-Signature FOUND
/srv/undated: Eicar-Signature FOUND
"""


def test_lines_of_the_log_are_read() -> None:
    assert [(one.path, one.name, one.when) for one in threats.parse_log(LOG)] == [
        ("/srv/a.exe", "Win.Test.EICAR_HDB-1", 1789812001.0),
        ("/srv/with: colon", "Eicar-Signature", 1789812001.0),
        ("/srv/old", "Eicar-Signature", 1780308000.0),
        ("/srv/undated", "Eicar-Signature", None),
    ]
    assert list(threats.parse_log("clean\n" * 3)) == []


def test_what_is_gone_was_dealt_with_and_what_is_old_is_forgotten() -> None:
    answers: dict[tuple[Any, ...], Any] = {
        ("stat", threats.LOGS): {"kind": "folder"},
        ("listdir", threats.LOGS): ["clamav.log", "clamav.log.1", "freshclam.log"],
        ("read", f"{threats.LOGS}/clamav.log"): LOG,
        ("stat", "/srv/a.exe"): GONE,
        ("stat", "/srv/with: colon"): {"kind": "file"},
        ("stat", "/srv/undated"): ProbeError(Reason.FORBIDDEN, "shut"),
    }
    answers |= {("read", path): GONE for path in clamav.CLAMD_CONF}
    assert [(one.path, one.state) for one in threats.linux(given(answers))] == [
        ("/srv/a.exe", "gone"),
        ("/srv/with: colon", "there"),
        ("/srv/undated", "gone"),
    ]


def test_without_logs_the_question_makes_no_sense() -> None:
    with pytest.raises(ProbeError) as error:
        threats.linux(given({("stat", threats.LOGS): GONE}))
    assert error.value.reason is Reason.INAPPLICABLE


def event(number: int, ago: float, **data: str) -> dict[str, Any]:
    usual = {"Detection ID": "{1}", "Threat Name": "Virus:DOS/EICAR_Test_File", "Threat ID": "2147519003"}
    usual |= {"Path": r"file:_C:\Users\bob\Downloads\eicar.com", "Error Code": "0x00000000", "Action ID": "2"}
    return {"id": number, "provider": "d", "level": 3, "time": NOW - ago, "data": usual | data}


@pytest.mark.parametrize(
    ("rows", "state"),
    [
        ([event(1117, 60), event(1116, 61)], "gone"),
        ([event(1116, 7200)], "untouched"),
        ([event(1119, 60), event(1116, 61)], "failed"),
        ([event(1118, 60), event(1116, 61)], "failed"),
        ([event(1117, 60, **{"Error Code": "0x80508023"}), event(1116, 61)], "failed"),
        ([event(1117, 60, **{"Action ID": "6"})], "allowed"),
        ([event(1117, 60, **{"Action ID": "9"})], "untouched"),
    ],
)
def test_the_last_record_of_a_detection_decides(rows: list[dict[str, Any]], state: str) -> None:
    (found,) = threats.parse_events(rows, NOW)
    assert (found.state, found.path) == (state, r"C:\Users\bob\Downloads\eicar.com")


def test_what_was_found_a_moment_ago_is_still_being_dealt_with() -> None:
    assert list(threats.parse_events([event(1116, 60)], NOW)) == []


def test_a_file_within_another_is_named_by_the_outer_one() -> None:
    path = r"containerfile:_C:\a.zip; file:_C:\a.zip->eicar.com"
    (found,) = threats.parse_events([event(1117, 9, Path=path)], NOW)
    assert found.path == r"C:\a.zip"
    (nameless,) = threats.parse_events([event(1117, 9, Path="process:_pid:4")], NOW)
    assert nameless.path == "process:_pid:4"


def test_defenders_list_of_threats_is_read() -> None:
    text = """\
Scanning C:\\Users\\bob\\Downloads found 1 threats.
----------------------------- Threat information ------------------------------
Threat                  : Virus:DOS/EICAR_Test_File
Resources               : 2 total
    containerfile       : C:\\Users\\bob\\Downloads\\a.zip
    file                : C:\\Users\\bob\\Downloads\\a.zip->eicar.com
"""
    assert [(one.path, one.threat) for one in scans.parse_defender(text)] == [
        (r"C:\Users\bob\Downloads\a.zip", "Virus:DOS/EICAR_Test_File")
    ]
    assert scans.parse_defender("Scan finished.\nfound no threats.\n") == ()


def test_verdicts_of_the_scanner_are_read() -> None:
    text = "/srv/a b: Eicar-Signature FOUND\n/srv/c: OK\nWARNING: x\n"
    assert [(one.path, one.threat) for one in scans.parse_verdicts(text)] == [("/srv/a b", "Eicar-Signature")]
