"""Whom a machine asks for the time, and what the witnesses say."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import MACHINE, bare, given

from techkit.host import ProbeError
from techkit.model import Gap, Reason
from techkit.readings.os import clock, service_roles, services
from techkit.readings.os.time_sources import Witness

WINDOWS = {("machine",): MACHINE | {"system": "windows", "domain": "corp.example"}}
MISSING = ProbeError(Reason.MISSING)
ROW = {"Name": "W32Time", "State": "Running", "StartMode": "Manual", "ExitCode": 0}
SERVICES = {("wmi", "root\\cimv2", "Win32_Service", services.ROWS, ""): [ROW]}


@pytest.mark.parametrize(
    ("text", "servers"),
    [
        (
            "pool 2.debian.pool.ntp.org iburst\nserver 10.0.0.1\n# server no.example\n",
            ("2.debian.pool.ntp.org", "10.0.0.1"),
        ),
        ("  server a.example # main\npeer b.example\nserver a.example\n", ("a.example", "b.example")),
        ("servers pool.ntp.org\nserver 127.127.1.0\nserverstats x\n", ("pool.ntp.org",)),
        ("server\npool\n\u0441\u0435\u0440\u0432\u0435\u0440 x", ()),
        ("", ()),
    ],
)
def test_servers_of_chrony_and_ntpd(text: str, servers: tuple[str, ...]) -> None:
    assert clock.parse_servers(text) == servers


@pytest.mark.parametrize(
    ("text", "servers"),
    [
        ("[Time]\n#NTP=\nFallbackNTP=a.example b.example\n", ("a.example", "b.example")),
        ("[Time]\nNTP=a.example\nFallbackNTP=b.example\n[Time]\nNTP=c.example\n", ("a.example", "c.example")),
        ("NTP=a.example\nNTP=\nNTP = d.example\n", ("d.example",)),
        ("NTPX=a.example\n", ()),
    ],
)
def test_servers_of_timesyncd(text: str, servers: tuple[str, ...]) -> None:
    assert clock.parse_timesyncd(text) == servers


def test_servers_of_windows() -> None:
    assert clock.parse_windows("time.windows.com,0x1 10.0.0.1,0x8  ") == ("time.windows.com", "10.0.0.1")
    assert clock.parse_windows(",0x1") == ()


@pytest.mark.parametrize(
    ("values", "servers"),
    [
        ({"Type": "NTP", "NtpServer": "time.windows.com,0x9"}, ("time.windows.com",)),
        ({"Type": "NT5DS", "NtpServer": "time.windows.com,0x9"}, ("corp.example",)),
        ({"Type": "NoSync", "NtpServer": "time.windows.com,0x9"}, ()),
        ({"ServiceDll": "w32time.dll"}, ()),
    ],
)
def test_whom_windows_asks(values: dict[str, Any], servers: tuple[str, ...]) -> None:
    host = given(WINDOWS | SERVICES | {("registry", clock.W32TIME): {"values": values, "keys": []}})
    by_domain = values.get("Type") == "NT5DS"
    assert clock.source(host) == clock.Source("W32Time", active=True, servers=servers, by_domain=by_domain)


@pytest.mark.parametrize(
    ("edition", "kind", "more", "up", "startup"),
    [
        ("server", "NT5DS", [], 700, clock.STOPPED),
        ("server", "NT5DS", [], 500, ""),
        ("server", "NTP", [{"Name": "NTDS", "State": "Running", "StartMode": "Auto"}], 700, clock.STOPPED),
        ("server", "NTP", [], 700, ""),
        ("server", "NT5DS", [{"Name": "chronyd", "State": "Running", "StartMode": "Auto"}], 700, ""),
        ("client", "NT5DS", [], 700, ""),
    ],
)
def test_a_server_of_a_domain_compares_its_clock_all_the_time(
    edition: str, kind: str, more: list[dict[str, Any]], up: float, startup: str
) -> None:
    host = given(
        {
            ("machine",): MACHINE | {"system": "windows", "edition": edition},
            ("wmi", "root\\cimv2", "Win32_Service", services.ROWS, ""): [ROW | {"State": "Stopped"}, *more],
            ("registry", clock.W32TIME): {"values": {"Type": kind}, "keys": []},
            ("psutil", "boot_time"): 1_790_000_000 - up,
        }
    )
    assert clock.source(host).startup == startup


def test_the_service_at_work_decides_which_files_count() -> None:
    names = sorted(service_roles.TIME)
    shown = {"chrony.service": "inactive", "systemd-timesyncd.service": "active"}
    blocks = "\n".join(
        f"Id={name}\nLoadState=loaded\nActiveState={shown[name]}\n" if name in shown else f"Id={name}\n"
        for name in names
    )
    show = ("run", "systemctl", "show", f"--property={','.join(services.PROPERTIES)}", "--", *names)
    host = given(
        {
            ("stat", "/run/systemd/system"): {"kind": "folder"},
            show: {"code": 0, "out": blocks, "err": ""},
            **{("listdir", folder): MISSING for folder in clock.TIMESYNCD_FOLDERS},
            ("listdir", clock.TIMESYNCD_FOLDERS[-1]): ["site.conf", "old.bak"],
            ("read", "/etc/systemd/timesyncd.conf"): "[Time]\n#NTP=\n",
            ("read", "/etc/systemd/timesyncd.conf.d/site.conf"): "[Time]\nNTP=ntp.example.org\n",
        }
    )
    assert clock.source(host) == clock.Source("systemd-timesyncd.service", active=True, servers=("ntp.example.org",))


def test_a_machine_without_systemd_has_no_known_service() -> None:
    assert clock.source(given({("stat", "/run/systemd/system"): MISSING})) == clock.Source()


def tracking(leap: str) -> dict[str, Any]:
    return {"code": 0, "out": f"A29FC87B,10.0.0.1,4,1.5,0.0,0.0,0.0,-1.2,0.0,0.1,0.02,0.001,64.4,{leap}\n", "err": ""}


@pytest.mark.parametrize(("leap", "expected"), [("Normal", True), ("Insert second", True), ("Not synchronised", False)])
def test_chrony_says_whether_it_follows_a_source(leap: str, expected: bool) -> None:
    host = given({("run", "chronyc", "-c", "tracking"): tracking(leap)})
    assert clock.synchronised(host, "chrony.service") is expected


@pytest.mark.parametrize(
    ("out", "expected"), [("NTPSynchronized=no\n", False), ("NTPSynchronized=yes\n", True), ("", None)]
)
def test_where_chrony_is_silent_the_kernel_says(out: str, expected: bool | None) -> None:
    host = given(
        {
            ("run", "chronyc", "-c", "tracking"): {"code": 1, "out": "506 Cannot talk to daemon\n", "err": ""},
            ("run", "timedatectl", "show", "--property=NTPSynchronized"): {"code": 0, "out": out, "err": ""},
        }
    )
    assert clock.synchronised(host, "chrony.service") is expected


@pytest.mark.parametrize(("synchronised", "unit"), [("no", "systemd-timesyncd.service"), ("yes", "")])
def test_a_service_that_asks_and_gets_no_answer(synchronised: str, unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = clock.Source("systemd-timesyncd.service", active=True, servers=("10.0.0.1",))
    monkeypatch.setattr(clock, "source", lambda _: kept)
    said = {"code": 0, "out": f"NTPSynchronized={synchronised}\n", "err": ""}
    host = given({("run", "timedatectl", "show", "--property=NTPSynchronized"): said})
    assert clock.unanswered(host) == unit


def test_nobody_can_say() -> None:
    assert clock.synchronised(given(), None) is None
    assert clock.synchronised(given(WINDOWS), "W32Time") is None


@pytest.mark.parametrize(
    ("link", "name"),
    [
        ("/usr/share/zoneinfo/Europe/Berlin", "Europe/Berlin"),
        ("../usr/share/zoneinfo/Etc/UTC", "Etc/UTC"),
        (None, None),
    ],
)
def test_the_zone(link: str | None, name: str | None) -> None:
    assert clock.zone(given({("stat", "/etc/localtime"): {"link": link}})) == name


def test_the_zone_of_windows_and_of_nobody() -> None:
    key = {"values": {"TimeZoneKeyName": "Russian Standard Time"}, "keys": []}
    assert clock.zone(given(WINDOWS | {("registry", clock.TIME_ZONE): key})) == "Russian Standard Time"
    assert clock.zone(given({("stat", "/etc/localtime"): MISSING})) is None


def test_w32time_says_that_the_clock_is_too_far_off() -> None:
    def record(number: int, when: float, **data: str) -> dict[str, Any]:
        return {"id": number, "provider": clock.TIME_SERVICE, "level": 2, "time": when, "data": data}

    refused = record(34, 9.0, SystemTimeChangeSeconds="-72000", MaxSystemTimeChangeSeconds="54000", TimeSource="x")
    follows = record(37, 8.0, TimeSource="x")
    asked = ("events", "System", (34, 35, 37), 7, (clock.TIME_SERVICE,))
    far = (Witness("x", "ntp", "answered", -72000.0),)

    def told(*records: Any, witnesses: tuple[Witness, ...] = far) -> clock.Refusal | None:
        return clock.refusal(given(WINDOWS | {asked: list(records)}), witnesses)

    assert told(refused, follows) == clock.Refusal(-72000.0, 54000.0)
    assert told(follows | {"time": 10.0}, refused) is None
    assert told() is None
    assert told(record(34, 9.0, SystemTimeChangeSeconds="many")) is None
    assert told(refused, witnesses=(Witness("x", "ntp", "answered", 2.0),)) is None
    assert clock.refusal(given(WINDOWS | {asked: ProbeError(Reason.FORBIDDEN)}), far) is None


def test_files_that_are_shut_are_told_beside_those_that_are_not() -> None:
    shown = {"chrony.service": "active"}
    names = sorted(service_roles.TIME)
    blocks = "\n".join(f"Id={name}\nLoadState=loaded\nActiveState={shown.get(name, 'inactive')}\n" for name in names)
    host = bare(
        {
            ("stat", "/run/systemd/system"): {"kind": "folder"},
            ("run", "systemctl", "show", f"--property={','.join(services.PROPERTIES)}", "--", *names): {
                "code": 0, "out": blocks, "err": "",
            },
            ("read", "/etc/chrony/chrony.conf"): ProbeError(Reason.FORBIDDEN),
        }
    )  # fmt: skip
    kept = clock.source(host)
    assert (kept.unit, kept.servers, kept.sourceless) == ("chrony.service", (), False)
    assert kept.shut == (Gap("/etc/chrony/chrony.conf", Reason.FORBIDDEN, question="read"),)
