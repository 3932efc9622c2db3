"""The places whose rights every program counts on, as they are: Filesystem Hierarchy Standard, hier(7)."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from techkit.host import attempt
from techkit.model import Reason, Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techkit.host import Host

TEMPORARY = ("/tmp", "/var/tmp", "/dev/shm")  # noqa: S108 - these are what is checked
SECRET = ("/etc/shadow", "/etc/gshadow", "/etc/shadow-", "/etc/gshadow-")
READ_BY_ALL = (
    "/etc/passwd", "/etc/group", "/etc/hosts", "/etc/resolv.conf", "/etc/nsswitch.conf", "/etc/ld.so.cache",
    "/etc/profile", "/etc/localtime", "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/openssl.cnf", "/etc/services", "/etc/os-release",
)  # fmt: skip
ENTERED_BY_ALL = (
    "/", "/etc", "/usr", "/usr/bin", "/usr/lib", "/usr/share", "/var", "/var/lib", "/home", "/run", "/etc/ssl",
    "/etc/ssl/certs", "/usr/lib64", "/usr/lib/x86_64-linux-gnu", "/usr/lib/locale", "/usr/share/zoneinfo", "/dev/pts",
)  # fmt: skip
WRITTEN_BY_ROOT = (
    "/usr/sbin", "/usr/local", "/usr/local/bin", "/usr/local/sbin", "/etc/sudoers", "/etc/sudoers.d", "/etc/crontab",
    "/etc/cron.d", "/etc/systemd/system", "/etc/profile.d", "/etc/pam.d", "/etc/ssl", "/etc/ld.so.conf", "/boot",
)  # fmt: skip
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
"""Character devices that everybody reads and writes: null(4), random(4)."""
AS_ROOT = ("/usr/bin/sudo", "/usr/bin/su", "/bin/su", "/usr/bin/passwd", "/usr/bin/pkexec")
"""Programs that can do their work only as root, whoever starts them."""
HOST_KEYS = "/etc/ssh"
NOBODY = 65534
"""Whom files belong to that a container did not bring along."""


class Item(Record, frozen=True):
    """One place, what it is for, and its rights; kind is missing where there is none."""

    path: str
    role: str
    """temporary, secret, public, entered, root, device or setuid"""
    kind: str
    mode: int = 0
    uid: int = 0


def items(host: Host) -> tuple[Item, ...]:
    """Every such place that this machine has."""
    return tuple(_items(host))


def _items(host: Host) -> Iterator[Item]:
    keys = [name for name in attempt(partial(host.listdir, HOST_KEYS), []) if re.fullmatch(r"ssh_host_\w+_key", name)]
    for role, paths in (
        ("temporary", TEMPORARY),
        ("secret", (*SECRET, *(f"{HOST_KEYS}/{name}" for name in keys))),
        ("public", READ_BY_ALL),
        ("entered", ENTERED_BY_ALL),
        ("root", WRITTEN_BY_ROOT),
        ("device", DEVICES),
        ("setuid", AS_ROOT),
    ):
        for path in paths:
            found = attempt(partial(host.stat, path), None, Reason.MISSING, Reason.FORBIDDEN)
            if found:
                yield Item(path, role, found["kind"], found["mode"], found["uid"])
            elif path == "/tmp":  # noqa: S108 - this is what is checked
                yield Item(path, role, "missing")
