"""Who holds the lock of the package database."""

from __future__ import annotations

import pytest
from hosts import bare, given

from techkit.readings.os import package_locks
from techkit.readings.os.package_locks import Holder


def test_the_holder_of_a_lock_is_named_with_its_age() -> None:
    lock = package_locks.LOCKS[0]
    host = given(
        {
            ("read", "/proc/locks"): "1: POSIX  ADVISORY  WRITE 77 08:01:4711 0 EOF\n",
            ("stat", lock): {"inode": 4711},
            ("read", "/proc/77/cmdline"): "/usr/bin/python3\0/usr/local/bin/holdit\0",
            ("read", "/proc/77/stat"): "77 (a b) S " + " ".join(["0"] * 18) + " 5000 0",
            ("read", "/proc/uptime"): "170.00 9.9",
        }
    )
    assert package_locks.holder(host) == Holder(lock, 77, "holdit", 120.0)


@pytest.mark.parametrize(("program", "manager"), [("unattended-upgrade", True), ("dnf", True), ("holdit", False)])
def test_who_is_a_package_manager(program: str, *, manager: bool) -> None:
    assert Holder("/var/lib/dpkg/lock", 7, program, 1.0).manager is manager


def test_the_lock_of_pacman_has_an_age() -> None:
    host = bare({("stat", package_locks.PACMAN_LOCK): {"modified": 1_790_000_000 - 90}})
    assert package_locks.stale(host) == 90
    assert package_locks.stale(bare({})) is None
