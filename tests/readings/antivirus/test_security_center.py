"""What Windows says of its antiviruses; fields as Microsoft documents them, states as people have recorded them."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import MACHINE, given

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.antivirus import antiviruses, security_center, vendor_notes

NOW = 1_790_000_000
CENTER = ("wmi", security_center.NAMESPACE, "AntiVirusProduct", security_center.PROPERTIES, "")
STATUS = (
    "wmi", security_center.DEFENDER_NAMESPACE, "MSFT_MpComputerStatus", security_center.DEFENDER_PROPERTIES, "",
)  # fmt: skip
EXE = r"C:\Program Files\Vendor\av.exe"
WINDOWS = MACHINE | {"system": "windows", "edition": "client", "release": "Windows 11 Pro 24H2 (26100.1)"}


def product(name: str = "Vendor", state: Any = 266240, **more: Any) -> dict[str, Any]:
    return {"displayName": name, "instanceGuid": "{0}", "productState": state, "pathToSignedProductExe": EXE} | more


@pytest.mark.parametrize(
    ("state", "guard", "outdated"),
    [
        (397568, "on", False),  # 0x061100: Defender on and current
        (393472, "off", False),  # 0x060100: off, normal beside another
        (266240, "on", False),  # 0x041000: Bitdefender, Huorong
        (266256, "on", True),  # 0x041010
        (262144, "off", False),
        (270336, "snoozed", False),
        (274432, "expired", False),
        (0x04F0F0, "unknown", None),
        (None, "unknown", None),
    ],
)
def test_the_state_of_a_product_is_taken_apart(state: Any, guard: str, outdated: bool | None) -> None:
    found = security_center.parse(product(state=state))
    assert (found.guard, found.outdated) == (guard, outdated)


def test_defender_is_known_by_its_guid_whatever_its_name() -> None:
    assert security_center.parse(product("Защитник", instanceGuid=security_center.DEFENDER.lower())).microsoft


def test_a_server_has_no_security_center() -> None:
    nothing = ProbeError(Reason.INAPPLICABLE, "namespace")
    assert security_center.entries(given({CENTER: nothing})) is None


def test_an_entry_may_outlive_its_product() -> None:
    gone = {CENTER: [product()], ("stat", EXE): ProbeError(Reason.MISSING, "gone")}
    assert security_center.entries(given(gone)) == ()
    shut = {CENTER: [product()], ("stat", EXE): ProbeError(Reason.FORBIDDEN, "shut")}
    assert [entry.name for entry in security_center.entries(given(shut)) or ()] == ["Vendor"]
    store = {CENTER: [product(pathToSignedProductExe="windowsdefender://")]}
    assert [entry.name for entry in security_center.entries(given(store)) or ()] == ["Vendor"]


@pytest.mark.parametrize(
    ("row", "guard", "dated", "updated"),
    [
        (("Normal", True, True, 1, "2026-09-20T12:00:00+00:00"), "on", 1789905600.0, True),
        (("Normal", True, False, 1, "2026-09-20T12:00:00+00:00"), "off", 1789905600.0, True),
        (("Passive", True, False, 0, None), "passive", NOW, True),
        (("EDR Block Mode", True, False, 0, None), "passive", NOW, True),
        (("Not running", False, None, 4294967295, None), "off", None, False),
        ((None, None, None, 65535, "1601-01-01T00:00:00+00:00"), "unknown", None, False),
        ((None, True, True, 12, None), "on", NOW - 12 * 86400, True),
    ],
)
def test_what_defender_says_of_itself(row: tuple[Any, ...], guard: str, dated: float | None, updated: bool) -> None:
    mode, enabled, live, age, date = row
    said = {
        "AMRunningMode": mode, "AntivirusEnabled": enabled, "RealTimeProtectionEnabled": live,
        "AntivirusSignatureAge": age, "AntivirusSignatureLastUpdated": date,
    }  # fmt: skip
    found = security_center.parse_defender(said, NOW)
    assert (found.guard, found.dated, found.updated) == (guard, dated, updated)


def windows(*entries: dict[str, Any], services: Any = (), **more: Any) -> Any:
    from techkit.readings.os.services import ROWS

    rows = [
        {"Name": name, "DisplayName": name, "State": state, "StartMode": mode, "DelayedAutoStart": False,
         "ExitCode": 0, "ServiceSpecificExitCode": 0}
        for name, state, mode in services
    ]  # fmt: skip
    answers: dict[tuple[Any, ...], Any] = {
        ("machine",): WINDOWS,
        CENTER: list(entries),
        ("stat", EXE): {"kind": "file"},
        ("wmi", "root\\cimv2", "Win32_Service", ROWS, ""): rows,
    }
    return given(answers | more.get("answers", {}))


def test_defender_is_asked_only_where_no_other_guards() -> None:
    defender = product("Microsoft Defender Antivirus", 393472, instanceGuid=security_center.DEFENDER)
    host = windows(defender, product("Bitdefender Antivirus"), services=[("WinDefend", "Stopped", "Manual")])
    found = antiviruses.antiviruses(host)
    assert [(one.vendor, one.guard) for one in found] == [("microsoft", "off"), ("bitdefender", "on")]
    assert not any(question[0][0] == "wmi" and "Defender" in str(question[0]) for question in host.asked)


def test_defender_alone_tells_the_age_of_its_signatures() -> None:
    defender = product("Windows Defender", 397568, instanceGuid=security_center.DEFENDER)
    said = {"AMRunningMode": "Normal", "AntivirusEnabled": True, "RealTimeProtectionEnabled": True}
    said |= {"AntivirusSignatureAge": 9, "AntivirusSignatureLastUpdated": None}
    host = windows(defender, services=[("WinDefend", "Running", "Auto")], answers={STATUS: [said]})
    (found,) = antiviruses.antiviruses(host)
    assert found.protects
    assert found.signatures is not None
    assert found.signatures.dated == NOW - 9 * 86400


@pytest.mark.parametrize(
    ("quick", "full", "days"), [(3, 4294967295, 3), (40, 12, 12), (65535, 4294967295, None), (None, 9, 9)]
)
def test_the_newer_of_two_kinds_of_scan_counts(quick: int | None, full: int, days: int | None) -> None:
    row = {"QuickScanAge": quick, "FullScanAge": full}
    assert security_center.last_scan(given({STATUS: [row]})) == days


def test_a_defender_that_does_not_say_when_it_looked_is_unknown() -> None:
    with pytest.raises(ProbeError) as caught:
        security_center.last_scan(given({STATUS: [{"QuickScanAge": None}]}))
    assert caught.value.reason is Reason.UNREADABLE


BROKEN = ProbeError(Reason.UNREADABLE, "0x80041013")
WITHOUT_WMI: dict[tuple[Any, ...], Any] = {CENTER: BROKEN, STATUS: BROKEN}


def test_the_security_center_s_own_library_answers_where_wmi_does_not() -> None:
    products = [
        {"name": "Защитник", "state": "off", "outdated": False, "program": "windowsdefender://"},
        {"name": "Kaspersky", "state": "on", "outdated": True, "program": EXE},
    ]
    notes = (*vendor_notes.KASPERSKY, *vendor_notes.KASPERSKY_AGENT)
    answers = WITHOUT_WMI | {("registry", key): ProbeError(Reason.MISSING) for key in notes}
    answers["security_center",] = {"health": "poor", "products": products, "firewalls": []}
    defender, kaspersky = antiviruses.antiviruses(windows(services=[("AVP21.21", "Running", "Auto")], answers=answers))
    assert (defender.vendor, defender.guard) == ("microsoft", "off")
    assert (kaspersky.vendor, kaspersky.guard, kaspersky.protects) == ("kaspersky", "on", True)
    assert kaspersky.signatures is not None
    assert kaspersky.signatures.outdated is True


SERVICES = [("WinDefend", "Running", "Auto"), ("MBAMService", "Running", "Auto")]


@pytest.mark.parametrize(
    ("health", "guards"),
    [
        ("good", [("malwarebytes", "on"), ("microsoft", "unknown")]),
        (None, [("microsoft", "unknown"), ("malwarebytes", "unknown")]),
    ],
)
def test_where_it_names_nobody_the_one_whose_service_runs_guards_if_all_is_well(
    health: str | None, guards: list[tuple[str, str]]
) -> None:
    answers = WITHOUT_WMI | {("security_center",): {"health": health, "products": None, "firewalls": None}}
    found = antiviruses.antiviruses(windows(services=SERVICES, answers=answers))
    assert [(one.vendor, one.guard) for one in found] == guards


@pytest.mark.parametrize("health", ["poor", "snoozed", "not_monitored"])
def test_where_all_is_not_well_and_nobody_is_named_it_is_unknown_who(health: str) -> None:
    answers = WITHOUT_WMI | {("security_center",): {"health": health, "products": None, "firewalls": None}}
    with pytest.raises(ProbeError) as caught:
        antiviruses.antiviruses(windows(services=SERVICES, answers=answers))
    assert (caught.value.reason, health in caught.value.detail) == (Reason.UNREADABLE, True)


def test_a_security_center_whose_service_rests_is_no_answer() -> None:
    silent = ProbeError(Reason.UNREADABLE, "WscGetSecurityProviderHealth: 0x00000001")
    with pytest.raises(ProbeError) as caught:
        antiviruses.antiviruses(windows(services=SERVICES, answers=WITHOUT_WMI | {("security_center",): silent}))
    assert caught.value.detail == silent.detail


def test_what_is_registered_and_gone_is_left_behind_unless_it_is_windows_own() -> None:
    own = {"instanceGuid": security_center.DEFENDER, "pathToSignedProductExe": "windowsdefender://"}
    there = r"C:\Program Files\Other\av.exe"
    rows = [product(), product("Windows Defender", **own), product("Other", pathToSignedProductExe=there)]
    answers = {("machine",): WINDOWS, CENTER: rows, ("stat", EXE): ProbeError(Reason.MISSING)}
    answers["stat", there] = {"kind": "file"}
    assert security_center.left_behind(given(answers)) == ("Vendor",)
    assert security_center.left_behind(given({("machine",): WINDOWS, CENTER: ProbeError(Reason.FORBIDDEN)})) == ()
