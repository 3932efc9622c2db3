"""What systemd, OpenRC and Windows say of their services."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hosts import MACHINE, given

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings import services
from techkit.readings.services import Crashing, Unit

NOW = 1_790_000_000.0
MANAGER = ("events", "System", (7031, 7034, 7000, 7001, 7038, 7041), services.MONTH, (services.MANAGER,))
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


def entry(message: Any, pid: str = "77", run: str = "r1", priority: str = "6") -> str:
    return json.dumps({"MESSAGE": message, "_PID": pid, "_SYSTEMD_INVOCATION_ID": run, "PRIORITY": priority})


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


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([entry("first"), entry("last")], "last"),
        ([entry("error", priority="3"), entry("bye")], "error"),
        ([entry("old error", run="r0", priority="3"), entry("new")], "new"),
        ([entry("own"), entry("Failed with result 'exit-code'.", pid="1")], "own"),
        ([entry("Started.", pid="1")], ""),
        ([entry([207, 128, 10])], "\u03c0"),
        ([entry("x" * 1000)], "x" * services.LONGEST),
        ([entry(None), "{", "[]", "null", entry([999]), entry("two\nlines")], "two lines"),
        ([], ""),
    ],
)
def test_the_last_words_of_a_unit(lines: list[str], message: str) -> None:
    assert services.parse_journal("\n".join(lines)) == message


def test_a_journal_that_may_not_be_read_says_nothing() -> None:
    question = ("run", "journalctl", "-u", "a.service", "-n", str(services.LINES), "-o", "json", "--no-pager")
    assert services.last_words(given({question: ProbeError(Reason.FORBIDDEN)}), ["a.service"]) == {}


def test_what_openrc_lost() -> None:
    host = given({("run", "rc-status", "--crashed"): {"code": 0, "out": " sshd\n\nchronyd\n", "err": ""}})
    assert [found.name for found in services.crashed(host)] == ["sshd", "chronyd"]


@pytest.mark.parametrize(
    ("line", "said", "blame"),
    [
        ("write error: No space left on device", {"needs": ("network-online.target",)}, "storage"),
        ("dial tcp: lookup db.example.org: no such host", {}, "network"),
        ("OSError: [Errno 98] Address already in use", {}, "setup"),
        ("", {"exit_status": 203}, "setup"),
        ("", {"exit_status": 238}, ""),
        ("", {"exit_status": 203, "killed": True}, ""),
        ("", {"exit_status": 1075, "kind": services.WINDOWS}, "setup"),
        ("", {"exit_status": 203, "kind": services.WINDOWS}, ""),
        ("", {"result": "service-specific", "exit_status": 5, "kind": services.WINDOWS}, ""),
        ("something else", {"needs": ("network-online.target",)}, "network"),
        ("", {}, ""),
    ],
)
def test_what_a_failed_unit_blames(line: str, said: dict[str, Any], blame: str) -> None:
    assert services.blame(Unit(**{"name": "a.service", "result": "exit-code"} | said), line) == blame


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


def test_windows_services_that_end_unexpectedly_and_run_again() -> None:
    def event(number: int, when: float, data: Any) -> dict[str, Any]:
        return {"id": number, "provider": services.MANAGER, "level": 2, "time": when, "data": data}

    running = (
        Unit("Spooler", loaded=True, active="active", description="Диспетчер печати"),
        Unit("W32Time", loaded=True, active="inactive", description="Windows Time"),
    )
    events = [
        event(7031, NOW - 30.0, {"param1": "Диспетчер печати", "param2": "2"}),
        event(7034, NOW - 40.0, ["Диспетчер печати", "1"]),
        event(7034, NOW - 50.0, {"param1": "Windows Time", "param2": "1"}),
        event(7034, NOW - 60.0, {}),
        event(7000, NOW - 60.0, {"param1": "Диспетчер печати", "param2": "%%1053"}),
        event(7034, NOW - 8 * 86400, {"param1": "Диспетчер печати", "param2": "1"}),
    ]
    host = given(WINDOWS | {MANAGER: events})
    assert services.crashing(host, running) == (Crashing("Spooler", "Диспетчер печати", 2, NOW - 30.0),)


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


@pytest.mark.parametrize("name", ["edgeupdate", "CDPUserSvc_3a2f1", "GoogleUpdaterInternalService141.0"])
def test_windows_services_that_rest(name: str) -> None:
    assert services.RESTING.fullmatch(name)


@pytest.mark.parametrize(
    ("name", "guard"), [("WinDefend", True), ("clamav-daemon.service", True), ("cron.service", False)]
)
def test_antivirus_services_are_known_by_name(name: str, guard: bool) -> None:
    assert bool(services.GUARDS.match(name)) is guard


@pytest.mark.parametrize(
    ("line", "missing"),
    [
        ("FileNotFoundError: [Errno 2] No such file or directory: '/etc/billing.conf'", "/etc/billing.conf"),
        ("cannot open /etc/billing.conf: No such file or directory", "/etc/billing.conf"),
        ("open(/srv/app/key.pem) failed: No such file or directory", "/srv/app/key.pem"),
        (
            'nginx: [emerg] open() "/etc/nginx/mime.types" failed (2: No such file or directory)',
            "/etc/nginx/mime.types",
        ),
        ("/usr/local/bin/appd: not found", "/usr/local/bin/appd"),
        ("Error: ENOENT: no such file or directory, open '/srv/app/config.json'", ""),
        ("chown: unknown user appuser", "appuser"),
        ("getpwnam: user 'appuser' does not exist", "appuser"),
        ("bind: address already in use", ""),
        ("", ""),
    ],
)
def test_what_a_failed_unit_names_as_missing(line: str, missing: str) -> None:
    assert services.missing(line) == missing
