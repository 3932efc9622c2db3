"""Network folders that are mounted, and whether they still answer."""

from __future__ import annotations

from hosts import given

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.disk import shares
from techkit.readings.disk.shares import Share, Waiting
from techkit.readings.os.kernel_log import Message

MOUNTS = """29 1 8:1 / / rw - ext4 /dev/sda1 rw
40 29 0:50 / /srv/a rw - nfs4 nas:/a rw
41 29 0:51 / /srv/b rw - nfs nas:/b rw
42 29 0:52 / /srv/c rw - cifs //nas/c rw
43 29 0:53 / /home/anna/d rw - fuse.sshfs nas: rw
44 29 0:54 / /run/host rw - 9p host rw
45 29 0:55 / /srv/e rw - cifs //old/e rw
"""


def test_each_is_asked_by_itself() -> None:
    host = given({
        ("read", "/proc/self/mountinfo"): MOUNTS,
        ("statvfs", "/srv/a"): ProbeError(Reason.TIMEOUT, "/srv/a"),
        ("statvfs", "/srv/b"): ProbeError(Reason.UNREADABLE, "/srv/b: Stale file handle"),
        ("statvfs", "/srv/c"): {"total": 1, "available": 1},
        ("statvfs", "/srv/e"): ProbeError(Reason.UNREADABLE, "/srv/e: Host is down"),
        ("statvfs", "/home/anna/d"): ProbeError(Reason.FORBIDDEN, "/home/anna/d"),
    })  # fmt: skip
    assert shares.shares(host) == (
        Share("/srv/a", "nas:/a", "nfs4", "silent"),
        Share("/srv/b", "nas:/b", "nfs", "stale"),
        Share("/srv/c", "//nas/c", "cifs"),
        Share("/srv/e", "//old/e", "cifs", "silent"),
    )


def test_servers_that_the_kernel_waits_for() -> None:
    said = [
        Message("nfs: server nas not responding, still trying", 100.0),
        Message("nfs: server old not responding, timed out", 10.0),
        Message("nfs: server back not responding, still trying", 100.0),
        Message("nfs: server back OK", 101.0),
    ]
    assert shares.waited_for(said, 150.0) == (Waiting("nas", 50.0), Waiting("old", 140.0))
