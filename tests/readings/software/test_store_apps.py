"""The Store's packages and their state."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import MACHINE, given

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.software import store_apps
from techkit.readings.software.store_apps import SHELL, App

PC = MACHINE | {"system": "windows", "desktop": True}


def asked(*rows: tuple[str, str], machine: dict[str, Any] = PC, present: bool = True) -> tuple[App, ...]:
    said = [{"Name": name, "Status": status} for name, status in rows]
    person = {"name": "anna", "id": "S-1-5-21-1-2-3-1001", "present": present}
    return store_apps.troubled(given({("machine",): machine, ("person",): person, ("powershell", "packages"): said}))


@pytest.mark.parametrize(
    ("status", "states"),
    [
        ("Ok", ()),
        ("Servicing, DeploymentInProgress", ()),
        ("Modified, NeedsRemediation", ("Modified",)),
        ("DependencyIssue, NeedsRemediation, Tampered", ("DependencyIssue", "Tampered")),
        ("NeedsRemediation", ("NeedsRemediation",)),
        ("NotAvailable, PackageOffline", ("PackageOffline",)),
        ("", ()),
    ],
)
def test_flags_of_a_package(status: str, states: tuple[str, ...]) -> None:
    assert store_apps.flags(status) == states


def test_packages_without_a_state_are_unknown() -> None:
    with pytest.raises(ProbeError) as caught:
        asked((SHELL, "Ok"), ("a.b", ""))
    assert caught.value.reason is Reason.UNREADABLE


def test_parts_of_the_desktop_are_known_by_their_names() -> None:
    found = asked((SHELL, "Ok"), ("windows.immersivecontrolpanel", "Modified"), ("a.b", "LicenseIssue"))
    assert found == (App("a.b", ("LicenseIssue",)), App("windows.immersivecontrolpanel", ("Modified",), desktop=True))


def test_no_windows_with_a_desktop_is_without_its_shell() -> None:
    assert asked(("a.b", "Ok")) == (App(SHELL, ("Absent",), desktop=True),)


@pytest.mark.parametrize(
    ("machine", "present", "reason"),
    [
        (PC | {"desktop": False}, True, Reason.INAPPLICABLE),
        (PC, False, Reason.UNREADABLE),
        (PC, True, Reason.UNREADABLE),  # no package at all
    ],
)
def test_where_nothing_can_be_told(machine: dict[str, Any], present: bool, reason: Reason) -> None:
    with pytest.raises(ProbeError) as caught:
        asked(machine=machine, present=present)
    assert caught.value.reason is reason
