"""Updates, licences, domains, profiles, autostart and package databases, by the fields their makers document."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from conftest import ROOT
from hosts import MACHINE, bare, given
from hypothesis import given as any_of
from hypothesis import strategies as st

from techkit.host import ProbeError
from techkit.model import Gap, Reason
from techkit.readings.antivirus import windows_autoruns
from techkit.readings.disk import volumes
from techkit.readings.os import (
    component_store,
    domains,
    package_databases,
    packages,
    profiles,
    services,
    startups,
    updates,
)
from techkit.readings.os.domains import Domain
from techkit.readings.os.package_databases import Database
from techkit.readings.os.profiles import Profile
from techkit.readings.os.updates import Failure
from techkit.readings.software import licences

NOW = 1_790_000_000
MISSING = ProbeError(Reason.MISSING)
BROKEN = ProbeError(Reason.UNREADABLE, "0x80041013")
REFUSED = ROOT.parent / "shared/corpus/windows/eventlog/plaso-System-NETLOGON-5805.jsonl"
PC: dict[tuple[Any, ...], Any] = {
    ("machine",): {**MACHINE, "system": "windows"},
    ("person",): {"name": "ann", "id": "S-1-5-21-1-1001"},
}
LOG = """2026-09-20 06:10:01,100 INFO Starting unattended upgrades script
2026-09-20 06:10:09,200 ERROR Installing the upgrades failed!
2026-09-21 06:10:01,100 INFO Starting unattended upgrades script
2026-09-21 06:10:02,100 ERROR Lock could not be acquired (another package manager running?)
2026-09-21 06:10:03,100 ERROR Cache has broken packages, exiting
"""


def key(**values: Any) -> dict[str, Any]:
    return {"values": values, "keys": []}


def event(number: int, time: float, **data: str) -> dict[str, Any]:
    return {"id": number, "provider": updates.PROVIDER, "level": 2, "time": time, "data": data}


def test_only_the_last_run_counts() -> None:
    found = updates.parse_log(LOG)
    assert found
    assert (found.message, found.last) == ("Cache has broken packages, exiting", 1_789_971_003.0)
    assert updates.parse_log(LOG.replace("ERROR Cache", "INFO Cache")) is None
    assert updates.parse_log("") is None


def test_an_update_that_failed_and_then_succeeded_has_not_failed() -> None:
    events = [
        event(19, 30, updateTitle="KB1", updateGuid="{1}"),
        event(20, 20, updateTitle="KB2", updateGuid="{2}", errorCode="0x800F081F"),
        event(20, 15, updateTitle="KB2", updateGuid="{2}", errorCode="0x80070002"),
        event(20, 10, updateTitle="KB1", updateGuid="{1}", errorCode="0x80070002"),
        event(25, 5, errorCode="0x8024402c"),
        event(25, 4, errorCode="0x8024402c"),
    ]
    assert updates.failures(events) == (Failure("0x800f081f", ("KB2",), last=20.0),)


def test_searches_that_fail_again_and_again() -> None:
    events = [event(25, 9, errorCode="-2145107924"), event(25, 8, errorCode="0x8024402C")]
    assert updates.failures(events) == (Failure("0x8024402c", last=9.0),)
    assert updates.failures(events[:1]) == ()


def test_what_keeps_updates_of_windows_away() -> None:
    question = ("events", "System", (19, 20), updates.DAYS, (updates.PROVIDER,))
    search = ("events", updates.OPERATIONAL, (25, 31), updates.DAYS, (updates.PROVIDER,))
    failed = [event(25, 7, errorCode="0x8024402C"), event(25, 6, errorCode="0x8024402C")]
    host = given(
        {
            **PC,
            question: [],
            search: failed,
            ("registry", updates.POLICY): key(),
            ("registry", f"{updates.POLICY}\\AU"): key(NoAutoUpdate=1),
            ("registry", updates.PAUSE): key(PauseUpdatesExpiryTime="2026-12-01T10:00:00Z"),
            **{("registry", f"{updates.KEY}\\{name}"): key(Start=3) for name in updates.SERVICES},
            ("registry", f"{updates.KEY}\\wuauserv"): key(Start=4),
            ("wmi", "root\\cimv2", "Win32_QuickFixEngineering", ("InstalledOn",), ""): [
                {"InstalledOn": "9/12/2026"},
                {"InstalledOn": "10/2/2025"},
                {"InstalledOn": ""},
            ],
        }
    )
    said = updates.windows(host)
    assert said.failures == (Failure("0x8024402c", last=7.0),)
    assert (said.disabled, said.forbidden, said.paused_until) == (("wuauserv",), True, 1_796_119_200.0)
    assert said.newest == 1_789_171_200.0


def test_what_may_not_be_read_of_updates_is_told() -> None:
    shut = ProbeError(Reason.FORBIDDEN)
    answers = {
        **PC,
        ("events", "System", (19, 20), 30, (updates.PROVIDER,)): [],
        ("events", updates.OPERATIONAL, (25, 31), 30, (updates.PROVIDER,)): shut,
        ("wmi", "root\\cimv2", updates.INSTALLATIONS, ("InstalledOn",), ""): shut,
    }
    subjects = (updates.OPERATIONAL, updates.INSTALLATIONS)
    gaps = (
        Gap(subject, Reason.FORBIDDEN, question=ask) for subject, ask in zip(subjects, ("events", "wmi"), strict=True)
    )
    assert updates.windows(bare(answers)).unseen == tuple(gaps)


@pytest.mark.parametrize(
    ("address", "asked"),
    [
        ("http://wsus.corp.example:8530", ("wsus.corp.example", 8530)),
        ("https://wsus.corp.example", ("wsus.corp.example", 443)),
        ("http://127.0.0.1", ("127.0.0.1", 80)),
        ("http://wsus:99999", None),
        ("nonsense", None),
    ],
)
def test_the_update_server_of_a_company_is_tried(address: str, asked: tuple[str, int] | None) -> None:
    answers = {
        **PC,
        ("events", "System", (19, 20), 30, (updates.PROVIDER,)): [],
        ("events", updates.OPERATIONAL, (25, 31), 30, (updates.PROVIDER,)): [],
        ("registry", updates.POLICY): key(WUServer=address),
        ("registry", f"{updates.POLICY}\\AU"): key(UseWUServer=1),
        ("connect", *(asked or ("", 0))): {"state": "timeout", "milliseconds": None},
    }
    said = updates.windows(bare(answers))
    assert (said.server, said.answer) == (address, "timeout" if asked else "")
    unused = {**answers, ("registry", f"{updates.POLICY}\\AU"): key(UseWUServer=0)}
    assert not updates.windows(bare(unused)).server


PENDING = r"C:\Windows\WinSxS\pending.xml"


@pytest.mark.parametrize(
    ("hours", "age", "stuck"),
    [(3, 4, True), (3, 2, False), (1, 4, False)],
    ids=["older than the start", "written since", "just started"],
)
def test_an_update_that_the_last_start_should_have_finished(hours: float, age: float, *, stuck: bool) -> None:
    answers: dict[tuple[Any, ...], Any] = {
        **PC,
        ("registry", component_store.KEY): key(),
        ("registry", rf"{component_store.KEY}\SessionsPending"): key(Exclusive=3, TotalSessionPhases=0),
        ("registry", volumes.CURRENT_VERSION): key(SystemRoot=r"C:\Windows"),
        ("psutil", "boot_time"): NOW - hours * 3600,
        ("stat", PENDING): {"kind": "file", "size": 9, "modified": NOW - age * 3600},
    }
    found = component_store.servicing(given(answers))
    assert (found.stuck, found.exclusive) == ((PENDING, True) if stuck else ("", False))
    assert not component_store.servicing(given({**answers, ("stat", PENDING): MISSING})).stuck


def test_dates_as_windows_writes_them() -> None:
    assert updates.newest([{"InstalledOn": "2026-09-12T00:00:00"}]) == 1_789_171_200.0
    assert updates.newest([{"InstalledOn": "31/31/2026"}, {}]) is None
    assert updates.moment("soon") is None


def test_the_licence_of_windows() -> None:
    where = f"ApplicationID='{licences.WINDOWS}' AND PartialProductKey IS NOT NULL"
    names = ("Name", "Description", "LicenseStatus", "LicenseStatusReason", "GracePeriodRemaining")
    question = ("wmi", "root\\cimv2", "SoftwareLicensingProduct", names, where)
    row = {"Name": "Windows(R)", "Description": "TIMEBASED_EVAL channel", "LicenseStatus": 1, "GracePeriodRemaining": 9}
    found = licences.licence(given({**PC, question: [{**row, "LicenseStatusReason": 1074066433}]}))
    assert (found.state, found.minutes, found.evaluation, found.reason) == ("licensed", 9, True, "0x4004f401")
    row["Description"] = "Windows(R) Operating System, VOLUME_KMSCLIENT channel"
    assert licences.licence(given({**PC, question: [{**row, "LicenseStatusReason": -1073418124}]})).company
    with pytest.raises(ProbeError):
        licences.licence(given({**PC, question: []}))


def test_a_member_of_a_domain_that_is_refused() -> None:
    computer = ("wmi", "root\\cimv2", "Win32_ComputerSystem", ("PartOfDomain", "Domain", "DomainRole"), "")
    row = {"PartOfDomain": True, "Domain": "corp.example", "DomainRole": 1}
    events = ("events", "System", (domains.DENIED, domains.NO_CONTROLLER), 3, ("NETLOGON",))
    said = [event(3210, NOW), event(5719, NOW - 90000), event(5719, NOW)]
    found = domains.domain(given({**PC, computer: [row], events: said}))
    assert found == Domain("corp.example", 1, 1, resident=True)
    with pytest.raises(ProbeError):
        domains.domain(given({**PC, computer: [{**row, "PartOfDomain": False}]}))


@pytest.mark.parametrize("controller", [False, True])
def test_without_wmi_a_machine_says_itself_what_it_belongs_to(controller: bool) -> None:
    answers: dict[tuple[Any, ...], Any] = {
        **PC,
        ("wmi", "root\\cimv2", "Win32_ComputerSystem", ("PartOfDomain", "Domain", "DomainRole"), ""): BROKEN,
        ("wmi", "root\\cimv2", "Win32_Service", services.ROWS, ""): BROKEN,
        ("service_manager",): [{"Name": "NTDS" if controller else "Netlogon", "State": "Running", "StartMode": "Auto"}],
        ("membership",): {"name": "CORP", "domain": True},
    }
    assert domains.system(given(answers)) == {
        "PartOfDomain": True, "Domain": "CORP", "DomainRole": 5 if controller else None,
    }  # fmt: skip
    named = PC[("machine",)] | {"domain": "corp.example"}
    assert domains.system(given({**answers, ("machine",): named}))["Domain"] == "corp.example"
    alone = {("membership",): {"name": "WORKGROUP", "domain": False}}
    with pytest.raises(ProbeError) as caught:
        domains.domain(given({**answers, **alone}))
    assert caught.value.reason is Reason.INAPPLICABLE


@pytest.mark.parametrize("role", [1, 5])
def test_each_name_server_of_a_member_is_asked_for_the_controllers(role: int) -> None:
    computer = ("wmi", "root\\cimv2", "Win32_ComputerSystem", ("PartOfDomain", "Domain", "DomainRole"), "")
    question = (
        "wmi", "root\\StandardCimv2", "MSFT_DNSClientServerAddress", ("InterfaceAlias", "ServerAddresses"), "",
    )  # fmt: skip
    rows = [
        {"InterfaceAlias": "Ethernet", "ServerAddresses": ["10.0.0.2", "8.8.8.8", "10.0.0.3", "10.0.0.4"]},
        {"InterfaceAlias": "Ethernet", "ServerAddresses": ["fec0:0:0:ffff::1"]},
    ]
    name = "_ldap._tcp.dc._msdcs.corp.example"
    there = {"state": "answered", "code": "NOERROR", "addresses": ["0 100 389 dc1.corp.example."]}
    asked = {
        ("dns", "10.0.0.2", name, "SRV"): there,
        ("dns", "8.8.8.8", name, "SRV"): there | {"code": "NXDOMAIN", "addresses": []},
        ("dns", "10.0.0.3", name, "SRV"): {"state": "timeout", "code": "", "addresses": []},
        ("dns", "10.0.0.4", name, "SRV"): there | {"code": "SERVFAIL", "addresses": []},
        ("events", "System", (domains.DENIED, domains.NO_CONTROLLER), 3, ("NETLOGON",)): [],
    }
    row = {"PartOfDomain": True, "Domain": "corp.example", "DomainRole": role}
    found = domains.domain(given({**PC, computer: [row], question: rows, **asked}))
    assert found.controller == (role == 5)
    assert [(one.address, one.knows) for one in found.servers] == [("10.0.0.2", True), ("8.8.8.8", False)]


def test_a_controller_that_turns_computers_away() -> None:
    computer = ("wmi", "root\\cimv2", "Win32_ComputerSystem", ("PartOfDomain", "Domain", "DomainRole"), "")
    row = {"PartOfDomain": True, "Domain": "corp.example", "DomainRole": 5}
    events = ("events", "System", domains.TURNED_AWAY, 3, ("NETLOGON",))
    said = [
        {"id": 5805, "time": NOW - 90000, "data": ["PC-04", "%%5"]},
        {"id": 5722, "time": NOW - 3600, "data": ["pc-04", "PC-04$"]},
        {"id": 5722, "time": NOW - 3600, "data": ["PC-07", "PC-07$"]},
        {"id": 5805, "time": NOW - 90000, "data": ["PC-11", "%%5"]},
        {"id": 5805, "time": NOW - 90000, "data": []},
    ]
    host = given({**PC, computer: [row], events: said})
    assert domains.domain(host).turned_away == (
        domains.Refused("PC-04", 2, distrusted=True),
        domains.Refused("PC-07", 1),
    )
    assert ("host", "PC-04") in {(one.kind, one.value) for one in host.privates}


@pytest.mark.skipif(not REFUSED.exists(), reason="the recordings are not beside the project")
def test_the_name_of_a_computer_in_a_real_record() -> None:
    first = msgspec.json.decode(REFUSED.read_text("utf-8").splitlines()[0])
    assert domains.refused(first["Event"]["EventData"]["Data"]["#text"]) == "GREENDALEGOLD"


def test_domains_of_linux() -> None:
    text = "[sssd]\ndomains = a, b\n[domain/a.example]\nid_provider = ad\n[domain/b.example]\nid_provider = ldap\n"
    assert domains.sssd_domains(text) == ["a.example"]
    assert domains.samba_realm("[global]\n  security = ADS\n  realm = CORP.EXAMPLE\n") == "corp.example"
    assert domains.samba_realm("[global]\n  security = user\n  realm = CORP.EXAMPLE\n") == ""
    host = given(
        {
            ("read", domains.SSSD): text,
            ("which", "sssctl"): "/usr/sbin/sssctl",
            ("run", "sssctl", "domain-status", "--online", "a.example"): {"out": "Online status: Offline\n"},
            ("stat", domains.KEYTAB): {},
        }
    )
    assert domains.domain(host) == Domain("a.example", offline=True)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"out": "Online status: Online\n"}, None),
        ({"out": "Unable to get online status [3]: Communication error\n"}, Reason.UNREADABLE),
        (ProbeError(Reason.TIMEOUT), Reason.TIMEOUT),
    ],
)
def test_who_does_not_say_that_he_reaches_the_domain_is_not_taken_for_one_that_does(said: Any, reason: Any) -> None:
    text = "[sssd]\ndomains = a\n[domain/a.example]\nid_provider = ad\n"
    answers: dict[tuple[Any, ...], Any] = {
        ("read", domains.SSSD): text,
        ("which", "sssctl"): "/usr/sbin/sssctl",
        ("run", "sssctl", "domain-status", "--online", "a.example"): said,
        ("stat", domains.KEYTAB): {},
    }
    seen = domains.domain(given(answers))
    assert (seen.offline, [one.reason for one in seen.unseen]) == (False, [reason] if reason else [])


def test_a_temporary_profile() -> None:
    me = "S-1-5-21-1-1001"
    host = given(
        {
            **PC,
            ("registry", profiles.LIST): {"values": {}, "keys": [me, f"{me}.bak"]},
            ("registry", f"{profiles.LIST}\\{me}"): key(ProfileImagePath="C:\\Users\\TEMP.PC"),
            ("registry", f"{profiles.LIST}\\{me}.bak"): key(ProfileImagePath="C:\\Users\\ann"),
            ("events", "Application", profiles.TEMPORARY, 7, (profiles.PROVIDER,)): [event(1511, NOW)],
        }
    )
    assert profiles.profile(host) == Profile(
        temporary=True, path="C:\\Users\\TEMP.PC", set_aside=("C:\\Users\\ann",), events=1
    )


def test_what_starts_without_what_was_switched_off() -> None:
    off = {("registry", f"HKU\\S-1-5-21-1-1001\\{startups.APPROVED}\\{place}"): MISSING for place in startups.PLACES}
    on = {("registry", f"HKLM\\{startups.APPROVED}\\{place}"): MISSING for place in startups.PLACES}
    mine = {("registry", f"HKU\\S-1-5-21-1-1001\\{startups.APPROVED}\\Run"): key(Chat="030000001122334455667788")}
    rows = [{"Name": "Chat"}, {"Name": "Agent"}, {"Name": "Other", "UserSID": "S-1-5-21-1-1002"}]
    question = ("wmi", "root\\cimv2", "Win32_StartupCommand", ("Name", "UserSID"), "")
    assert startups.programs(given({**PC, **off, **on, **mine, question: rows})) == ("Agent",)
    places: dict[tuple[Any, ...], Any] = {
        question: BROKEN,
        ("registry", r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Run"): key(Agent="agent.exe", Chat="chat.exe"),
        ("listdir", windows_autoruns.FOLDERS[0]): ["Menu.lnk", "desktop.ini"],
    }
    assert startups.programs(bare({**PC, **mine, **places})) == ("Agent", "Menu")
    assert not startups.switched_off("020000000000000000000000")


def test_a_damaged_package_database() -> None:
    asked = ("run", "dpkg-query", "-W", "-f", packages.STATES)
    error = "dpkg-query: error: parsing file '/var/lib/dpkg/status' near line 5:\n missing 'package' field\n"
    answers = {
        ("stat", package_databases.FOLDER): {"kind": "folder"},
        ("stat", packages.STATUS): {"size": 9},
        asked: {"code": 2, "out": "", "err": error},
        ("stat", package_databases.COPIES[0]): {"size": 0},
        ("stat", package_databases.COPIES[1]): {"size": 9},
    }
    message = "parsing file '/var/lib/dpkg/status' near line 5: missing 'package' field"
    assert package_databases.database(given(answers)) == Database(packages.STATUS, message, package_databases.COPIES[1])
    empty = {**answers, ("stat", packages.STATUS): MISSING, ("stat", package_databases.COPIES[1]): MISSING}
    assert package_databases.database(given(empty)) == Database(packages.STATUS, "empty")
    whole = {**answers, asked: {"code": 0, "out": "bash installed\n", "err": ""}}
    assert package_databases.database(given(whole)).message == ""


def test_a_damaged_rpm_database() -> None:
    said = {"code": 1, "out": "", "err": "error: cannot open Packages index using sqlite - No such file\n"}
    host = given(
        {
            ("stat", package_databases.FOLDER): MISSING,
            ("which", "rpm"): "/usr/bin/rpm",
            ("run", "rpm", "-q", "rpm"): said,
        }
    )
    assert package_databases.database(host).message == "cannot open Packages index using sqlite - No such file"


@any_of(st.text(max_size=200))
def test_no_text_breaks_the_parsers(text: str) -> None:
    updates.parse_log(text)
    updates.moment(text)
    updates.newest([{"InstalledOn": text}])
    domains.sssd_domains(text)
    domains.samba_realm(text)
    package_databases.complaint(text)
    startups.switched_off(text)


VOLUMES = ("wmi", "root\\cimv2", "Win32_Volume", updates.BOOT, "DriveType=3")


@pytest.mark.parametrize(
    ("title", "volumes", "room"),
    [
        ("2026-02 Cumulative Update", [(False, 9), (True, 600_000)], 600_000),
        ("2026-02 Cumulative Update", [(False, 9), (None, None)], None),
        ("2026-02 Cumulative Update", ProbeError(Reason.UNREADABLE), None),
        ("2026-02 .NET Framework 3.5", [(True, 600_000)], None),
    ],
)
def test_where_a_step_of_an_update_failed_the_room_to_start_from_is_asked(title: str, volumes: Any, room: Any) -> None:
    failed = event(20, 7, updateTitle=title, updateGuid="{1}", errorCode="0x800f0922")
    rows = (
        volumes if isinstance(volumes, ProbeError) else [dict(zip(updates.BOOT, row, strict=True)) for row in volumes]
    )
    answers = {**PC, ("events", "System", (19, 20), updates.DAYS, (updates.PROVIDER,)): [failed], VOLUMES: rows}
    assert updates.windows(bare(answers)).failures[0].room == room
