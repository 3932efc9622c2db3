"""Remote desktop by its settings, its service, its port, and the rules of the firewall."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import MACHINE, bare

from techkit.host import Host, ProbeError
from techkit.model import Reason
from techkit.readings.antivirus import protections
from techkit.readings.network import remote_desktop, routes, windows_firewall
from techkit.readings.network.remote_desktop import RemoteDesktop
from techkit.readings.os import releases, services

RULE = "v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=3389|App=svchost.exe|Svc=termservice|Name=RDP|"
PRIVATE = RULE.replace("Protocol=6|", "Protocol=6|Profile=Domain|Profile=Private|")


def values(**some: Any) -> dict[str, Any]:
    return {"values": some, "keys": []}


def machine(
    rules: dict[str, str],
    *,
    state: str = "Running",
    answer: str = "open",
    more: dict[tuple[Any, ...], Any] | None = None,
    **listener: Any,
) -> Host:
    service = dict.fromkeys(services.ROWS) | {"Name": "TermService", "State": state, "StartMode": "Manual"}
    return bare({
        ("machine",): MACHINE | {"system": "windows", "edition": "client"},
        ("registry", protections.TERMINAL): values(fDenyTSConnections=0),
        ("registry", protections.LISTENER): values(fLogonDisabled=0, **listener),
        ("wmi", "root\\cimv2", "Win32_Service", services.ROWS, ""): [service],
        ("connect", "127.0.0.1", listener.get("PortNumber", 3389)): {"state": answer, "milliseconds": 1.0},
        ("wmi", routes.STANDARD_CIMV2, "MSFT_NetConnectionProfile", routes.PROFILE, ""): [{"NetworkCategory": 0}],
        ("wmi", "root\\SecurityCenter2", "FirewallProduct", windows_firewall.PRODUCT, ""): [],
        ("registry", windows_firewall.RULES[1]): values(**rules),
        **(more or {}),
    })  # fmt: skip


def test_one_that_lets_people_in() -> None:
    assert remote_desktop.remote_desktop(machine({"A": RULE})) == RemoteDesktop(startup="manual")


def test_what_a_guest_meets_first() -> None:
    assert not remote_desktop.remote_desktop(machine({}, state="Stopped")).running
    assert not remote_desktop.remote_desktop(machine({"A": RULE}, answer="refused")).listening
    assert remote_desktop.remote_desktop(machine({"A": RULE}, answer="refused", LanAdapter=2)).listening
    assert remote_desktop.remote_desktop(machine({"A": PRIVATE})).shut == ("public",)
    assert remote_desktop.remote_desktop(machine({"A": RULE}, PortNumber=3390)).shut == ("public",)
    assert remote_desktop.remote_desktop(machine({})).shut == ()


@pytest.mark.parametrize("switch", [{"EnableFirewall": 0}, {"EnableFirewall": 1, "DefaultInboundAction": 0}])
def test_a_firewall_that_lets_everybody_in_shuts_nobody_out(switch: dict[str, int]) -> None:
    host = machine({"A": PRIVATE}, more={("registry", rf"{windows_firewall.LOCAL}\PublicProfile"): values(**switch)})
    assert remote_desktop.remote_desktop(host).shut == ()


def test_a_pc_that_is_away_from_its_domain_and_one_for_the_home() -> None:
    system = ("wmi", "root\\cimv2", "Win32_ComputerSystem", ("PartOfDomain", "Domain", "DomainRole"), "")
    member = {system: [{"PartOfDomain": True, "Domain": "corp.example", "DomainRole": 1}]}
    seen = remote_desktop.remote_desktop(machine({"A": PRIVATE}, more=member))
    assert (seen.shut, seen.away) == (("public",), True)
    assert not remote_desktop.remote_desktop(machine({"A": PRIVATE})).away
    assert not remote_desktop.remote_desktop(machine({"A": RULE.replace("3389", "80")}, more=member)).away
    with pytest.raises(ProbeError) as error:
        remote_desktop.remote_desktop(machine({}, more={("registry", releases.VERSION): values(EditionID="CoreN")}))
    assert error.value.reason is Reason.INAPPLICABLE


def test_one_that_is_off_is_no_question() -> None:
    with pytest.raises(ProbeError) as error:
        remote_desktop.remote_desktop(bare({("machine",): MACHINE | {"system": "windows"}}))
    assert error.value.reason is Reason.INAPPLICABLE


@pytest.mark.parametrize(
    ("text", "lets_in"),
    [
        (RULE, True),
        (PRIVATE, False),
        (RULE.replace("Allow", "ByPass"), True),
        (RULE.replace("TRUE", "FALSE"), False),
        (RULE.replace("Allow", "Block"), False),
        (RULE.replace("Protocol=6", "Protocol=17"), False),
        (RULE.replace("LPort=3389|", ""), True),
        (RULE.replace("LPort=3389|", "LPort2_10=3000-4000|"), True),
        ("v2.31|Action=Allow|Active=TRUE|Dir=In|App=C:\\game.exe|Name=Game|", False),
        ("v2.31|Action=Allow|Active=TRUE|Dir=In|Name=Everything|", True),
        ("", False),
    ],
)
def test_a_rule_that_lets_in(text: str, *, lets_in: bool) -> None:
    assert remote_desktop.admits(text, ("public",), 3389) is lets_in


MANY = ("registry", protections.TERMINAL)
HOST = values(fDenyTSConnections=0, TSAppCompat=1)
NAMED = ("registry", rf"{remote_desktop.LICENCE_SERVERS}\LicenseServers")
MODE = ("registry", remote_desktop.LICENSING)
KNOCK = ("connect", "rd.corp.example", 135)


@pytest.mark.parametrize(
    ("more", "missing"),
    [
        ({}, "unset"),
        ({MODE: values(LicensingMode=5), NAMED: values(SpecifiedLicenseServers=["rd.corp.example"])}, "unset"),
        ({MODE: values(LicensingMode=4)}, "unset"),
        ({MODE: values(LicensingMode=4), NAMED: values(SpecifiedLicenseServers=["rd.corp.example"])}, ""),
        ({("registry", protections.TERMINAL_POLICY): values(LicensingMode=2, LicenseServers="rd.corp.example")}, ""),
    ],
)
def test_a_host_of_sessions_needs_licences(more: dict[tuple[Any, ...], Any], missing: str) -> None:
    answers = {MANY: HOST, KNOCK: {"state": "open", "milliseconds": 1.0}} | more
    assert remote_desktop.remote_desktop(machine({"A": RULE}, more=answers)).licences == missing


def test_a_server_of_licences_that_does_not_answer() -> None:
    answers = {MANY: HOST, KNOCK: {"state": "timeout", "milliseconds": None}, MODE: values(LicensingMode=4)}
    answers |= {NAMED: values(SpecifiedLicenseServers=["rd.corp.example", ""])}
    seen = remote_desktop.remote_desktop(machine({"A": RULE}, more=answers))
    assert (seen.licences, seen.licence_servers) == ("away", ("rd.corp.example",))
