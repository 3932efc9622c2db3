"""Crashes of programs and of the system, and sudden ends."""

from __future__ import annotations

import json

import pytest
from hosts import MACHINE, bare, given
from hypothesis import given as any_of
from hypothesis import strategies as st

from techkit.host import ProbeError
from techkit.model import Gap, Reason
from techkit.readings.os import services, unclean_shutdowns
from techkit.readings.os.kernel_log import Message
from techkit.readings.software import crashes
from techkit.readings.software.crashes import Crash, Oops, Stop
from techkit.readings.supplements import Supplements

NOW = 1_790_000_000
MISSING = ProbeError(Reason.MISSING, "")
WINDOWS = {("machine",): MACHINE | {"system": "windows"}}

LOG = ("events", "Application", (1000, 1002, 1033), 7, (crashes.ERROR, crashes.HANG, crashes.INSTALLER))


def test_core_dumps_by_program() -> None:
    rows = [
        {
            "__REALTIME_TIMESTAMP": "1789999000000000",
            "COREDUMP_EXE": "/opt/pay/paymentd",
            "COREDUMP_SIGNAL_NAME": "SIGSEGV",
        },
        {"__REALTIME_TIMESTAMP": "1789999900000000", "COREDUMP_COMM": "paymentd", "COREDUMP_SIGNAL": "6"},
        {"__REALTIME_TIMESTAMP": "1789999900000000"},
    ]
    host = given(
        {
            ("listdir", crashes.REPORTS): ["_usr_bin_gedit.1000.crash", "_usr_bin_old.1000.crash", "x.upload"],
            ("stat", f"{crashes.REPORTS}/_usr_bin_gedit.1000.crash"): {"modified": NOW - 60},
            ("stat", f"{crashes.REPORTS}/_usr_bin_old.1000.crash"): {"modified": NOW - 8 * 86400},
            ("stat", crashes.DUMPS): {},
            ("run", *crashes.JOURNAL): {"code": 0, "out": "\n".join(map(json.dumps, rows)) + "\nrubbish", "err": ""},
        }
    )
    assert crashes.programs(host) == (
        Crash("paymentd", 2, 1_789_999_900.0, how="6"),
        Crash("gedit", 1, NOW - 60, path="/usr/bin/gedit"),
    )


def test_where_nobody_keeps_count() -> None:
    with pytest.raises(ProbeError) as caught:
        crashes.programs(given({("listdir", crashes.REPORTS): MISSING, ("stat", crashes.DUMPS): MISSING}))
    assert caught.value.reason is Reason.INAPPLICABLE


def test_windows_programs_named_or_in_order() -> None:
    old = ["OUTLOOK.EXE", "16.0", "5", "mso.dll", "16.0", "5", "c0000005", "1f"]
    new = {"AppName": "OUTLOOK.EXE", "ModuleName": "mso.dll", "ExceptionCode": "0xC0000005"}
    records = [
        {"provider": crashes.ERROR, "time": 9.0, "data": new},
        {"provider": crashes.ERROR, "time": 5.0, "data": old},
        {"provider": crashes.HANG, "time": 7.0, "data": ["explorer.exe", "10.0"]},
        {"provider": crashes.ERROR, "time": 7.0, "data": []},
    ]
    question = LOG
    assert crashes.programs(given(WINDOWS | {question: records})) == (
        Crash("OUTLOOK.EXE", 2, 9.0, how="c0000005", module="mso.dll"),
        Crash("explorer.exe", 1, 7.0, hung=True),
    )


def test_windows_says_whose_program_fell_and_in_what() -> None:
    spooler = r"C:\Windows\System32\spoolsv.exe"
    driver = r"C:\Windows\system32\spool\DRIVERS\x64\3\hpcdmc64.DLL"
    old = ["spoolsv.exe", "10.0", "5", "hpcdmc64.DLL", "1.0", "5", "c0000005", "1f", "a1c", "1d", spooler, driver, "-"]
    word = r"C:\Program Files\Microsoft Office\root\Office16\WINWORD.EXE"
    new = {"AppName": "WINWORD.EXE", "ModuleName": "hpcdmc64.DLL", "AppPath": word, "ModulePath": driver}
    records = [{"provider": crashes.ERROR, "time": 9.0, "data": data} for data in (old, new)]
    rows = [
        {"Name": "Spooler", "PathName": spooler.lower()},
        {"Name": "Dhcp", "PathName": r"C:\Windows\system32\svchost.exe -k LocalService -p"},
        {"Name": "Odd", "PathName": None},
    ]
    answers = {
        LOG: records,
        ("wmi", "root\\cimv2", "Win32_Service", services.ROWS, ""): rows,
    }
    assert [(one.service, one.driver) for one in crashes.programs(given(WINDOWS | answers))] == [
        ("", True),
        ("Spooler", True),
    ]


