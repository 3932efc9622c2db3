"""Damaged journal files, and full event logs."""

from __future__ import annotations

from hosts import given
from hypothesis import given as any_of
from hypothesis import strategies as st

from techkit.readings.os import journals
from techkit.readings.os.journals import Damaged, Full

VERIFY = """PASS: /var/log/journal/0123/system.journal
0015e8: Invalid object contents: Bad message
File corruption detected at /var/log/journal/0123/system@02ae-7f-05.journal:0015e8 (of 392840 bytes, 1%).
FAIL: /var/log/journal/0123/system@02ae-7f-05.journal (Bad message)
FAIL: /var/log/journal/0123/user-1000@02ae.journal (Permission denied)
"""


def test_heads_of_journal_files() -> None:
    head = journals.SIGNATURE + bytes(80) + (264).to_bytes(8, "little") + (392576).to_bytes(8, "little")
    assert journals.head_fault(head, 392840) == ""
    assert journals.head_fault(head, 392839) == "cut short"
    assert journals.head_fault(b"rubbish", 9) == "no journal file"


def test_only_closed_files_that_fit_are_verified() -> None:
    head = journals.SIGNATURE + bytes(80) + (264).to_bytes(8, "little") + (1).to_bytes(8, "little")
    folder = f"{journals.FOLDER}/0123"
    small, large = f"{folder}/system@1.journal", f"{folder}/system@2.journal"
    host = given(
        {
            ("listdir", journals.FOLDER): ["0123"],
            ("listdir", folder): ["system.journal", "system@1.journal", "system@2.journal", "system@3.journal~"],
            ("stat", small): {"size": 1000, "modified": 1},
            ("stat", large): {"size": journals.BUDGET + 1, "modified": 2},
            ("head", small, journals.HEADER): head.decode("latin-1"),
            ("head", large, journals.HEADER): "x",
            ("run", "journalctl", "--verify", "--quiet", f"--file={small}"): {"code": 1, "out": "", "err": VERIFY},
        }
    )
    assert journals.damaged(host)[0] == Damaged(large, "no journal file")
    assert journals.parse_verify(VERIFY) == [Damaged("/var/log/journal/0123/system@02ae-7f-05.journal", "Bad message")]


def test_a_windows_log_that_overwrites_nothing_and_is_full() -> None:
    none: dict[str, object] = {"values": {"MaxSize": 1000}, "keys": []}
    path = "C:\\Windows\\System32\\winevt\\Logs\\System.evtx"
    values = {"MaxSize": 1000, "Retention": 0xFFFFFFFF, "File": "%SystemRoot%\\System32\\winevt\\Logs\\System.evtx"}
    host = given(
        {
            ("registry", journals.CV): {"values": {"SystemRoot": "C:\\Windows"}, "keys": []},
            ("registry", f"{journals.LOGS}\\System"): {"values": values, "keys": []},
            ("registry", f"{journals.LOGS}\\Application"): none,
            ("registry", f"{journals.LOGS}\\Security"): {"values": {**values, "Retention": 0}, "keys": []},
            ("stat", path): {"size": 960},
        }
    )
    assert journals.full(host) == (Full("System", 960, 1000),)


@any_of(st.text(max_size=200))
def test_no_text_breaks_the_parser(text: str) -> None:
    journals.parse_verify(text)
