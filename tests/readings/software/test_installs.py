"""Programs that could not be set up, by events of the installer in the form that Microsoft documents."""

from __future__ import annotations

from typing import Any

from hosts import MACHINE, given

from techkit.readings.software import crashes, installs
from techkit.readings.software.installs import Failed

LOG = ("events", "Application", (1000, 1002, 1033), 7, (crashes.ERROR, crashes.HANG, crashes.INSTALLER))


def record(program: str, status: str, time: float) -> dict[str, Any]:
    data = [program, "4.1", "1033", status, "Acme", "(NULL)"]
    return {"id": 1033, "provider": crashes.INSTALLER, "level": 4, "time": time, "data": data}


def test_failures_since_the_last_success_are_counted() -> None:
    records = [
        record("Acme Client", "1603", 90.0),
        record("Well", "0", 85.0),
        record("Acme Client", "1618", 80.0),
        {"id": 1000, "provider": crashes.ERROR, "time": 75.0, "data": ["x.exe", "1", "2", "3"]},
        record("Acme Client", "3010", 70.0),
        record("Acme Client", "1603", 60.0),
        record("Well", "1603", 50.0),
        record("Stopped by hand", "1602", 40.0),
        record("Odd", "%%", 30.0),
        {"id": 1033, "provider": crashes.INSTALLER, "time": 20.0, "data": ["short"]},
    ]
    host = given({("machine",): MACHINE | {"system": "windows"}, LOG: records})
    assert installs.failed(host) == (Failed("Acme Client", "4.1", 1603, 2, 90.0),)
