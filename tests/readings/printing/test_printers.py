"""Printers and their queues, as CUPS and Windows tell them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from conftest import ROOT
from hosts import MACHINE, bare, given

from techkit import registry
from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.os import services
from techkit.readings.printing import printers
from techkit.readings.printing.printers import Job, Printer

NOW = datetime(2026, 11, 25, 3, 30, 4, tzinfo=UTC)
LABELS = """\
\tForm mounted:
\tContent types: any
\tPrinter types: unknown
\tDescription: {name}
\tAlerts: {alerts}
\tLocation:
\tConnection: direct
\tOn fault: no alert
\tAfter fault: continue
\tUsers allowed:
\t\t(all)
\tForms allowed:
\t\t(none)
\tBanner required
\tCharset sets:
\t\t(none)
\tDefault pitch:
\tDefault page size:
\tDefault port settings:
"""
LPSTAT = (
    """\
scheduler is running
system default destination: good
device for dead: ipp://127.0.0.1:10/ipp/print
device for good: /dev/null
device for office: socket://192.0.2.9:9100
device for paused: socket://192.0.2.10:9100
device for rejecting: lpd://192.0.2.11/queue
dead accepting requests since Wed Nov 25 03:07:04 2026
good accepting requests since Wed Nov 25 03:07:04 2026
office accepting requests since Wed Nov 25 03:07:04 2026
paused accepting requests since Wed Nov 25 03:07:04 2026
rejecting not accepting requests since Wed Nov 25 03:07:04 2026 -
\tMoved to floor 2
printer dead now printing dead-2.  enabled since Wed Nov 25 03:07:04 2026
\tThe printer may not exist or is unavailable at this time.
"""
    + LABELS.format(name="dead", alerts="none")
    + "printer good is idle.  enabled since Wed Nov 25 03:07:04 2026\n"
    + LABELS.format(name="good", alerts="none")
    + """\
printer office now printing office-1.  enabled since Wed Nov 25 03:07:04 2026
\tThe printer may not exist or is unavailable at this time.
"""
    + LABELS.format(name="office", alerts="media-empty-error offline-report")
    + """\
printer paused disabled since Wed Nov 25 03:07:04 2026 -
\tPaper tray is broken
"""
    + LABELS.format(name="paused", alerts="paused")
    + """\
printer rejecting is idle.  enabled since Wed Nov 25 03:07:04 2026
\tMoved to floor 2
"""
    + LABELS.format(name="rejecting", alerts="none")
    + """\
