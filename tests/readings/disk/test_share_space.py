"""Room in network folders."""

from __future__ import annotations

from hosts import MACHINE, given

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.disk import share_space
from techkit.readings.disk.share_space import Room

SID = "S-1-5-21-1-2-3-1001"
NETWORK = rf"HKU\{SID}\Network"
ROOM = {"total": 100, "free": 30, "available": 20, "files": 0, "files_free": 0}


def test_drives_whose_server_answers_by_their_paths() -> None:
    paths = {
        "S": r"\\dead\share", "T": r"\\nas\team\docs", "U": r"\\nas\private", "W": r"\\dav@SSL\DavWWWRoot",
    }  # fmt: skip
    host = given(
        {
            ("person",): {"name": "anna", "id": SID},
            ("registry", NETWORK): {"values": {}, "keys": list(paths)},
            **{
                ("registry", rf"{NETWORK}\{letter}"): {"values": {"RemotePath": path}, "keys": []}
                for letter, path in paths.items()
            },
            ("connect", "dead", 445): {"state": "timeout", "milliseconds": None},
            ("connect", "nas", 445): {"state": "open", "milliseconds": 2},
            ("connect", "dav", 443): {"state": "open", "milliseconds": 2},
            ("machine",): MACHINE | {"system": "windows"},
            ("statvfs", r"\\nas\team\docs"): ROOM,
            ("statvfs", r"\\nas\private"): ProbeError(Reason.FORBIDDEN, "error 5"),
        }
    )
    assert share_space.room(host) == (
        Room("T:", r"\\nas\team\docs", 100, 20),
        Room("U:", r"\\nas\private", unseen=Reason.FORBIDDEN),
    )


def test_mounted_folders_that_are_there() -> None:
    table = "1 0 0:1 / /srv/team rw - nfs4 nas:/team rw\n2 0 0:2 / /srv/old rw - nfs nas:/old rw\n"
    host = given(
        {
            ("read", "/proc/self/mountinfo"): table,
            ("statvfs", "/srv/team"): ROOM,
            ("statvfs", "/srv/old"): ProbeError(Reason.TIMEOUT, "/srv/old"),
        }
    )
    assert share_space.room(host) == (Room("/srv/team", "nas:/team", 100, 20),)
