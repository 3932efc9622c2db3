"""Administrators: by their identities, never by a translated name."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import MACHINE, bare, given

from techkit.host import Host, ProbeError, sam
from techkit.model import Private, Reason
from techkit.readings.antivirus import administrators
from techkit.readings.antivirus.administrators import Administrators, Servant
from techkit.readings.os import accounts

OURS = "S-1-5-21-1004336348-1177238915-682003330"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("01020000000000052000000020020000", "S-1-5-32-544"),
        ("010100000000000100000000", "S-1-1-0"),
        ("010500000000000515000000dcf4dc3b833d2b46828ba628f4010000", f"{OURS}-500"),
        (
            "010500000000000c01000000fe16fb69a4de934a7830082e8ecff993",
            "S-1-12-1-1778063102-1251204772-772288632-2482622350",
        ),
    ],
)
def test_an_identity_is_written_as_windows_writes_it(raw: str, expected: str) -> None:
    assert sam.text(bytes.fromhex(raw)) == expected


@pytest.mark.parametrize(
    ("sid", "kind"),
    [
        ("S-1-1-0", "everybody"),
        ("S-1-5-11", "everybody"),
        (f"{OURS}-513", "everybody"),
        (f"{OURS}-512", "other"),
        (f"{OURS}-501", "guest"),
        (f"{OURS}-500", "built_in"),
        ("S-1-5-80-501", "other"),
        (f"{OURS}-1513", "other"),
    ],
)
def test_what_somebody_is_stands_in_the_numbers(sid: str, kind: str) -> None:
    assert administrators.kind_of(sid) == kind


@pytest.mark.parametrize(
    ("sid", "told", "kind"),
    [
        ("S-1-5-21-9-9-9-1604", "group", "group"),
        ("S-1-5-21-9-9-9-1604", "alias", "group"),
        ("S-1-5-21-9-9-9-1604", "user", "other"),
        ("S-1-5-21-9-9-9-1604", "", "other"),
        ("S-1-5-21-9-9-9-512", "group", "other"),
        ("S-1-5-21-9-9-9-519", "group", "other"),
        ("S-1-5-21-9-9-9-513", "group", "everybody"),
        ("S-1-5-32-544", "alias", "other"),
    ],
)
def test_a_group_of_a_domain_is_one_unless_it_is_that_of_its_administrators(sid: str, told: str, kind: str) -> None:
    assert administrators.kind_of(sid, told) == kind


def pc(*members: tuple[str, str, str], role: int = 0, **answers: Any) -> Host:
    found = [{"sid": sid, "name": name, "kind": kind} for sid, name, kind in members]
    row = dict.fromkeys(accounts.ROWS)
    rows = [
        row | {"Name": "Администратор", "SID": f"{OURS}-500", "Disabled": True, "PasswordRequired": True},
        row | {"Name": "anna", "SID": f"{OURS}-1001", "Disabled": False, "PasswordRequired": False},
    ]
    system = {"PartOfDomain": role not in {0, 2}, "Domain": "corp.example", "DomainRole": role}
    return given(
        {
            ("machine",): MACHINE | {"system": "windows", "edition": "client" if role < 2 else "server"},
            ("person",): {"name": "anna", "id": f"{OURS}-1001"},
            ("members", administrators.GROUP): found,
            ("wmi", "root\\cimv2", "Win32_ComputerSystem", tuple(system), ""): [system],
            ("wmi", "root\\cimv2", "Win32_UserAccount", accounts.ROWS, "LocalAccount=TRUE"): rows,
            **answers.pop("more", {}),
        }
    )


BUILT_IN = (f"{OURS}-500", "Администратор", "user")
ANNA = (f"{OURS}-1001", "anna", "user")
STRANGER = ("S-1-5-21-9-9-9-1200", "", "")


def test_accounts_are_told_by_what_windows_knows_of_them() -> None:
    found = administrators.administrators(pc(BUILT_IN, ANNA, ("S-1-5-21-9-9-9-512", "Admins", "group"), role=1))
    assert [(one.name, one.kind, one.disabled, one.bare, one.person) for one in found.members] == [
        ("Администратор", "built_in", True, False, False),
        ("anna", "other", False, True, True),
        ("Admins", "other", False, False, False),
    ]
    assert (found.company, found.server) == (True, False)


def test_names_of_people_are_private_and_those_of_groups_are_not() -> None:
    host = pc(BUILT_IN, ANNA, ("S-1-5-21-9-9-9-1200", "oleg", "user"), ("S-1-5-11", "Прошедшие проверку", "well_known"))
    administrators.administrators(host)
    assert {one.value for one in host.privates if one.kind == "person"} == {"anna", "oleg"}
    assert Private("person", "Администратор") not in host.privates


def test_who_has_no_name_any_more_is_gone_unless_a_domain_may_be_far() -> None:
    assert [one.able for one in administrators.administrators(pc(BUILT_IN, STRANGER)).members] == [False, False]
    assert [one.able for one in administrators.administrators(pc(BUILT_IN, STRANGER, role=1)).members] == [False, True]
    nameless = administrators.administrators(pc((BUILT_IN[0], "", ""), STRANGER))
    assert [(one.name, one.able) for one in nameless.members] == [("Администратор", False), (STRANGER[0], True)]
    deleted = administrators.administrators(pc((f"{OURS}-1007", "", "deleted"), role=1))
    assert not deleted.members[0].able


@pytest.mark.parametrize("rows", [[], [dict.fromkeys(accounts.ROWS)], ProbeError(Reason.UNREADABLE)])
def test_accounts_that_cannot_be_seen_accuse_nobody(rows: Any) -> None:
    more: dict[tuple[Any, ...], Any] = {
        ("wmi", "root\\cimv2", "Win32_UserAccount", accounts.ROWS, "LocalAccount=TRUE"): rows,
        ("local_accounts",): ProbeError(Reason.UNREADABLE, "NetUserEnum"),
    }
    found = administrators.administrators(pc(BUILT_IN, more=more))
    assert found.unseen is Reason.UNREADABLE
    assert found.members[0].able


def test_a_controller_has_none_of_its_own_and_an_empty_group_is_no_answer() -> None:
    with pytest.raises(ProbeError) as caught:
        administrators.administrators(pc(BUILT_IN, role=5))
    assert caught.value.reason is Reason.INAPPLICABLE
    with pytest.raises(ProbeError) as caught:
        administrators.administrators(pc())
    assert caught.value.reason is Reason.UNREADABLE


# ---------------------------------------------------------------------- Linux
GROUPS = "root:x:0:\nsudo:x:27:anna, www-data\nwheel:x:10:\nadm:x:4:syslog,www-data\nbroken\n"
PEOPLE = (
    "root:x:0:0:root:/root:/bin/bash\nanna:x:1000:1000::/home/anna:/bin/bash\n"
    "www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\nredis:x:101:10::/:/sbin/nologin\n"
    "pi:x:500:10::/home/pi:/bin/bash\nkiosk:x:1001:10::/home/kiosk:/usr/sbin/nologin\nodd:x:¹:10:::/bin/false\n"
)


def test_accounts_of_the_system_that_become_root_are_found_by_both_files() -> None:
    answers = {("which", "sudo"): "/usr/bin/sudo", ("read", "/etc/group"): GROUPS, ("read", "/etc/passwd"): PEOPLE}
    found = administrators.administrators(bare(answers))
    assert found == Administrators(servants=(Servant("www-data", "sudo"), Servant("redis", "wheel")))


def test_without_sudo_no_group_becomes_root() -> None:
    with pytest.raises(ProbeError) as caught:
        administrators.administrators(bare({("which", "sudo"): None}))
    assert caught.value.reason is Reason.INAPPLICABLE
