"""Why services of Windows did not start."""

from __future__ import annotations

from typing import Any

from hosts import MACHINE, given

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.os import service_events, service_starts
from techkit.readings.os.service_starts import Refusal
from techkit.readings.os.services import Unit

NOW = 1_790_000_000.0
WINDOWS = {("machine",): MACHINE | {"system": "windows"}}
MANAGER = ("events", "System", (7031, 7034, 7000, 7001, 7038, 7041), service_events.MONTH, (service_events.MANAGER,))
EVERY = (
    Unit("SQLAgent", description="Агент SQL Server", exit_status=1077),
    Unit("Acme", description="Acme Sync", exit_status=1077),
    Unit("WdNisSvc", description="Microsoft Defender Antivirus Network Inspection Service", exit_status=1068),
    Unit("Base", description="Acme Base", exit_status=1058),
    Unit("Nameless", exit_status=0),
)


def event(number: int, when: float, *texts: str) -> dict[str, Any]:
    data = {f"param{place}": text for place, text in enumerate(texts, 1)}
    return {"id": number, "provider": service_events.MANAGER, "level": 2, "time": when, "data": data}


def test_the_manager_says_why_and_names_services_as_people_see_them() -> None:
    driver = "Microsoft Defender Antivirus Network Inspection System Driver"
    found = service_starts.parse(
        [
            event(7000, 9, "Агент SQL Server", "%%1069"),
            event(7038, 8, "SQLAgent", r".\svc_sql", "%%1326"),
            event(7041, 7, "Агент SQL Server", r".\older"),
            event(7000, 6, "Acme Sync", "%%1053"),
            event(7038, 5, "Acme Sync", r".\acme", "%%1326"),
            event(7001, 5, "Microsoft Defender Antivirus Network Inspection Service", driver, "%%1062"),
            event(7001, 4, "Nameless", "acme base", "%%1058"),
            event(7000, 3, "luafv", "%%1275"),
            event(7000, 2, "Acme Base", "2"),
            event(7000, 2),
            event(7000, 1, ""),
        ],
        EVERY,
    )
    assert found == {
        "SQLAgent": Refusal(1069, "svc_sql", 1326),
        "Acme": Refusal(1053),
        "WdNisSvc": Refusal(1068),
        "Nameless": Refusal(1058, waits_for="Base"),
    }


def test_only_what_left_nothing_of_its_own_is_explained_and_only_since_the_start() -> None:
    records = [
        event(7000, NOW - 10, "Acme Base", "%%1053"),
        event(7000, NOW - 20, "Агент SQL Server", "%%1069"),
        event(7041, NOW - 20, "Агент SQL Server", r"CORP\svc_sql"),
        event(7000, NOW - 9000, "Acme Sync", "%%1053"),
    ]
    host = given(WINDOWS | {MANAGER: records})
    found = {unit.name: unit for unit in service_starts.explained(host, EVERY, EVERY, NOW - 600)}
    assert (found["SQLAgent"].exit_status, found["SQLAgent"].account, found["SQLAgent"].login) == (
        1069,
        r"CORP\svc_sql",
        1385,
    )
    assert (found["Acme"].exit_status, found["Base"].exit_status) == (1077, 1058)
    assert service_starts.explained(given(WINDOWS), (), EVERY, 0) == ()


def test_a_service_that_left_the_number_of_its_refused_account_is_explained_too() -> None:
    left = Unit("SQLAgent", exit_status=1069)
    host = given(WINDOWS | {MANAGER: [event(7038, NOW - 20, "SQLAgent", r".\svc_sql", "%%1330")]})
    (found,) = service_starts.explained(host, [left], [left], NOW - 600)
    assert (found.exit_status, found.account, found.login) == (1069, "svc_sql", 1330)


def test_a_log_that_may_not_be_read_leaves_the_services_as_they_are() -> None:
    host = given(WINDOWS | {MANAGER: ProbeError(Reason.FORBIDDEN)})
    assert service_starts.explained(host, EVERY, EVERY, NOW) == EVERY


def test_unnamed_strings_say_the_same() -> None:
    record = {"id": 7000, "provider": service_events.MANAGER, "level": 2, "time": 1.0, "data": ["Acme Sync", "%%2"]}
    assert service_starts.parse([record], EVERY) == {"Acme": Refusal(2)}
