"""Rights of Windows' own folders, by the lists that it keeps, and the folder for temporary files."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import MACHINE, bare

from techkit.host import acl
from techkit.readings.disk import volumes
from techkit.readings.os import permissions
from techkit.readings.os.permissions import Item

READ, FULL, MODIFY = 0x1200A9, 0x1F01FF, 0x1301BF
USERS, EVERYONE, ADMINISTRATORS = "S-1-5-32-545", "S-1-1-0", "S-1-5-32-544"


def entry(sid: str, mask: int, *, allow: bool = True) -> dict[str, Any]:
    return {"sid": sid, "allow": allow, "mask": mask}


@pytest.mark.parametrize(
    ("rows", "who"),
    [
        ([entry(ADMINISTRATORS, FULL), entry(USERS, READ)], ""),
        ([entry(ADMINISTRATORS, FULL), entry(USERS, MODIFY)], "users"),
        ([entry(EVERYONE, FULL)], "everyone"),
        ([entry(EVERYONE, 0x10000000)], "everyone"),
        ([entry("S-1-5-11", READ), entry("S-1-5-11", 0x4)], "signed_in"),
        ([entry(USERS, FULL, allow=False), entry(USERS, FULL)], ""),
        ([entry("S-1-5-21-1-2-3-1001", FULL)], ""),
        ([{"sid": None, "mask": None}], ""),
        ([], ""),
    ],
)
def test_who_of_many_may_change_a_folder(rows: list[dict[str, Any]], who: str) -> None:
    assert permissions.changers(rows) == who


def machine(**more: Any) -> Any:
    answers: dict[tuple[Any, ...], Any] = {
        ("machine",): MACHINE | {"system": "windows"},
        ("person",): {"name": "ann", "id": "S-1-5-21-1-1001", "home": r"C:\Users\ann"},
        ("registry", volumes.CURRENT_VERSION): {"values": {"SystemRoot": r"C:\Windows"}, "keys": []},
        ("granted", r"C:\Windows"): [entry(USERS, READ)],
    }
    return bare(answers | more.get("answers", {}))


def test_a_usual_windows_shows_nothing() -> None:
    assert permissions.items(machine()) == ()


def test_a_folder_that_was_opened_and_one_that_is_gone() -> None:
    answers = {
        ("granted", r"C:\Program Files"): [entry(EVERYONE, FULL)],
        ("registry", r"HKU\S-1-5-21-1-1001\Environment"): {
            "values": {"TEMP": r"%USERPROFILE%\AppData\Local\Temp", "TMP": r"R:\Temp"}, "keys": [],
        },
        ("stat", r"C:\Users\ann\AppData\Local\Temp"): {"kind": "folder"},
    }  # fmt: skip
    assert permissions.items(machine(answers=answers)) == (
        Item(r"C:\Program Files", "system", "folder", who="everyone"),
        Item(r"R:\Temp", "session", "missing"),
    )


def test_what_holds_below_a_folder_only_is_not_its_own() -> None:
    every = [((0, 0x0B), 0x10000000, "S-1-3-0"), ((0, 3), READ, USERS), ((1, 0), 2, USERS), ((5, 0), 1, 0, 0, USERS)]
    assert acl.entries(every, str) == [entry(USERS, READ), entry(USERS, 2, allow=False)]
