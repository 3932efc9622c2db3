"""What the tools of Linux antiviruses say, by their makers' documentation."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import given

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.antivirus import antiviruses, clamav

GONE = ProbeError(Reason.MISSING, "gone")
KESL = """\
Name:                                    Kaspersky Endpoint Security 12.1 for Linux
Version:                                 12.1.0.1297
Application database release date:       2026-09-18 07:02:00
File Threat Protection:                  Running
"""
KESL_RU = """\
Название:                                Kaspersky Endpoint Security 12.1 для Linux
Дата последнего выпуска баз приложения:  2026-09-18 07:02:00
Защита от файловых угроз:                Остановлена
"""


@pytest.mark.parametrize(
    ("text", "guard"),
    [
        (KESL, "on"),
        (KESL.replace("Running", "Stopped"), "off"),
        (KESL_RU, "off"),
        (KESL_RU.replace("Остановлена", "Запущена"), "on"),
        ("", "unknown"),
    ],
)
def test_the_guard_of_kaspersky_in_both_languages(text: str, guard: str) -> None:
    assert antiviruses.parse_kesl(text) == guard


@pytest.mark.parametrize(
    ("text", "guard", "dated"),
    [
        ('{"realTimeProtectionEnabled": true, "definitionsUpdated": 1789905600000}', "on", 1789905600.0),
        ('{"realTimeProtectionEnabled": {"value": false}, "definitionsUpdated": 0}', "off", 0.0),
        (
            '{"realTimeProtectionEnabled": 1, "passiveModeEnabled": {"value": true}, "definitionsUpdated": "9"}',
            "passive",
            0.009,
        ),
    ],
)
def test_what_defender_for_linux_says(text: str, guard: str, dated: float) -> None:
    found, signatures = antiviruses.parse_mdatp(text)
    assert (found, signatures.dated) == (guard, dated)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"definitionsUpdated": "soon"}', "null"])
def test_rubbish_is_unreadable(text: str) -> None:
    with pytest.raises(ProbeError):
        antiviruses.parse_mdatp(text)


def test_the_guard_of_bitdefender() -> None:
    assert antiviruses.parse_bitdefender("Antimalware status: On\n") == "on"
    assert antiviruses.parse_bitdefender("Antimalware status: Off\n") == "off"
    assert antiviruses.parse_bitdefender("") == "unknown"


@pytest.mark.parametrize(
    ("unit", "told"),
    [
        ("clamav-daemon.service", True),
        ("clamd@scan.service", True),
        ("kesl.service", True),
        ("WinDefend", True),
        ("avp21.15", True),
        ("cron.service", False),
        ("Spooler", False),
    ],
)
def test_units_that_antivirus_checks_tell_of(unit: str, told: bool) -> None:
    assert antiviruses.told_here(unit) is told


def machine(**which: str | None) -> dict[tuple[Any, ...], Any]:
    answers: dict[tuple[Any, ...], Any] = {("stat", maker.program): GONE for maker in antiviruses.LINUX}
    answers |= {("which", name): which.get(name) for name in ("clamd", "clamscan")}
    answers["stat", clamav.DAEMON_PACKAGE] = GONE
    answers["listdir", clamav.FOLDER] = []
    for path in (*clamav.FRESHCLAM_CONF, *clamav.CLAMD_CONF, "/proc/self/mountinfo", "/proc/self/mounts"):
        answers["read", path] = GONE
    return answers


def test_a_machine_without_any() -> None:
    assert antiviruses.antiviruses(given(machine())) == ()


def test_clamscan_alone_is_an_antivirus_without_a_daemon() -> None:
    answers = machine(clamscan="/usr/bin/clamscan")
    answers["stat", "/run/systemd/system"] = GONE
    (found,) = antiviruses.antiviruses(given(answers))
    assert (found.vendor, found.engines) == ("clamav", ())
    assert found.signatures is not None
    assert not found.signatures.present


def test_a_product_whose_folder_is_shut_to_us_is_there() -> None:
    kesl = antiviruses.LINUX[0].program
    answers = machine()
    answers["stat", kesl] = ProbeError(Reason.FORBIDDEN, "shut")
    answers["stat", "/run/systemd/system"] = GONE
    answers["run", kesl, "--app-info"] = ProbeError(Reason.FORBIDDEN, "shut")
    (found,) = antiviruses.antiviruses(given(answers))
    assert (found.vendor, found.guard) == ("kaspersky", "unknown")
