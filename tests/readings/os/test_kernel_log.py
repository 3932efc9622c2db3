"""The kernel's own words, from the journal, from its buffer and from a file."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hosts import given
from hypothesis import given as any_of
from hypothesis import strategies as st

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.os import kernel_log
from techkit.readings.os.kernel_log import Message

JOURNAL = ("run", *kernel_log.JOURNAL, kernel_log.COLUMNS)
BELOW = ("run", *kernel_log.BELOW, kernel_log.COLUMNS)
DMESG = ("run", "dmesg", "-r")
GONE = ProbeError(Reason.MISSING, kernel_log.FILE)
ROWS = [
    {"__REALTIME_TIMESTAMP": "1790000000500000", "PRIORITY": "4", "MESSAGE": "usb 1-1: reset"},
    {"__REALTIME_TIMESTAMP": "1790000001000000", "PRIORITY": "3", "MESSAGE": [111, 255, 107]},
    {"__REALTIME_TIMESTAMP": "1790000002000000", "PRIORITY": "3", "MESSAGE": None},
]


def said(out: str = "", err: str = "", code: int = 0) -> dict[str, Any]:
    return {"code": code, "out": out, "err": err}


def test_the_journal_s_rows() -> None:
    host = given({JOURNAL: said("\n".join(map(json.dumps, ROWS)) + "\nrubbish\n")})
    assert kernel_log.kernel_log(host) == (
        Message("usb 1-1: reset", 1_790_000_000.5, 4),
        Message("o\\xffk", 1_790_000_001.0, 3),
    )


def test_what_tells_of_trouble_counts_though_it_is_called_a_notice() -> None:
    notice = {"__REALTIME_TIMESTAMP": "1790000000700000", "PRIORITY": "6", "MESSAGE": "usb 1-1: USB disconnect"}
    host = given({JOURNAL: said("\n".join(map(json.dumps, ROWS))), BELOW: said(json.dumps(notice))})
    assert [one.priority for one in kernel_log.kernel_log(host)] == [4, 6, 3]
    buffer = "<6>[    1.000000] INFO: task a:1 blocked for more than 120 seconds.\n<6>[    2.000000] hello\n"
    assert [one.priority for one in kernel_log.parse_buffer(buffer, 0.0)] == [6]


def test_a_buffer_without_levels_is_looked_at_whole_and_one_of_another_form_is_unreadable() -> None:
    line = "[    1.000000] I/O error, dev sda\n"
    assert kernel_log.parse_buffer(line, 5.0) == (Message("I/O error, dev sda", 6.0, None),)
    answers = {JOURNAL: ProbeError(Reason.MISSING, "journalctl"), ("read", "/proc/uptime"): "100.00 50.00\n"}
    host = given(answers | {DMESG: said("Mon Jan 1 something else\n"), ("stat", kernel_log.FILE): GONE})
    with pytest.raises(ProbeError) as caught:
        kernel_log.kernel_log(host)
    assert caught.value.reason is Reason.UNREADABLE


def test_without_a_journal_the_kernel_s_own_buffer() -> None:
    raw = "<6>[    0.000000] Linux version 6.1\n<4>[    1.500000] odd clock\n<12>[   20.000001] from a program\n"
    host = given(
        {
            JOURNAL: ProbeError(Reason.MISSING, "journalctl"),
            DMESG: said(raw),
            ("read", "/proc/uptime"): "100.00 50.00\n",
        }
    )
    assert kernel_log.kernel_log(host) == (
        Message("odd clock", 1_789_999_901.5, 4),
        Message("from a program", 1_789_999_920.000001, 4),
    )


def test_without_both_the_file_from_the_last_start_on() -> None:
    text = (
        "Jan  2 03:04:05 pc kernel: [    9.000000] of the start before\n"
        "2026-01-02T03:04:05+00:00 pc kernel: Linux version 6.1.0\n"
        "Jan  2 03:05:05 pc kernel: [    2.000000] usb 1-1: reset\n"
    )
    host = given(
        {
            JOURNAL: said(code=1, err="No journal files were found."),
            DMESG: ProbeError(Reason.MISSING, "dmesg"),
            ("stat", kernel_log.FILE): {},
            ("run", "tail", "-n", "4000", kernel_log.FILE): said(text),
        }
    )
    assert kernel_log.kernel_log(host) == (Message("Linux version 6.1.0"), Message("usb 1-1: reset"))


def test_a_user_who_may_see_none_of_them_is_refused() -> None:
    hint = "Hint: You are currently not seeing messages from other users and the system."
    host = given(
        {
            JOURNAL: said(err=hint),
            DMESG: said(code=1, err="dmesg: read kernel buffer failed: Operation not permitted"),
            ("stat", kernel_log.FILE): ProbeError(Reason.MISSING, kernel_log.FILE),
        }
    )
    with pytest.raises(ProbeError) as caught:
        kernel_log.kernel_log(host)
    assert caught.value.reason is Reason.FORBIDDEN


@any_of(st.text(max_size=300))
def test_no_text_breaks_the_parsers(text: str) -> None:
    kernel_log.parse_journal(text)
    kernel_log.parse_buffer(text, 0.0)
    kernel_log.parse_file(text)
