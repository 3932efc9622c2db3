"""The ranges of a DHCP server."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import MACHINE, given

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.network import dhcp_server
from techkit.readings.network.dhcp_server import Scope, Server
from techkit.readings.os import services

ROWS = [{"AddressesFree": 3, "AddressesInUse": 97, "ScopeId": "10.0.0.0"}]


def asked(state: str, *settings: dict[str, Any]) -> Server:
    row = dict.fromkeys(services.ROWS) | {"Name": "DHCPServer", "State": state, "StartMode": "Auto", "ExitCode": 0}
    host = given(
        {
            ("machine",): MACHINE | {"system": "windows"},
            ("wmi", "root\\cimv2", "Win32_Service", services.ROWS, ""): [row],
            ("powershell", "dhcp_scopes"): ROWS,
            ("powershell", "dhcp_settings"): list(settings),
        }
    )
    return dhcp_server.server(host)


@pytest.mark.parametrize(
    ("authorized", "joined", "refused"),
    [(True, True, False), (False, True, True), (False, False, False)],  # without a domain nobody has to authorise it
)
def test_a_server_that_its_domain_refuses(authorized: bool, joined: bool, refused: bool) -> None:
    found = asked("Running", {"IsAuthorized": authorized, "IsDomainJoined": joined})
    assert found == Server((Scope("10.0.0.0", 97, 3),), refused)


@pytest.mark.parametrize(
    ("state", "settings", "reason"),
    [
        ("Stopped", [{"IsAuthorized": True, "IsDomainJoined": True}], Reason.INAPPLICABLE),
        ("Running", [], Reason.UNREADABLE),
        ("Running", [{"IsAuthorized": None, "IsDomainJoined": True}], Reason.UNREADABLE),
    ],
)
def test_a_server_that_tells_nothing(state: str, settings: list[dict[str, Any]], reason: Reason) -> None:
    with pytest.raises(ProbeError) as caught:
        asked(state, *settings)
    assert caught.value.reason is reason
