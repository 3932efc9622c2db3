"""The ranges of a DHCP server."""

from __future__ import annotations

import pytest
from hosts import MACHINE, given

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.network import dhcp_scopes
from techkit.readings.network.dhcp_scopes import Scope
from techkit.readings.os import services

ROWS = [{"AddressesFree": 3, "AddressesInUse": 97, "ScopeId": "10.0.0.0"}]


@pytest.mark.parametrize("state", ["Running", "Stopped"])
def test_only_a_server_that_runs_is_asked(state: str) -> None:
    row = dict.fromkeys(services.ROWS) | {"Name": "DHCPServer", "State": state, "StartMode": "Auto", "ExitCode": 0}
    host = given(
        {
            ("machine",): MACHINE | {"system": "windows"},
            ("wmi", "root\\cimv2", "Win32_Service", services.ROWS, ""): [row],
            ("powershell", "dhcp_scopes"): ROWS,
        }
    )
    if state == "Running":
        assert dhcp_scopes.scopes(host) == (Scope("10.0.0.0", 97, 3),)
        return
    with pytest.raises(ProbeError) as caught:
        dhcp_scopes.scopes(host)
    assert caught.value.reason is Reason.INAPPLICABLE
