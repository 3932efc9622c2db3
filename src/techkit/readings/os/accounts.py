"""The accounts of people: password age, homes, shells."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import UNANSWERED, ProbeError, attempt
from techkit.model import Reason, Record
from techkit.readings.os import domains

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from techkit.host import Host

ROWS = ("Name", "SID", "Disabled", "Lockout", "PasswordRequired")
NO_SHELLS = re.compile(r".*/(nologin|false|true|sync|halt|shutdown|git-shell)")
FOREVER = 9999
"""Days after which nobody expects a password to expire: more than 27 years."""
SHADOW = "/etc/shadow"
LAST_DAY = 2_900_000
"""A day that `date` can still represent."""
NEEDED = (
    ".ICEauthority", ".Xauthority", ".config", ".cache", ".local", ".gnupg", ".mozilla", ".thunderbird",
    "Desktop", "Documents", "Downloads", "Рабочий стол", "Документы", "Загрузки",
)  # fmt: skip
"""What a desktop and its programs write to in a home; what else root has put there may be meant so."""
OTHERS_WRITE = 0o022
HOMELESS = {"", "/", "/nonexistent", "/dev/null"}


class Account(Record, frozen=True):
    """An account that a person signs in with; days are counted from 1970."""

    name: str
    uid: int = 0
    home: str = ""
    shell: str = ""
    person: bool = False
    """the one at the desk"""
    entry: str = "unknown"
    """of the password: set, none (not usable), locked (disabled) or unknown"""
    changed: int | None = None
    """when the password was changed; 0: it must be changed"""
    longest: int | None = None
    """maximum age of a password in days"""
    grace: int | None = None
    """days after its end in which an old password may still be changed"""
    ends: int | None = None
    """the last day of the account itself"""
    home_kind: str = "folder"
    """folder, file, other or missing; unknown where it may not be seen"""
    home_uid: int | None = None
    home_mode: int | None = None
    shell_there: bool = True
    foreign: tuple[tuple[str, int], ...] = ()
    """(path, owner) of what the person has to write to in the own home and cannot"""
    disabled: bool = False
    locked_out: bool = False
    """Windows: too many wrong passwords"""

    @property
    def lapses(self) -> int | None:
        """The day on which the password expires; None if never or unknown."""
        if self.entry != "set" or self.changed is None or self.longest is None or self.longest >= FOREVER:
            return None
        return self.changed + self.longest


def accounts(host: Host) -> tuple[Account, ...]:
    """Every local account that a person signs in with."""
    if host.system == "windows":
        return windows(local(host), str(host.person()["id"]))
    ageing = attempt(lambda: parse_shadow(host.read(SHADOW)), {}, Reason.FORBIDDEN, Reason.MISSING)
    person = host.person()["id"]
    smallest, largest = parse_range(attempt(partial(host.read, "/etc/login.defs"), ""))
    return tuple(
        _with_places(host, row, {"person": row.uid == person and person != 0, **ageing.get(row.name, {})})
        for row in parse_passwd(host.read("/etc/passwd"))
        if (row.uid == 0 or smallest <= row.uid <= largest) and not NO_SHELLS.fullmatch(row.shell)
    )


def local(host: Host) -> list[dict[str, Any]]:
    """Local accounts from Win32_UserAccount, else from the account database.

    Only a controller has no accounts of its own: elsewhere nobody can delete the first one.
    """
    told = attempt(partial(host.wmi, "Win32_UserAccount", *ROWS, where="LocalAccount=TRUE"), None, *UNANSWERED)
    if told == [] and attempt(partial(domains.system, host), {}, *Reason).get("DomainRole") in domains.CONTROLLERS:
        return []
    found: list[dict[str, Any]] = told or host.local_accounts()
    for row in found:
        host.account(row.get("SID"), row.get("Name"))
    if not found:
        raise ProbeError(Reason.UNREADABLE, "NetUserEnum")
    return found


def _with_places(host: Host, row: Account, more: Mapping[str, Any]) -> Account:
    home: dict[str, Any] = {"kind": "missing", "uid": None, "mode": None}
    if row.home not in HOMELESS:
        hidden = {"kind": "unknown", "uid": None, "mode": None}
        try:
            home = attempt(partial(host.stat, row.home), home)
        except ProbeError:
            home = hidden
    there = attempt(partial(host.exists, row.shell or "/bin/sh"), True, Reason.FORBIDDEN)  # noqa: FBT003 - an answer
    return Account(
        row.name, row.uid, row.home, row.shell, home_kind=home["kind"], home_uid=home["uid"], home_mode=home["mode"],
        shell_there=there, foreign=_foreign(host, row) if home["kind"] == "folder" and row.uid else (), **more,
    )  # fmt: skip


def _foreign(host: Host, row: Account) -> tuple[tuple[str, int], ...]:
    """Those that belong to somebody else: mostly since a program was started as root."""
    names = attempt(partial(host.listdir, row.home), [], *Reason)
    paths = [f"{row.home}/{name}" for name in NEEDED if name in names]
    entries = [(path, attempt(partial(host.stat, path), {}, *Reason)) for path in paths]
    return tuple(
        (path, entry["uid"])
        for path, entry in entries
        if entry.get("kind") in {"file", "folder"} and entry["uid"] != row.uid and not entry["mode"] & OTHERS_WRITE
    )


def parse_passwd(text: str) -> Iterator[Account]:
    """Parse /etc/passwd: name:password:uid:gid:gecos:home:shell; NIS entries (+) are left out."""
    for line in text.splitlines():
        parts = line.split(":")
        if len(parts) == 7 and parts[2].isascii() and parts[2].isdigit() and parts[0][:1] not in {"", "#", "+", "-"}:
            yield Account(parts[0], int(parts[2]), parts[5], parts[6])


def parse_range(text: str) -> tuple[int, int]:
    """The uid range of people in login.defs(5)."""
    rows = dict(re.findall(r"^\s*(UID_MIN|UID_MAX)\s+(\d{1,9})\b", text, re.MULTILINE))
    return int(rows.get("UID_MIN", 1000)), int(rows.get("UID_MAX", 60000))


def parse_shadow(text: str) -> dict[str, dict[str, Any]]:
    """/etc/shadow, shadow(5): name:password:changed:shortest:longest:warned:grace:ends:reserved."""
    return {
        parts[0]: {
            "entry": _kind(parts[1]),
            "changed": _number(parts[2]),
            "longest": _number(parts[4]),
            "grace": _number(parts[6]),
            "ends": _number(parts[7]),
        }
        for parts in (line.split(":") for line in text.splitlines())
        if len(parts) == 9
    }


def _kind(stored: str) -> str:
    if stored.startswith("!") and len(stored.lstrip("!")) > 4:
        return "locked"
    return "none" if stored[:1] in {"!", "*"} else "set"


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None


def windows(rows: list[dict[str, Any]], person: str) -> tuple[Account, ...]:
    """The local accounts; those of a domain are known only to its servers."""
    return tuple(
        Account(
            str(row["Name"]),
            person=str(row.get("SID")) == person,
            disabled=bool(row.get("Disabled")),
            locked_out=bool(row.get("Lockout")),
        )
        for row in rows
        if row.get("Name")
    )


def day(number: int) -> str:
    """Format a day counted from 1970."""
    return (date(1970, 1, 1) + timedelta(days=min(max(number, 0), LAST_DAY))).isoformat()
