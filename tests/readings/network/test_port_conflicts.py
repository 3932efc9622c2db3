"""Ports that two want: the complaint, the port, and who has it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hosts import MACHINE, given

from techkit.readings.network import port_conflicts
from techkit.readings.network.port_conflicts import Conflict, Listener
from techkit.readings.os import services

LIST = ("systemctl", "list-units", "--all", "--full", "--plain", "--no-legend", "--no-pager")
PYTHON = "OSError: [Errno 98] Address already in use"
NC = {"laddr": {"ip": "0.0.0.0", "port": 8080}, "raddr": [], "status": "LISTEN", "pid": 77, "type": 1}  # noqa: S104 - a recorded address


def machine(unit: str, message: str, argv: str, cgroup: str = "0::/user.slice/session-1.scope\n") -> Any:
    log = ("journalctl", "-u", unit, "-n", "20", "-o", "json", "--no-pager")
    return given(
        {
            ("stat", "/run/systemd/system"): {"kind": "folder"},
            ("run", *LIST): {"code": 0, "out": f"{unit} loaded failed failed Web\nok.service loaded active running\n",
                             "err": ""},
            ("run", *log): {"code": 0, "out": json.dumps({"MESSAGE": message, "_PID": "7"}) + "\nno json\n", "err": ""},
            ("psutil", "net_connections"): [NC],
            ("processes",): [{"pid": 77, "name": "nc", "started": 12.5}],
            ("run", "systemctl", "show", "--property=ExecStart", "--", unit): {
                "code": 0, "out": f"ExecStart={{ path=/usr/bin/x ; argv[]={argv} ; ignore_errors=no }}\n", "err": "",
            },
            ("read", "/proc/77/cgroup"): cgroup,
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("unit", "message", "argv"),
    [
        ("web.service", PYTHON, "/usr/bin/python3 -m http.server 8080"),
        ("web.service", "nginx: [emerg] bind() to 0.0.0.0:8080 failed (98: Address already in use)", "nginx"),
        ("web.service", "listen tcp [::]:8080: bind: address already in use", "x"),
        ("web.service", "Error: listen EADDRINUSE: address already in use :::8080", "node x.js"),
        ("tomcat9.service", PYTHON, "java"),
    ],
)
def test_the_port_is_named_by_log_command_or_custom(unit: str, message: str, argv: str) -> None:
    assert port_conflicts.conflicts(machine(unit, message, argv)) == (Conflict(unit, 8080, 77, "nc", 12.5),)


def test_a_program_of_another_service_is_named_by_it() -> None:
    host = machine("web.service", PYTHON, "x 8080", "0::/system.slice/apache2.service\n")
    assert [conflict.holder for conflict in port_conflicts.conflicts(host)] == ["apache2.service"]


def test_other_failures_and_ports_that_are_free_again_are_none() -> None:
    assert port_conflicts.conflicts(machine("web.service", "out of memory", "x 8080")) == ()
    assert port_conflicts.conflicts(machine("web.service", PYTHON, "x 8081")) == ()


def test_one_who_is_known_stands_before_one_who_is_not() -> None:
    assert port_conflicts.listeners([NC | {"pid": None}, NC]) == {8080: Listener(8080, 77)}
    assert port_conflicts.listeners([NC | {"status": "ESTABLISHED"}]) == {}


def test_windows_says_it_by_a_number() -> None:
    rows = [
        {"Name": "W3SVC", "State": "Stopped", "StartMode": "Auto", "ExitCode": 10048},
        {"Name": "Spooler", "State": "Running", "StartMode": "Auto", "ExitCode": 0},
    ]
    host = given(
        {
            ("machine",): MACHINE | {"system": "windows"},
            ("wmi", "root\\cimv2", "Win32_Service", services.ROWS, ""): rows,
        }
    )
    assert port_conflicts.conflicts(host) == (Conflict("W3SVC"),)
