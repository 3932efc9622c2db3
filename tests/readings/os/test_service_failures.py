"""Why services failed, as far as what they left behind tells."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hosts import MACHINE, bare, given

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.os import service_failures, services
from techkit.readings.os.services import Unit

WINDOWS = {("machine",): MACHINE | {"system": "windows"}}


def entry(message: Any, pid: str = "77", run: str = "r1", priority: str = "6") -> str:
    return json.dumps({"MESSAGE": message, "_PID": pid, "_SYSTEMD_INVOCATION_ID": run, "PRIORITY": priority})


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
    assert service_failures.parse_journal("\n".join(lines)) == message


def test_a_journal_that_may_not_be_read_says_nothing() -> None:
    question = ("run", "journalctl", "-u", "a.service", "-n", str(service_failures.LINES), "-o", "json", "--no-pager")
    assert service_failures.last_words(given({question: ProbeError(Reason.FORBIDDEN)}), ["a.service"]) == {}


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
        ("", {"exit_status": 1083, "kind": services.WINDOWS}, "setup"),
        ("", {"exit_status": 203, "kind": services.WINDOWS}, ""),
        ("", {"result": "service-specific", "exit_status": 5, "kind": services.WINDOWS}, ""),
        ("something else", {"needs": ("network-online.target",)}, "network"),
        ("", {}, ""),
    ],
)
def test_what_a_failed_unit_blames(line: str, said: dict[str, Any], blame: str) -> None:
    assert service_failures.blame(Unit(**{"name": "a.service", "result": "exit-code"} | said), line) == blame


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
    assert service_failures.missing(line) == missing


def test_a_windows_service_that_rests_or_waits_for_an_event_is_not_in_trouble() -> None:
    def stopped(name: str, mode: str = "Auto") -> dict[str, Any]:
        return {"Name": name, "DisplayName": name, "State": "Stopped", "StartMode": mode, "ExitCode": 0}

    key = r"HKLM\SYSTEM\CurrentControlSet\Services\{}\TriggerInfo"
    names = [stopped("Dhcp"), stopped("W32Time"), stopped("edgeupdate"), stopped("Fax", "Manual")]
    host = given(
        WINDOWS
        | {
            ("wmi", "root\\cimv2", "Win32_Service", services.ROWS, ""): names,
            ("registry", key.format("Dhcp")): ProbeError(Reason.MISSING),
            ("registry", key.format("W32Time")): {"values": {}, "keys": ["0"]},
            ("psutil", "boot_time"): 1_790_000_000 - 60,
        }
    )
    seen = service_failures.look(host)
    assert ([unit.name for unit in seen.units], seen.uptime) == (["Dhcp"], 60)


def test_a_machine_that_nobody_runs_services_on_has_none() -> None:
    with pytest.raises(ProbeError) as caught:
        service_failures.look(
            given({("stat", "/run/systemd/system"): ProbeError(Reason.MISSING), ("which", "rc-status"): None})
        )
    assert caught.value.reason is Reason.INAPPLICABLE


@pytest.mark.parametrize(
    ("text", "missing"),
    [("EnvironmentFile=/etc/x\n", "/etc/x"), ("EnvironmentFile=-/etc/x\n", ""), ("EnvironmentFile=/etc/%i\n", "")],
)
def test_a_file_of_settings_that_is_gone(text: str, missing: str) -> None:
    told = {("read", "/etc/systemd/system/x.service"): text, ("stat", "/etc"): {"kind": "folder"}}
    assert service_failures.missing(service_failures.environment(bare(told), "x.service")) == missing
