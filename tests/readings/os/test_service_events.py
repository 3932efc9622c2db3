"""What the manager of Windows' services has written."""

from __future__ import annotations

from typing import Any

from hosts import MACHINE, given

from techkit.readings.os import service_events
from techkit.readings.os.service_events import Crashing
from techkit.readings.os.services import Unit

NOW = 1_790_000_000.0
MANAGER = ("events", "System", (7031, 7034, 7000, 7001, 7038, 7041), service_events.MONTH, (service_events.MANAGER,))
WINDOWS = {("machine",): MACHINE | {"system": "windows"}}


def test_windows_services_that_end_unexpectedly_and_run_again() -> None:
    def event(number: int, when: float, data: Any) -> dict[str, Any]:
        return {"id": number, "provider": service_events.MANAGER, "level": 2, "time": when, "data": data}

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
    assert service_events.crashing(host, running) == (Crashing("Spooler", "Диспетчер печати", 2, NOW - 30.0),)
