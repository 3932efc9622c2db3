"""Permissions of paths that every program depends on: FHS, hier(7); Windows' own folders."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import ProbeError, attempt
from techkit.model import Reason, Record
from techkit.readings.disk import volumes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

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
"""Programs that must be set-user-ID root."""
HOST_KEYS = "/etc/ssh"
NOBODY = 65534
"""The owner of unmapped files in a container."""


SYSTEM = (
    r"{root}", r"{root}\System32", r"{root}\System32\drivers", r"{root}\SysWOW64", r"{drive}\Program Files",
    r"{drive}\Program Files (x86)",
)  # fmt: skip
"""Windows folders with programs for everybody that only administrators and Windows itself may change."""
MANY = {
    "S-1-1-0": "everyone", "S-1-5-4": "interactive", "S-1-5-7": "anonymous", "S-1-5-11": "signed_in",
    "S-1-5-32-545": "users", "S-1-5-32-546": "guests",
}  # fmt: skip
"""Groups that stand for everybody; well-known SIDs."""
CHANGING = 0x2 | 0x4 | 0x40 | 0x10000 | 0x40000 | 0x80000 | 0x10000000 | 0x40000000
"""FILE_ADD_FILE, FILE_ADD_SUBDIRECTORY, FILE_DELETE_CHILD, DELETE, WRITE_DAC, WRITE_OWNER, GENERIC_ALL and _WRITE"""
SESSION = ("TEMP", "TMP")


class Item(Record, frozen=True):
    """One place, what it is for, and its rights; kind is missing where there is none."""

    path: str
    role: str
    """temporary, secret, public, entered, root, device or setuid; on Windows system or session"""
    kind: str
    mode: int = 0
    uid: int = 0
    who: str = ""
    """on Windows: the kind of group that may change it"""


def items(host: Host) -> tuple[Item, ...]:
    """Every such place that this machine has."""
    return tuple(_windows(host) if host.system == "windows" else _items(host))


def _windows(host: Host) -> Iterator[Item]:
    """The folders that many may change, and the person's folders for temporary files that are not there."""
    values = _values(host, volumes.CURRENT_VERSION)
    root = str(values.get("SystemRoot") or r"C:\Windows")
    places = [pattern.format(root=root, drive=root[:2]) for pattern in SYSTEM]
    lists = {path: rows for path in places if (rows := attempt(partial(host.granted, path))) is not None}
    if not lists:
        raise ProbeError(Reason.MISSING, root)
    if mute := [path for path, rows in lists.items() if not rows]:
        raise ProbeError(Reason.UNREADABLE, mute[0])
    for path, rows in lists.items():
        if who := changers(rows):
            yield Item(path, "system", "folder", who=who)
    person = host.person()
    kept = _values(host, rf"HKU\{person['id']}\Environment")
    for place in dict.fromkeys(str(kept.get(name) or "") for name in SESSION):
        path = re.sub("%USERPROFILE%", lambda _: str(person.get("home") or "%"), place, flags=re.IGNORECASE)
        if re.match(r"[a-z]:\\[^%]*$", path, re.IGNORECASE) and not host.there(path):
            yield Item(path, "session", "missing")


def changers(rows: Iterable[Mapping[str, Any]]) -> str:
    """Which groups may change a path, with denials applied."""
    may: dict[str, int] = {}
    for row in sorted(rows, key=lambda row: row.get("allow") is not False, reverse=True):
        sid, mask = str(row.get("sid")), int(row.get("mask") or 0)
        may[sid] = may.get(sid, 0) & ~mask if row.get("allow") is False else may.get(sid, 0) | mask
    return next((MANY[sid] for sid, mask in may.items() if sid in MANY and mask & CHANGING), "")


def _values(host: Host, key: str) -> dict[str, Any]:
    return dict(attempt(partial(host.registry, key), {"values": {}})["values"])


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
