"""Accounts of people, and the rights of the places that every program counts on."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import MACHINE, bare, given
from hypothesis import given as any_of
from hypothesis import strategies as st

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.os import accounts, permissions

MISSING, FORBIDDEN = ProbeError(Reason.MISSING, ""), ProbeError(Reason.FORBIDDEN, "")
PEOPLE = (
    "root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1::/usr/sbin:/usr/sbin/nologin\n"
    "alice:x:1000:1000:Alice,,,:/home/alice:/bin/bash\nsvc:x:1001:1001::/srv:/bin/false\n+::::::\nrubbish\n"
)
SHADOW = "root:*:20000:0:99999:7:::\nalice:$y$j9T$abc:20102:0:60:7:14:20500:\nbob:!$6$x$y:1:::::\nnew:!!:1::::::\n"


def test_people_and_their_ageing() -> None:
    host = given(
        {
            ("read", "/etc/passwd"): PEOPLE,
            ("read", "/etc/shadow"): SHADOW,
            ("read", "/etc/login.defs"): "UID_MIN 1000\nUID_MAX 60000\n",
            ("stat", "/root"): {"kind": "folder", "uid": 0, "mode": 0o700},
            ("stat", "/home/alice"): MISSING,
            ("stat", "/bin/bash"): {"kind": "file"},
        }
    )
    root, alice = accounts.accounts(host)
    assert (root.entry, root.home_kind, root.shell_there) == ("none", "folder", True)
    assert (alice.entry, alice.changed, alice.longest, alice.grace, alice.ends) == ("set", 20102, 60, 14, 20500)
    assert (alice.home_kind, alice.person) == ("missing", False)


def test_an_ordinary_user_sees_no_ageing() -> None:
    host = given(
        {
            ("person",): {"name": "alice", "id": 1000},
            ("read", "/etc/passwd"): PEOPLE.splitlines()[2],
            ("read", "/etc/shadow"): FORBIDDEN,
            ("read", "/etc/login.defs"): MISSING,
            ("stat", "/home/alice"): FORBIDDEN,
            ("stat", "/bin/bash"): MISSING,
        }
    )
    (alice,) = accounts.accounts(host)
    assert (alice.entry, alice.person, alice.home_kind, alice.shell_there) == ("unknown", True, "unknown", False)


def test_a_password_that_is_switched_off() -> None:
    assert {name: row["entry"] for name, row in accounts.parse_shadow(SHADOW).items()} == {
        "root": "none",
        "alice": "set",
        "new": "none",
    }
    assert accounts.parse_shadow("bob:!$6$salt$hash:1::::::\n")["bob"]["entry"] == "locked"


def test_windows_accounts_by_sid() -> None:
    rows = [
        {"Name": "Anna", "SID": "S-1-5-21-1-1001", "Disabled": False, "Lockout": True},
        {"Name": "Guest", "SID": "S-1-5-21-1-501", "Disabled": True, "Lockout": False},
    ]
    host = given(
        {
            ("machine",): MACHINE | {"system": "windows"},
            ("person",): {"name": "Anna", "id": "S-1-5-21-1-1001"},
            ("wmi", "root\\cimv2", "Win32_UserAccount", accounts.ROWS, "LocalAccount=TRUE"): rows,
        }
    )
    assert [(one.name, one.person, one.locked_out, one.disabled) for one in accounts.accounts(host)] == [
        ("Anna", True, True, False),
        ("Guest", False, False, True),
    ]


def test_places_that_are_not_there_are_left_out_but_the_temporary_folder() -> None:
    answers: dict[tuple[Any, ...], Any] = {
        ("stat", path): MISSING
        for path in (
            *permissions.TEMPORARY, *permissions.SECRET, *permissions.READ_BY_ALL, *permissions.ENTERED_BY_ALL,
            *permissions.WRITTEN_BY_ROOT, *permissions.DEVICES, *permissions.AS_ROOT,
        )
    }  # fmt: skip
    key = {"kind": "file", "mode": 0o640, "uid": 0}
    answers |= {("listdir", "/etc/ssh"): ["ssh_config", "ssh_host_rsa_key"], ("stat", "/etc/ssh/ssh_host_rsa_key"): key}
    found = permissions.items(given(answers))
    assert [(item.path, item.kind) for item in found] == [
        ("/tmp", "missing"),  # noqa: S108 - what is tested
        ("/etc/ssh/ssh_host_rsa_key", "file"),
    ]


@any_of(st.text(max_size=300))
def test_no_text_breaks_the_parsers(text: str) -> None:
    list(accounts.parse_passwd(text))
    accounts.parse_shadow(text)
    accounts.parse_range(text)


def test_windows_accounts_without_wmi() -> None:
    row = {"Name": "anna", "SID": "S-1-5-21-1-2-3-1001", "Disabled": False, "Lockout": True, "PasswordRequired": True}
    answers: dict[tuple[Any, ...], Any] = {
        ("machine",): MACHINE | {"system": "windows"},
        ("person",): {"name": "anna", "id": "S-1-5-21-1-2-3-1001"},
        ("wmi", "root\\cimv2", "Win32_UserAccount", accounts.ROWS, "LocalAccount=TRUE"): ProbeError(Reason.UNREADABLE),
        ("local_accounts",): [row],
    }
    (found,) = accounts.accounts(given(answers))
    assert (found.name, found.person, found.locked_out) == ("anna", True, True)


OWN_LIST = ("wmi", "root\\cimv2", "Win32_UserAccount", accounts.ROWS, "LocalAccount=TRUE")
MEMBER = ("wmi", "root\\cimv2", "Win32_ComputerSystem", ("PartOfDomain", "Domain", "DomainRole"), "")


def of_role(role: int, *own: Any) -> Any:
    row = {"PartOfDomain": True, "Domain": "corp.example", "DomainRole": role}
    return given({OWN_LIST: [], MEMBER: [row], ("local_accounts",): list(own)})


def test_only_a_controller_has_no_account_of_its_own() -> None:
    assert accounts.local(of_role(5)) == []
    assert accounts.local(of_role(1, {"Name": "anna"})) == [{"Name": "anna"}]
    with pytest.raises(ProbeError):
        accounts.local(of_role(1))


@pytest.mark.parametrize(
    ("entry", "changed", "longest", "lapses"),
    [("set", 100, 60, 160), ("set", 100, 99999, None), ("set", None, 60, None), ("none", 100, 60, None)],
)
def test_when_a_password_ends(entry: str, changed: int | None, longest: int, lapses: int | None) -> None:
    assert accounts.Account("alice", entry=entry, changed=changed, longest=longest).lapses == lapses


@pytest.mark.parametrize(("number", "text"), [(0, "1970-01-01"), (-5, "1970-01-01"), (10**9, "9909-12-07")])
def test_a_day_is_one_of_the_calendar(number: int, text: str) -> None:
    assert accounts.day(number) == text


def test_what_in_a_home_belongs_to_somebody_else() -> None:
    folder = {"kind": "folder", "mode": 0o755, "uid": 1000}
    host = bare(
        {
            ("read", "/etc/passwd"): "alice:x:1000:1000::/home/alice:/bin/sh\n",
            ("stat", "/home/alice"): folder,
            ("stat", "/bin/sh"): {"kind": "file", "mode": 0o755, "uid": 0},
            ("listdir", "/home/alice"): [".config", ".cache", "Documents", "Downloads", "backup"],
            ("stat", "/home/alice/.config"): folder | {"uid": 0},
            ("stat", "/home/alice/.cache"): folder,
            ("stat", "/home/alice/Documents"): folder | {"uid": 0, "mode": 0o775},
            ("stat", "/home/alice/Downloads"): folder | {"uid": 0, "kind": "link"},
            ("stat", "/home/alice/backup"): folder | {"uid": 0},
        }
    )
    (alice,) = accounts.accounts(host)
    assert alice.foreign == (("/home/alice/.config", 0),)