office-1                root              1024   Wed Nov 25 03:07:04 2026
\tStatus: The printer may not exist or is unavailable at this time.
\tAlerts: job-printing
\tqueued for office
dead-2                  unknown           1024   Wed Nov 25 03:07:04 2026
\tAlerts: job-printing
\tqueued for dead
office-4                root              1024   Wed Nov 25 03:07:04 2026
\tAlerts: job-hold-until-specified
\tqueued for office
"""
)
SID = "S-1-5-21-1-2-3-1001"
WINDOWS: dict[tuple[Any, ...], Any] = {
    ("machine",): MACHINE | {"system": "windows"},
    ("person",): {"name": "anna", "id": SID},
}


def test_what_cups_says_of_its_printers() -> None:
    seen = printers.parse_lpstat(LPSTAT, NOW)
    assert seen.running
    assert seen.default == "good"
    assert seen.printers == (
        Printer("dead", message="The printer may not exist or is unavailable at this time."),
        Printer("good", default=True, virtual=True),
        Printer(
            "office",
            message="The printer may not exist or is unavailable at this time.",
            needs=("media-empty",),
            host="192.0.2.9",
            port=9100,
        ),
        Printer("paused", enabled=False, message="Paper tray is broken", host="192.0.2.10", port=9100),
        Printer("rejecting", accepting=False, message="Moved to floor 2", host="192.0.2.11", port=515),
    )
    assert seen.jobs == (Job("office", 1, 1380.0), Job("dead", 2, 1380.0), Job("office", 4, 1380.0, held=True))


@pytest.mark.parametrize(
    ("said", "running"),
    [
        ("scheduler is not running\nlpstat: Scheduler is not running.\n", False),
        ("lpstat: Transport endpoint is not connected\n", False),
        ("\nlpstat: Connection refused\n", False),
        ("scheduler is running\nlpstat: Connection refused\n", True),
        ("lpstat: Unknown destination: Connection refused\n", True),
    ],
)
def test_a_print_service_that_does_not_run(said: str, running: bool) -> None:
    assert printers.parse_lpstat(said, NOW).running == running


@pytest.mark.parametrize("text", ["", "\n\tx\n", "printer\n", "office-1 root\n", "device for :\n", "a-1 b 1 Xyz 2026"])
def test_rubbish_is_no_printer(text: str) -> None:
    assert printers.parse_lpstat(text, NOW).jobs == ()


@pytest.mark.parametrize("text", ["Идёт печать", "Status: disabled since yesterday", "Alerts: paused"])
def test_what_a_printer_says_is_never_its_state(text: str) -> None:
    said = f"printer office is idle.  enabled since Wed Nov 25 03:07:04 2026\n\t{text}\n"
    assert printers.parse_lpstat(said, NOW).printers[0].enabled


def test_recordings_of_others_are_read() -> None:
    folder = ROOT.parent / "shared" / "corpus" / "linux" / "lpstat"
    if not folder.is_dir():
        pytest.skip("the recordings are not here")
    for file in sorted(folder.iterdir()):
        printers.parse_lpstat(file.read_text(encoding="utf-8", errors="backslashreplace"), NOW)


HEADING = "# Printer configuration file for CUPS v2.4.2\n# Written by cupsd\nNextPrinterId 8\n"


@pytest.mark.parametrize(
    ("size", "text", "there"),
    [
        (126, HEADING, False),
        (600, HEADING + "<DefaultPrinter good>\nState Idle\n</DefaultPrinter>\n", True),
        (600, HEADING + "<Printer good>\nState Idle\n</Printer>\n", True),
        (126, ProbeError(Reason.FORBIDDEN), False),
        (600, ProbeError(Reason.FORBIDDEN), True),
    ],
)
def test_whether_a_printer_is_set_up(size: int, text: Any, there: bool) -> None:
    host = given({("stat", printers.CONFIGURED): {"size": size}, ("read", printers.CONFIGURED): text})
    assert printers.configured(host) is there


def test_without_printers_the_question_makes_no_sense() -> None:
    host = given({("stat", printers.CONFIGURED): ProbeError(Reason.MISSING)})
    with pytest.raises(ProbeError) as caught:
        printers.printing(host)
    assert caught.value.reason is Reason.INAPPLICABLE


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("lpstat: No destinations added.", Reason.INAPPLICABLE),
        ("lpstat: Transport endpoint is not connected", Reason.UNREADABLE),
        ("", Reason.UNREADABLE),
    ],
)
def test_an_empty_answer_is_no_healthy_one(said: str, reason: Reason) -> None:
    answers = {
        ("stat", printers.CONFIGURED): {"size": 600},
        ("read", printers.CONFIGURED): ProbeError(Reason.FORBIDDEN),
        ("run", "lpstat", *printers.STATE): {"code": 1, "out": "scheduler is running\n", "err": said},
    }
    with pytest.raises(ProbeError) as caught:
        printers.printing(given(answers))
    assert caught.value.reason is reason


@pytest.mark.parametrize(("interface", "there"), [("07\n", True), ("03\n", False)])
def test_a_printer_at_a_usb_socket(interface: str, there: bool) -> None:
    folder = "/sys/bus/usb/devices"
    answers = {("listdir", folder): ["1-2", "1-2:1.0"], ("read", f"{folder}/1-2:1.0/bInterfaceClass"): interface}
    assert printers.plugged(given(answers)) is there
    said = "device for laser: usb://HP/LaserJet%201020?serial=ABC\n"
    assert printers.parse_lpstat(said, NOW).printers == (Printer("laser", usb=True),)


def test_the_person_chooses_before_the_machine() -> None:
    machine = "Dest office copies=1\nDefault lab\n"
    own = {("person",): {"name": "anna", "id": 1000, "home": "/home/anna"}, ("read", "/etc/cups/lpoptions"): machine}
    file = ("read", "/home/anna/.cups/lpoptions")
    assert printers.chosen(given(own | {file: "Default colour/draft sides=one-sided\n"})) == "colour/draft"
    assert printers.chosen(given(own | {file: ProbeError(Reason.MISSING)})) == "lab"


def test_windows_tells_its_printers() -> None:
    row = {
        "Name": "HP 400", "Default": True, "PortName": "IP_192.0.2.10", "ServerName": None, "Network": False,
        "WorkOffline": False, "PrinterStatus": 3, "ExtendedPrinterStatus": 2, "DetectedErrorState": 8,
    }  # fmt: skip
    shared = row | {"Name": r"\\print01\lab", "PortName": "lab", "ServerName": r"\\print01", "DetectedErrorState": 9}
    paper = row | {"Name": "Microsoft Print to PDF", "PortName": "PORTPROMPT:", "ExtendedPrinterStatus": 8}
    job = {"Name": "HP 400, 12", "JobId": 12, "StatusMask": 16, "TimeSubmitted": "2026-09-21T17:12:00+03:00"}
    sent = job | {"Name": "HP 400, 11", "JobId": 11, "StatusMask": 128}
    held = job | {"Name": "HP, new, 13", "JobId": 13, "StatusMask": 1}
    port = rf"{printers.PORT_MONITOR}\IP_192.0.2.10"
    service = {
        "Name": "Spooler", "DisplayName": "Print Spooler", "State": "Running", "StartMode": "Auto",
        "DelayedAutoStart": False, "ExitCode": 0, "ServiceSpecificExitCode": 0,
    }  # fmt: skip
    device = rf"HKU\{SID}\Software\Microsoft\Windows NT\CurrentVersion\Windows"
    answers = WINDOWS | {
        ("wmi", "root\\cimv2", "Win32_Service", tuple(services.ROWS), ""): [service],
        ("wmi", "root\\cimv2", "Win32_Printer", printers.ROWS, ""): [row, shared, paper],
        ("wmi", "root\\cimv2", "Win32_PrintJob", ("Name", "JobId", "StatusMask", "TimeSubmitted"), ""): [
            job,
            sent,
            held,
        ],
        ("registry", port): {"values": {"HostName": "", "IPAddress": "192.0.2.10", "Protocol": 1}, "keys": []},
        ("registry", rf"{printers.PORT_MONITOR}\lab"): ProbeError(Reason.MISSING),
        ("registry", device): {"values": {"Device": "HP 400,winspool,Ne00:"}, "keys": []},
    }
    seen = printers.printing(given(answers))
    assert seen.printers == (
        Printer("HP 400", needs=("media-jam",), default=True, host="192.0.2.10", port=9100),
        Printer(r"\\print01\lab", host="print01", port=445, offline=True),
        Printer("Microsoft Print to PDF", enabled=False, needs=("media-jam",), virtual=True),
    )
    assert [(one.printer, one.number, one.held) for one in seen.jobs] == [("HP 400", 12, False), ("HP, new", 13, True)]
    assert seen.default == "HP 400"


@pytest.mark.parametrize(
    ("masks", "needs", "offline"),
    [
        ((0, 16), (), False),
        ((2 | 16 | 64,), ("media-empty",), False),
        ((1024, 1024), ("service",), False),
        ((32 | 2,), (), True),
        ((64 | 128, 32 | 4), (), False),
    ],
)
def test_what_a_document_tells_of_its_printer(masks: tuple[int, ...], needs: tuple[str, ...], offline: bool) -> None:
    waiting: list[dict[str, Any]] = [{"Name": "HP, new, 13", "StatusMask": mask} for mask in masks]
    waiting.append({"Name": "HP, 14", "StatusMask": 32 | 64})
    heard = printers.heard_of(Printer("HP, new"), waiting)
    assert (heard.needs, heard.offline) == (needs, offline)


@pytest.mark.parametrize(
    ("jobs", "answer", "port", "silent"),
    [
        ([], None, "USB001", True),  # switched off, as most printers at home are most of the day
        (
            [{"Name": "HP 400, 12", "JobId": 12, "StatusMask": 2, "TimeSubmitted": "2026-09-21T17:12:00+03:00"}],
            None,
            "USB001",
            False,
        ),
        ([], "timeout", "IP_192.0.2.10", True),
        ([], "open", "IP_192.0.2.10", False),
    ],
)
def test_a_printer_that_is_switched_off_is_no_trouble_before_something_waits(
    jobs: list[Any], answer: str | None, port: str, *, silent: bool
) -> None:
    service = dict.fromkeys(services.ROWS) | {"Name": "Spooler", "State": "Running", "StartMode": "Auto"}
    row = dict.fromkeys(printers.ROWS) | {"Name": "HP 400", "PortName": port, "WorkOffline": True}
    device = rf"HKU\{SID}\Software\Microsoft\Windows NT\CurrentVersion\Windows"
    place = {"HostName": "", "IPAddress": "192.0.2.10", "Protocol": 1}
    check = registry.load("printing.default")
    host = bare(WINDOWS | {
        ("wmi", "root\\cimv2", "Win32_Service", tuple(services.ROWS), ""): [service],
        ("wmi", "root\\cimv2", "Win32_Printer", printers.ROWS, ""): [row],
        ("wmi", "root\\cimv2", "Win32_PrintJob", ("Name", "JobId", "StatusMask", "TimeSubmitted"), ""): jobs,
        ("registry", rf"{printers.PORT_MONITOR}\IP_192.0.2.10"): {"values": place, "keys": []},
        ("registry", device): {"values": {"Device": "HP 400,winspool,Ne00:"}, "keys": []},
        ("connect", "192.0.2.10", 9100): {"state": answer, "milliseconds": 1.0},
    })  # fmt: skip
    assert check.probe(host).silent is silent


def test_printers_of_a_windows_whose_print_service_rests() -> None:
    answers = WINDOWS | {
        ("registry", rf"{printers.PRINT}\Printers"): {"values": {}, "keys": ["Fax", "HP 400"]},
        ("registry", rf"{printers.PRINT}\Printers\Fax"): {"values": {"Port": "SHRFAX:"}, "keys": []},
        ("registry", rf"{printers.PRINT}\Printers\HP 400"): {"values": {"Port": "USB001"}, "keys": []},
        ("registry", rf"HKU\{SID}\Printers\Connections"): {"values": {}, "keys": [",,print01,lab"]},
    }
    assert printers.real(given(answers)) == ("HP 400", r"\\print01\lab")


def test_documents_in_the_folder_of_the_print_service_are_counted_where_it_may_be_looked_into() -> None:
    folder = ("listdir", r"C:\Windows\System32\spool\PRINTERS")
    assert printers.spooled(bare({folder: ["00007.SHD", "00007.SPL", "00008.spl"]})) == 2
    assert printers.spooled(bare({folder: ProbeError(Reason.FORBIDDEN)})) == 0


@pytest.mark.parametrize(
    ("status", "attributes", "enabled", "needs", "offline"),
    [
        (0, 0x40, True, (), False),
        (0x1, 0x40, False, (), False),
        (0x8 | 0x2, 0x40, True, ("media-jam",), False),
        (0x10, 0x40, True, ("media-empty",), False),
        (0x800, 0x40, True, ("output-full",), False),
        (0x40000, 0x40, True, ("toner-empty",), False),
        (0x100000, 0x40, True, ("service",), False),
        (0x400000, 0x40, True, ("door-open",), False),
        (0x20000, 0x40, True, (), False),  # toner is low, not gone
        (0x80, 0x40, True, (), True),
        (0, 0x440, True, (), True),
        (None, 0x10, True, (), False),
    ],
)
def test_the_print_service_answers_where_wmi_does_not(
    status: int | None, attributes: int, enabled: bool, needs: tuple[str, ...], offline: bool
) -> None:
    service = {
        "Name": "Spooler", "DisplayName": "Print Spooler", "State": "Running", "StartMode": "Auto",
        "DelayedAutoStart": False, "ExitCode": 0, "ServiceSpecificExitCode": 0,
    }  # fmt: skip
    queue = {"name": "HP 400", "server": "", "port": "USB001", "attributes": attributes, "status": status}
    job = {"Name": "HP 400, 12", "JobId": 12, "StatusMask": 2, "TimeSubmitted": "2026-09-21T14:12:00+00:00"}
    device = rf"HKU\{SID}\Software\Microsoft\Windows NT\CurrentVersion\Windows"
    broken = ProbeError(Reason.UNREADABLE, "0x80041013")
    answers = WINDOWS | {
        ("wmi", "root\\cimv2", "Win32_Service", tuple(services.ROWS), ""): [service],
        ("wmi", "root\\cimv2", "Win32_Printer", printers.ROWS, ""): broken,
        ("spooler",): {"printers": [queue], "jobs": [job]},
        ("registry", rf"{printers.PORT_MONITOR}\USB001"): ProbeError(Reason.MISSING),
        ("registry", device): {"values": {"Device": "HP 400,winspool,Ne00:"}, "keys": []},
    }
    seen = printers.printing(given(answers))
    assert seen.printers == (Printer("HP 400", enabled=enabled, needs=needs, default=True, offline=offline),)
    assert [(one.printer, one.number) for one in seen.jobs] == [("HP 400", 12)]