@pytest.mark.parametrize(
    ("command", "program"),
    [
        (r'"C:\Program Files\SQL\sqlservr.exe" -sACCT', r"C:\Program Files\SQL\sqlservr.exe"),
        (r"C:\Program Files\Example Server\server.exe -run", r"C:\Program Files\Example Server\server.exe"),
        (r"C:\Windows\system32\svchost.exe -k netsvcs -p", ""),
        (r"\SystemRoot\System32\drivers\x.sys", r"\SystemRoot\System32\drivers\x.sys"),
        (None, ""),
    ],
)
def test_the_program_of_a_service(command: str | None, program: str) -> None:
    assert services.program_of({"PathName": command}) == program


def test_an_exception_of_the_runtime_is_named() -> None:
    crash = [
        "Acme Books.exe",
        "4.1",
        "68b6f0a1",
        "KERNELBASE.dll",
        "10.0",
        "68a11c33",
        "e0434352",
        "0",
        "3f10",
        "1",
        "C:\\x",
    ]
    records = [{"provider": crashes.ERROR, "time": 9.0, "data": crash}]
    text = (
        "Application: Acme Books.exe\nFramework Version: v4.0.30319\nDescription: The process was terminated due to an "
        "unhandled exception.\nException Info: System.Configuration.ConfigurationErrorsException\n   at System."
    )
    asked = LOG
    runtime = ("events", "Application", (1026,), 7, (crashes.RUNTIME,))
    other = {"data": [text.replace("Acme Books.exe", "Other.exe").replace("ConfigurationErrors", "Other")]}
    host = given(WINDOWS | {asked: records, runtime: [other, {"data": [text]}]})
    assert crashes.programs(host)[0].how == "System.Configuration.ConfigurationErrorsException"
    host = given(WINDOWS | {asked: records, runtime: ProbeError(Reason.TIMEOUT)})
    assert crashes.programs(host)[0].how == "e0434352"
    assert crashes.exception(["Acme.exe died"], "Acme.exe") == ""


def test_the_kernel_stumbles() -> None:
    texts = (
        "BUG: soft lockup - CPU#0 stuck for 22s!",
        "BUG: kernel NULL pointer dereference, address: 0000000000000008",
        "Oops: 0000 [#1] SMP NOPTI",
        "RIP: 0010:nv_drm_probe+0x1f/0x90 [nvidia_drm]",
    )
    assert crashes.oopses(map(Message, texts)) == Oops(texts[1], 2, "nvidia_drm")
    assert crashes.oopses([Message("WARNING: CPU: 1 PID: 9 at fs/x.c")]) is None


def test_what_a_dying_kernel_left() -> None:
    host = given(
        {
            ("listdir", "/sys/fs/pstore"): ["dmesg-efi-1", "console-ramoops-0"],
            ("listdir", "/var/lib/systemd/pstore"): MISSING,
            ("listdir", crashes.REPORTS): ["202609010203", "x.crash"],
            ("stat", "/sys/fs/pstore/dmesg-efi-1"): {"modified": NOW - 86400},
            ("stat", f"{crashes.REPORTS}/202609010203"): {"modified": NOW - 40 * 86400},
        }
    )
    found = (Stop(0, 1, NOW - 86400, path="/sys/fs/pstore/dmesg-efi-1"),)
    assert crashes.remains(host, Supplements(host)) == found


def test_the_store_of_the_firmware_may_be_shut_to_us() -> None:
    host = bare({("listdir", "/sys/fs/pstore"): ProbeError(Reason.FORBIDDEN)})
    more = Supplements(host)
    assert crashes.remains(host, more) == ()
    assert more.unseen == (Gap("/sys/fs/pstore", Reason.FORBIDDEN, question="listdir"),)


def test_sudden_ends_of_linux() -> None:
    text = (
        "reboot   system boot  6.1.0-30-amd64   2026-09-21T10:00:00+00:00   still running\n"
        "reboot   system boot  6.1.0-30-amd64   2026-09-20T09:00:00+00:00 - 2026-09-21T10:00:00+00:00 (1+01:00)\n"
        "shutdown system down  6.1.0-30-amd64   2026-09-20T08:00:00+00:00 - 2026-09-20T09:00:00+00:00  (01:00)\n"
        "reboot   system boot  6.1.0-30-amd64   2026-09-19T09:00:00+00:00 - 2026-09-20T08:00:00+00:00  (23:00)\n"
        "\nwtmp begins 2026-09-19T09:00:00+00:00\n"
    )
    assert [one.time for one in crashes.parse_last(text)] == [1_789_984_800.0]


@any_of(st.text(max_size=300))
def test_no_text_breaks_the_parsers(text: str) -> None:
    crashes.parse_journal(text)
    crashes.parse_last(text)
    unclean_shutdowns.parse_bugcheck([text])
    crashes.oopses([Message(text), Message(f"Oops: {text}"), Message(text)])
