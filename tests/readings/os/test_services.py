"""What systemd, OpenRC and Windows say of their services."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import MACHINE, given

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.os import services
from techkit.readings.os.services import Unit

WINDOWS = {("machine",): MACHINE | {"system": "windows"}}
FOLDER = {"kind": "folder", "size": 0, "mode": 0, "uid": 0, "gid": 0, "modified": 0, "link": None}
SHOW = ("run", "systemctl", "show", f"--property={','.join(services.PROPERTIES)}", "--")
LIST = ("run", "systemctl", "list-units", "--all", "--full", "--plain", "--no-legend", "--no-pager")


def block(**said: str | int) -> str:
    """One unit as `systemctl show` prints it, in an order of its own."""
    usual: dict[str, str | int] = {
        "Type": "simple", "Result": "success", "ExecMainCode": 0, "ExecMainStatus": 0, "Id": "a.service",
        "LoadState": "loaded", "ActiveState": "active", "SubState": "running", "UnitFileState": "enabled",
        "ConditionResult": "yes", "ConditionTimestampMonotonic": 5_000_000, "ActiveEnterTimestampMonotonic": 5_000_000,
        "ActiveExitTimestampMonotonic": 0, "ExecMainExitTimestampMonotonic": 0, "RemainAfterExit": "no",
    }  # fmt: skip
    return "".join(f"{name}={value}\n" for name, value in (usual | said).items())


def unit(**said: str | int) -> Unit:
    return services.parse_show(block(**said))[0]


def rows(*found: dict[str, Any]) -> dict[tuple[Any, ...], Any]:
    return WINDOWS | {("wmi", "root\\cimv2", "Win32_Service", services.ROWS, ""): list(found)}


def test_a_unit_at_work() -> None:
    found = unit(
        Description="Web = server", Names="a.service b.service", Conflicts="c.service", ConflictedBy="d.service"
    )
    assert found.running
    assert found.automatic
    assert found.description == "Web = server"
    assert found.exit_status is None
    assert found.names == ("a.service", "b.service")
    assert found.conflicts == ("c.service", "d.service")
    assert (found.told, found.ran) == (False, True)


def test_told_to_stop_is_not_the_same_as_ending() -> None:
    stopped: dict[str, str | int] = {
        "ActiveState": "inactive",
        "SubState": "dead",
        "ExecMainCode": 1,
        "ExecMainStatus": 0,
    }
    told = unit(**stopped, ActiveExitTimestampMonotonic=9_000_000, ExecMainExitTimestampMonotonic=9_000_400)
    ended = unit(**stopped, ActiveExitTimestampMonotonic=9_000_400, ExecMainExitTimestampMonotonic=9_000_000)
    assert (told.told, told.lasted) == (True, 4)
    assert not ended.told


def test_a_unit_without_a_process_was_told_to_stop() -> None:
    assert unit(ActiveState="inactive", ActiveExitTimestampMonotonic=9_000_000).told
    assert unit(
        ActiveState="inactive",
        Type="oneshot",
        RemainAfterExit="yes",
        ActiveExitTimestampMonotonic=9_000_000,
        ExecMainExitTimestampMonotonic=5_100_000,
    ).told


def test_a_signal_and_a_number_are_told_apart() -> None:
    assert unit(ExecMainCode=2, ExecMainStatus=15).killed
    assert unit(ExecMainCode=3, ExecMainStatus=11).killed
    assert not unit(ExecMainCode=1, ExecMainStatus=203).killed
    assert unit(ExecMainCode=1, ExecMainStatus=203).exit_status == 203


def test_a_condition_that_was_never_asked_is_none() -> None:
    assert not unit(ConditionResult="no").condition
    assert unit(ConditionResult="no", ConditionTimestampMonotonic=0).condition


@pytest.mark.parametrize("load", ["bad-setting", "error"])
def test_a_unit_file_that_cannot_be_used(load: str) -> None:
    assert (unit(LoadState=load).loaded, unit(LoadState=load).result) == (False, load)


@pytest.mark.parametrize("text", ["", "\n\n", "no such thing", "ExecMainStatus=\u0662\nId", "Id=x\nExecMainCode=-1"])
def test_hostile_blocks(text: str) -> None:
    assert all(not found.loaded for found in services.parse_show(text))


def test_units_stand_under_the_name_that_was_asked_for() -> None:
    answer = {
        "code": 0,
        "out": block(Id="ssh.service") + "\n" + block(Id="x.service", LoadState="not-found"),
        "err": "",
    }
    host = given({("stat", "/run/systemd/system"): FOLDER, (*SHOW, "sshd.service", "x.service"): answer})
    found = services.units(host, "sshd.service", "x.service")
    assert found["sshd.service"].name == "ssh.service"
    assert not found["x.service"].loaded
    assert services.units(host) == {}


def test_an_answer_for_another_number_of_units_is_unreadable() -> None:
    answer = {"code": 1, "out": "", "err": "Failed to connect to bus"}
    host = given({("stat", "/run/systemd/system"): FOLDER, (*SHOW, "a.service"): answer})
    with pytest.raises(ProbeError) as caught:
        services.units(host, "a.service")
    assert caught.value.reason is Reason.UNREADABLE


def test_without_systemd_there_are_no_units() -> None:
    host = given({("stat", "/run/systemd/system"): ProbeError(Reason.MISSING)})
    with pytest.raises(ProbeError) as caught:
        services.units(host, "a.service")
    assert caught.value.reason is Reason.INAPPLICABLE


def test_the_list_in_new_and_old_versions() -> None:
    text = (
        "cron.service    loaded    active   running Regular  background\n"
        "\u25cf bad.service  not-found inactive dead    bad.service\n"
        "-.mount loaded active mounted Root Mount\n"
        "short.service loaded\n"
        "a@b\\x2dc.service loaded failed failed\n"
    )
    assert [(line.unit, line.active) for line in services.parse_list(text)] == [
        ("cron.service", "active"),
        ("bad.service", "inactive"),
        ("-.mount", "active"),
        ("a@b\\x2dc.service", "failed"),
    ]


def test_an_empty_list_is_not_a_healthy_one() -> None:
    with pytest.raises(ProbeError) as caught:
        services.listed(given({LIST: {"code": 1, "out": "", "err": "Host is down"}}))
    assert caught.value.reason is Reason.UNREADABLE


def test_enabled_is_what_the_folders_ask_for() -> None:
    missing = ProbeError(Reason.MISSING)
    host = given(
        {
            ("listdir", "/etc/systemd/system"): ["cron.service", "multi-user.target.wants", "x.target.requires"],
            ("listdir", "/etc/systemd/system/multi-user.target.wants"): ["cron.service"],
            ("listdir", "/etc/systemd/system/x.target.requires"): ["db.service"],
            ("listdir", "/run/systemd/system"): missing,
            ("listdir", "/run/systemd/generator.late"): missing,
        }
    )
    assert services.enabled(host) == {"cron.service", "db.service"}


def test_what_openrc_lost() -> None:
    host = given({("run", "rc-status", "--crashed"): {"code": 0, "out": " sshd\n\nchronyd\n", "err": ""}})
    assert [found.name for found in services.crashed(host)] == ["sshd", "chronyd"]


def test_windows_services_by_name() -> None:
    host = given(
        rows(
            {"Name": "WinDefend", "DisplayName": "D", "State": "Running", "StartMode": "Auto", "ExitCode": 0},
            {"Name": "Acme", "State": "Stopped", "StartMode": "Auto", "ExitCode": 1066, "ServiceSpecificExitCode": 7},
            {"Name": "Odd", "State": None, "StartMode": None, "ExitCode": None},
        )
    )
    found = services.units(host, "windefend", "Acme", "Odd", "Missing")
    assert found["windefend"].running
    assert found["windefend"].automatic
    assert (found["Acme"].active, found["Acme"].result, found["Acme"].exit_status) == (
        "inactive",
        "service-specific",
        7,
    )
    assert (found["Odd"].active, found["Odd"].exit_status) == ("unknown", None)
    assert not found["Missing"].loaded


def test_a_windows_service_that_waits_for_an_event() -> None:
    key = r"HKLM\SYSTEM\CurrentControlSet\Services\{}\TriggerInfo"
    host = given(
        {
            ("registry", key.format("W32Time")): {"values": {}, "keys": ["0", "1"]},
            ("registry", key.format("Dhcp")): ProbeError(Reason.MISSING),
        }
    )
    assert services.triggered(host, "W32Time")
    assert not services.triggered(host, "Dhcp")


def test_what_a_windows_service_cannot_run_without() -> None:
    key = r"HKLM\SYSTEM\CurrentControlSet\Services\{}"
    host = given(
        {
            ("registry", key.format("DNS")): {"values": {"DependOnService": ["Tcpip", "NTDS"]}, "keys": []},
            ("registry", key.format("Odd")): {"values": {"DependOnService": "NTDS"}, "keys": []},
        }
    )
    assert services.needed(host, "DNS") == ("Tcpip", "NTDS")
    assert services.needed(host, "Odd") == services.needed(host, "Unrecorded") == ()


@pytest.mark.parametrize(
    ("said", "failed"),
    [
        ({"active": "failed"}, True),
        ({"active": "activating", "sub": "auto-restart", "result": "exit-code"}, True),
        ({"active": "activating", "sub": "auto-restart"}, False),
        ({"result": "bad-setting"}, True),
        ({"active": "inactive"}, False),
        ({"kind": services.WINDOWS, "exit_status": 5}, True),
        ({"kind": services.WINDOWS, "exit_status": services.NEVER_STARTED}, False),
        ({"kind": services.WINDOWS, "active": "active", "exit_status": 5}, False),
    ],
)
def test_what_has_failed(said: dict[str, Any], *, failed: bool) -> None:
    assert Unit("a.service", **said).failed is failed
