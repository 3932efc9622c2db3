"""Services by what they are for."""

from __future__ import annotations

import pytest

from techkit.readings.os import service_roles
from techkit.readings.os.services import Unit


@pytest.mark.parametrize("name", ["edgeupdate", "CDPUserSvc_3a2f1", "GoogleUpdaterInternalService141.0"])
def test_windows_services_that_rest(name: str) -> None:
    assert service_roles.RESTING.fullmatch(name)


@pytest.mark.parametrize(
    ("name", "guard"), [("WinDefend", True), ("clamav-daemon.service", True), ("cron.service", False)]
)
def test_antivirus_services_are_known_by_name(name: str, guard: bool) -> None:
    assert bool(service_roles.GUARDS.match(name)) is guard


@pytest.mark.parametrize(
    ("name", "kind", "role"),
    [
        ("DNS", "win32", "dns"),
        ("MSSQL$ERP", "win32", "database"),
        ("Spooler", "win32", ""),
        ("dns", "simple", ""),
        ("IAS", "win32", "sign_ins"),
        ("1C:Enterprise 8.3 Server Agent (x86-64)", "win32", "accounts"),
    ],
)
def test_what_others_lose_without_a_service_of_windows(name: str, kind: str, role: str) -> None:
    assert service_roles.role(Unit(name, kind=kind)) == role
