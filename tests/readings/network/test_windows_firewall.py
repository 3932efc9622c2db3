"""Profiles and rules of the Windows firewall, as the registry holds them; field names of MS-GPFAS."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import MACHINE, bare, given

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.network import routes
from techkit.readings.network import windows_firewall as firewall
from techkit.readings.network.windows_firewall import Rule

HEAD = "v2.31|Action=Block|Active=TRUE|Dir=Out|"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (f"{HEAD}Protocol=6|RPort=443|Name=No web|", Rule("No web", ("443",))),
        (f"{HEAD}Protocol=6|RPort=80|RPort=443|Name=No web|", Rule("No web", ("443", "80"))),
        (f"{HEAD}Protocol=6|RPort2_10=400-500|Name=No web|", Rule("No web", ("443",))),
        (f"{HEAD}Name=Nothing|", Rule("Nothing")),
        (f"{HEAD}Protocol=6|Profile=Public|RPort=443|Name=Away|", Rule("Away", ("443",))),
        (f"{HEAD}Protocol=6|Profile=Domain|RPort=443|Name=Elsewhere|", None),
        (f"{HEAD}Protocol=6|RPort=25|Name=No mail|", None),
        (f"{HEAD}Protocol=6|RPort=443|App=C:\\Program Files\\Example\\example.exe|Name=One program|", None),
        (f"{HEAD}Protocol=6|RPort=443|RA4=192.0.2.1|Name=One address|", None),
        ("v2.31|Action=Block|Active=FALSE|Dir=Out|Protocol=6|RPort=443|Name=Off|", None),
        ("v2.31|Action=Block|Active=TRUE|Dir=In|Protocol=6|LPort=443|Name=In|", None),
        ("v2.31|Action=Allow|Active=TRUE|Dir=Out|Protocol=6|RPort=443|Name=Web|", None),
        ("", None),
    ],
)
def test_only_a_rule_for_everybody_shuts_the_way_out(text: str, rule: Rule | None) -> None:
    assert firewall.parse_rule(text, ("public",)) == rule


def test_a_policy_goes_before_the_local_switch() -> None:
    missing = ProbeError(Reason.MISSING)
    host = given(
        {
            ("machine",): MACHINE | {"system": "windows"},
            ("wmi", "root\\StandardCimv2", "MSFT_NetConnectionProfile", routes.PROFILE, ""): [{"NetworkCategory": 0}],
            ("wmi", "root\\SecurityCenter2", "FirewallProduct", firewall.PRODUCT, ""): [
                {"displayName": "Left behind", "productState": 0x060000},
                {"displayName": "At work", "productState": 0x061000},
                {"displayName": "Silent", "productState": None},
            ],
            ("registry", rf"{firewall.LOCAL}\PublicProfile"): {"values": {"EnableFirewall": 1}, "keys": []},
            ("registry", rf"{firewall.POLICY}\PublicProfile"): {"values": {"EnableFirewall": 0}, "keys": []},
            ("registry", rf"{firewall.LOCAL}\FirewallRules"): missing,
            ("registry", rf"{firewall.POLICY}\FirewallRules"): missing,
        }
    )
    seen = firewall.read(host)
    assert (seen.active, seen.off, seen.ordered, seen.blocking) == (("public",), ("public",), ("public",), ())
    assert seen.others == ("At work", "Silent")


def test_without_wmi_the_list_of_networks_and_the_security_center_answer() -> None:
    missing, broken = ProbeError(Reason.MISSING), ProbeError(Reason.UNREADABLE, "0x80041013")
    product = {"outdated": False, "program": ""}
    firewalls = [product | {"name": name, "state": state} for name, state in (("At work", "on"), ("Off", "off"))]
    answers = {
        ("machine",): MACHINE | {"system": "windows", "edition": "client"},
        ("wmi", "root\\StandardCimv2", "MSFT_NetConnectionProfile", routes.PROFILE, ""): broken,
        ("wmi", "root\\SecurityCenter2", "FirewallProduct", firewall.PRODUCT, ""): broken,
        ("network_categories",): [1, 7],
        ("security_center",): {"health": "good", "products": [], "firewalls": firewalls},
        ("registry", rf"{firewall.LOCAL}\StandardProfile"): {"values": {"EnableFirewall": 0}, "keys": []},
        ("registry", rf"{firewall.POLICY}\PrivateProfile"): missing,
        ("registry", rf"{firewall.LOCAL}\FirewallRules"): missing,
        ("registry", rf"{firewall.POLICY}\FirewallRules"): missing,
    }
    seen = firewall.read(given(answers))
    assert (seen.active, seen.off, seen.others) == (("private",), ("private",), ("At work",))
    untold: dict[str, Any] = {"health": "good", "products": [], "firewalls": None}
    for silent in ({("network_categories",): broken}, {("security_center",): untold}):
        with pytest.raises(ProbeError) as caught:
            firewall.read(given({**answers, **silent}))
        assert caught.value.reason is Reason.UNREADABLE
    server = {("machine",): MACHINE | {"system": "windows", "edition": "server"}}
    assert firewall.read(given({**answers, **server})).others == ()


@pytest.mark.parametrize(
    ("values", "unsure"),
    [({"EnableFirewall": 1}, ()), ({"EnableFirewall": 0}, ()), ({"DisableNotifications": 0}, ("private",))],
)
def test_a_profile_that_says_nothing_is_not_taken_for_one_that_is_on(
    values: dict[str, int], unsure: tuple[str, ...]
) -> None:
    answers: dict[tuple[Any, ...], Any] = {
        ("machine",): MACHINE | {"system": "windows"},
        ("wmi", "root\\StandardCimv2", "MSFT_NetConnectionProfile", routes.PROFILE, ""): [{"NetworkCategory": 1}],
        ("registry", rf"{firewall.LOCAL}\StandardProfile"): {"values": values, "keys": []},
    }
    assert firewall.read(bare(answers)).unsure == unsure
