"""Locks that office programs leave beside documents."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import MACHINE, bare

from techkit.host import ProbeError
from techkit.model import Gap, Reason
from techkit.readings.software import office_locks
from techkit.readings.software.office_locks import Folder

KEY = rf"HKU\S-1-5-21-1\{office_locks.SHELL_FOLDERS}"
SHOWN = {"Personal": r"%USERPROFILE%\OneDrive\Документы", "Desktop": r"\\server\anna\Desktop"}


def windows(**more: Any) -> dict[tuple[Any, ...], Any]:
    return {
        ("machine",): MACHINE | {"system": "windows"},
        ("person",): {"name": "anna", "id": "S-1-5-21-1", "home": r"C:\Users\anna", "environment": {}},
        ("registry", KEY): {"values": SHOWN, "keys": []},
        ("listdir", r"C:\Users\anna\OneDrive\Документы"): ["report.docx", "~$report.docx", "~$notes.txt"],
        ("listdir", r"C:\Users\anna\Downloads"): [".~lock.plan.odt#"],
        ("stat", r"C:\Users\anna\OneDrive\Документы\~$report.docx"): {"modified": 100.0},
        ("stat", r"C:\Users\anna\Downloads\.~lock.plan.odt#"): {"modified": 200.0},
        ("processes",): [{"name": name} for name in more.get("running", ("explorer.exe",))],
    }


def linux(settings: str) -> dict[tuple[Any, ...], Any]:
    return {
        ("machine",): MACHINE,
        ("person",): {"name": "anna", "id": 1000, "home": "/home/anna", "environment": {}},
        ("read", "/home/anna/.config/user-dirs.dirs"): settings,
        ("listdir", "/home/anna/Документы"): [".~lock.plan.odt#", "~$plan.docx"],
        ("listdir", "/home/anna/Documents"): [".~lock.a.odt#", ".~lock.b.odt#"],
        ("stat", "/home/anna/Документы/.~lock.plan.odt#"): {"modified": 5.0},
        ("stat", "/home/anna/Документы/~$plan.docx"): {"modified": 6.0},
        ("stat", "/home/anna/Documents/.~lock.a.odt#"): {"modified": 8.0},
        ("processes",): [{"name": "bash"}],
    }


def test_the_folders_are_where_windows_says_and_none_on_a_server_is_asked() -> None:
    assert office_locks.left(bare(windows())).folders == (
        Folder(r"C:\Users\anna\OneDrive\Документы", 1, 100.0),
        Folder(r"C:\Users\anna\Downloads", 1, 200.0),
    )


@pytest.mark.parametrize(
    ("running", "left"),
    [("WINWORD.EXE", ["Downloads"]), ("OUTLOOK.EXE", ["Downloads"]), ("soffice.bin", ["Документы"])],
)
def test_a_lock_whose_program_runs_may_be_held(running: str, left: list[str]) -> None:
    found = office_locks.left(bare(windows(running=(running,)))).folders
    assert [folder.path.rpartition("\\")[2] for folder in found] == left


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ('XDG_DESKTOP_DIR="$HOME/"\nXDG_DOCUMENTS_DIR="$HOME/Документы"\n', Folder("/home/anna/Документы", 2, 6.0)),
        ("# nothing was moved\n", Folder("/home/anna/Documents", 2, 8.0)),
    ],
)
def test_on_linux_the_folders_are_those_of_the_desktop(settings: str, found: Folder) -> None:
    assert office_locks.left(bare(linux(settings))).folders == (found,)


def test_a_folder_that_is_shut_is_told() -> None:
    answers = windows() | {("listdir", r"C:\Users\anna\Downloads"): ProbeError(Reason.FORBIDDEN)}
    assert office_locks.left(bare(answers)).unseen == (
        Gap(r"C:\Users\anna\Downloads", Reason.FORBIDDEN, question="listdir"),
    )


def test_who_keeps_no_documents_is_not_asked() -> None:
    answers = linux("") | {("person",): {"name": "daemon", "id": 1, "home": "/var/empty", "environment": {}}}
    with pytest.raises(ProbeError) as caught:
        office_locks.left(bare(answers))
    assert caught.value.reason is Reason.INAPPLICABLE
