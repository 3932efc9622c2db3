"""Masked units: needed ones are told, deliberate ones are not."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import MACHINE, given

from techkit.host import Host, ProbeError
from techkit.model import Gap, Reason
from techkit.readings.os import disabled_services, services
from techkit.readings.supplements import Supplements

MISSING = ProbeError(Reason.MISSING, "")
LIST = ("run", "systemctl", "list-units", "--all", "--full", "--plain", "--no-legend", "--no-pager")


def off(host: Host) -> tuple[disabled_services.Off, ...]:
    return disabled_services.switched_off(host, Supplements(host))


def machine(masked: str, active: str = "ssh.service", **folders: list[str]) -> dict[tuple[Any, ...], Any]:
    """A machine with one masked unit, one active one, and these folders."""
    every = {folder for _, _, some in disabled_services.NEEDS for folder in some}
    return {
        ("listdir", "/etc/systemd/system"): [masked, "default.target", "x.service"],
        ("stat", f"/etc/systemd/system/{masked}"): {"link": "/dev/null"},
        ("stat", "/etc/systemd/system/x.service"): {"link": None},
        ("listdir", "/run/systemd/system"): MISSING,
        ("stat", f"/usr/lib/systemd/system/{masked}"): {"kind": "file"},
        ("stat", "/etc/systemd/system/default.target"): {"link": "/usr/lib/systemd/system/graphical.target"},
        ("stat", "/etc/resolv.conf"): {"link": "../run/systemd/resolve/stub-resolv.conf"},
        LIST: {"code": 0, "out": f"{active} loaded active running Some\n", "err": ""},
        **{("listdir", folder): folders.get(folder.rpartition("/")[2], MISSING) for folder in every},
    }


@pytest.mark.parametrize(
    ("masked", "active", "folders", "why"),
    [
        ("cron.service", "ssh.service", {"crontabs": ["alice"]}, "jobs"),
        ("cron.service", "ssh.service", {"crontabs": [".placeholder"]}, ""),
        ("cron.service", "cronie.service", {"crontabs": ["alice"]}, ""),
        ("logrotate.timer", "ssh.service", {"logrotate.d": ["apt"]}, "logs"),
        ("NetworkManager.service", "ssh.service", {"system-connections": ["office"]}, "networks"),
        ("NetworkManager.service", "systemd-networkd.service", {"system-connections": ["office"]}, ""),
        ("chrony.service", "ssh.service", {}, "time"),
        ("chrony.service", "systemd-timesyncd.service", {}, ""),
        ("gdm.service", "ssh.service", {}, "screen"),
        ("gdm.service", "lightdm.service", {}, ""),
        ("systemd-resolved.service", "ssh.service", {}, "names"),
        ("dbus.service", "dbus-broker.service", {}, ""),
        ("systemd-logind.service", "ssh.service", {}, "sessions"),
        ("bluetooth.service", "ssh.service", {}, ""),
        ("avahi-daemon.service", "ssh.service", {}, ""),
    ],
)
def test_what_is_needed(masked: str, active: str, folders: dict[str, list[str]], why: str) -> None:
    found = off(given(machine(masked, active, **folders)))
    assert [(one.unit, one.why) for one in found] == ([(masked, why)] if why else [])


def test_a_unit_that_the_system_does_not_know_is_not_missed() -> None:
    answers = machine("cron.service", crontabs=["alice"])
    answers |= {("stat", f"{folder}/cron.service"): MISSING for folder in disabled_services.VENDOR}
    assert disabled_services.masked(given(answers)) == frozenset()


@pytest.mark.parametrize(("preset", "state", "told"), [("enabled", "disabled", True), ("disabled", "disabled", False)])
def test_a_chore_that_was_taken_out_of_the_start(preset: str, state: str, told: bool) -> None:
    answers = machine("x.target", crontabs=["alice"])
    answers[("stat", "/usr/lib/systemd/system/cron.service")] = {"kind": "file"}
    show = ("run", "systemctl", "show", "--property=Id,UnitFileState,UnitFilePreset", "--", "cron.service")
    answers[show] = {"out": f"Id=cron.service\nUnitFileState={state}\nUnitFilePreset={preset}\n"}
    expected = (disabled_services.Off("cron.service", "jobs", allowed=True),) if told else ()
    assert off(given(answers)) == expected


def test_windows_services_that_are_disabled() -> None:
    rows = [
        {"Name": name, "DisplayName": name, "State": "Stopped", "StartMode": "Disabled", "ExitCode": 1077}
        for name in ("Schedule", "RemoteRegistry", "msiserver")
    ]
    host = given(
        {
            ("machine",): MACHINE | {"system": "windows"},
            ("wmi", "root\\cimv2", "Win32_Service", services.ROWS, ""): rows,
        }
    )
    assert [(one.unit, one.why, one.on_call) for one in off(host)] == [
        ("Schedule", "system", False),
        ("msiserver", "installing", True),
    ]


def test_a_folder_of_jobs_that_is_shut_to_us_is_told() -> None:
    answers = machine("cron.service") | {("listdir", "/var/spool/cron/crontabs"): ProbeError(Reason.FORBIDDEN)}
    host = given(answers)
    more = Supplements(host)
    assert disabled_services.switched_off(host, more) == ()
    assert more.unseen == (Gap("/var/spool/cron/crontabs", Reason.FORBIDDEN, question="listdir"),)
