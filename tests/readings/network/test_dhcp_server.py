"""The ranges of a DHCP server."""

from __future__ import annotations

import pytest
from hosts import MACHINE, given

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.network import dhcp_server
from techkit.readings.network.dhcp_server import Scope, Server
from techkit.readings.os import services

ROWS = [{"AddressesFree": 3, "AddressesInUse": 97, "ScopeId": "10.0.0.0"}]


@pytest.mark.parametrize(
    ("state", "authorized", "joined", "refused"),
    [
        ("Running", True, True, False),
        ("Running", False, True, True),
        ("Running", False, False, False),  # without a domain nobody has to let it
        ("Stopped", True, True, False),
    ],
)
def test_only_a_server_that_runs_is_asked(state: str, authorized: bool, joined: bool, refused: bool) -> None:
    row = dict.fromkeys(services.ROWS) | {"Name": "DHCPServer", "State": state, "StartMode": "Auto", "ExitCode": 0}
    host = given(
        {
            ("machine",): MACHINE | {"system": "windows"},
            ("wmi", "root\\cimv2", "Win32_Service", services.ROWS, ""): [row],
            ("powershell", "dhcp_scopes"): ROWS,
            ("powershell", "dhcp_settings"): [{"IsAuthorized": authorized, "IsDomainJoined": joined}],
        }
    )
    if state == "Running":
        assert dhcp_server.server(host) == Server((Scope("10.0.0.0", 97, 3),), refused)
        return
    with pytest.raises(ProbeError) as caught:
        dhcp_server.server(host)
    assert caught.value.reason is Reason.INAPPLICABLE
