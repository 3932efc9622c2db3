"""Administrators: the local group on Windows, and on Linux the groups whose members can become root.

`intrusions` covers a second root, and rules that let everybody in.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import ProbeError, attempt
from techkit.model import Reason, Record
from techkit.readings.antivirus.intrusions import SERVANTS
from techkit.readings.os import accounts, domains

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from techkit.host import Host

GROUP = "S-1-5-32-544"
EVERYBODY = {"S-1-1-0", "S-1-5-2", "S-1-5-4", "S-1-5-7", "S-1-5-11", "S-1-5-13", "S-1-5-32-545", "S-1-5-32-546"}
"""Well-known SIDs: everyone, network, interactive, anonymous, authenticated, remote interactive, users, guests."""
DOMAIN = "S-1-5-21-"
DOMAIN_EVERYBODY = {"513", "514", "515"}
"""The last number of a domain's own users, guests and computers."""
DOMAIN_ADMINISTRATORS = {"512", "518", "519"}
"""That of a domain's own administrators, of those of its schema and of its forest: who looks after PCs anyway."""
GROUPS = {"group", "alias"}
"""What a domain's groups are to Windows, and those that hold for this domain alone; a PC's own cannot be members."""
BUILT_IN, GUEST = "500", "501"
PEOPLE = 1000
"""The first RID of accounts that somebody has created."""
ROOT_GROUPS = ("sudo", "wheel", "admin")
"""Groups with root rights: Debian and derivatives; Fedora, SUSE and Arch; old releases of Ubuntu."""


class Member(Record, frozen=True):
    """Who is in the group; `kind` is everybody, guest, built_in, group (of a domain) or other."""

    name: str
    sid: str = ""
    kind: str = "other"
    disabled: bool = False
    bare: bool = False
    """a local account that may have an empty password"""
    person: bool = False
    """the one at the desk"""
    gone: bool = False
    """a deleted account, or one of a former domain"""

    @property
    def able(self) -> bool:
        """Whether anybody can sign in through this member."""
        return not (self.disabled or self.gone)


class Servant(Record, frozen=True):
    """A system account in a group with root rights."""

    account: str
    group: str


class Administrators(Record, frozen=True):
    """All administrators."""

    members: tuple[Member, ...] = ()
    servants: tuple[Servant, ...] = ()
    company: bool = False
    """a PC in a domain, where people are usually not administrators"""
    server: bool = False
    unseen: Reason | None = None
    """why it is not known which accounts are disabled"""


def administrators(host: Host) -> Administrators:
    """Ask for them; raises INAPPLICABLE on a controller, whose administrators are those of its domain."""
    if host.system == "windows":
        return _windows(host)
    if not host.which("sudo"):
        raise ProbeError(Reason.INAPPLICABLE, "nobody becomes root by a group here")
    smallest, _ = accounts.parse_range(attempt(partial(host.read, "/etc/login.defs"), ""))
    return Administrators(servants=tuple(parse_group(host.read("/etc/group"), host.read("/etc/passwd"), smallest)))


# ---------------------------------------------------------------------- Linux
def parse_group(groups: str, passwd: str, smallest: int) -> Iterator[Servant]:
    """Members by /etc/group, group(5), and by primary group in /etc/passwd; people have uids from `smallest` on."""
    rows = [parts for line in passwd.splitlines() if len(parts := line.split(":")) == 7 and parts[2].isascii()]
    servants = SERVANTS | {
        row[0]
        for row in rows
        if row[2].isdigit() and 0 < int(row[2]) < smallest and accounts.NO_SHELLS.fullmatch(row[6])
    }
    for line in groups.splitlines():
        parts = line.split(":")
        if len(parts) == 4 and parts[0] in ROOT_GROUPS:
            members = [*parts[3].split(","), *(row[0] for row in rows if row[3] == parts[2])]
            for name in sorted(servants.intersection(member.strip() for member in members)):
                yield Servant(name, parts[0])


# ---------------------------------------------------------------------- Windows
def _windows(host: Host) -> Administrators:
    system: dict[str, Any] = attempt(partial(domains.system, host), {}, *Reason)
    if system.get("DomainRole") in domains.CONTROLLERS:
        raise ProbeError(Reason.INAPPLICABLE, "a controller has the administrators of its domain")
    found = host.members(GROUP)
    if not found:
        raise ProbeError(Reason.UNREADABLE, GROUP)
    local, unseen = _local(host)
    alone = system.get("PartOfDomain") is False and any(row["name"] for row in found)
    person = str(host.person()["id"])
    members = tuple(_member(row, local.get(row["sid"], {}), person, alone=alone) for row in found)
    for member in members:
        if member.kind == "other" and member.sid.startswith(DOMAIN) and _number(member.sid) >= PEOPLE:
            host.private("person", member.name)
    server = host.machine()["edition"] == "server"
    return Administrators(members, company=system.get("PartOfDomain") is True, server=server, unseen=unseen)


def _local(host: Host) -> tuple[dict[str, dict[str, Any]], Reason | None]:
    """The local accounts by SID, or why they cannot be seen."""
    try:
        rows = accounts.local(host)
    except ProbeError as error:
        return {}, error.reason
    told = bool(rows) and all(row.get("Disabled") is not None for row in rows)
    return {str(row.get("SID")): row for row in rows}, None if told else Reason.UNREADABLE


def _member(found: Mapping[str, str], account: Mapping[str, Any], person: str, *, alone: bool) -> Member:
    """`alone`: not in a domain, so that every name can be resolved."""
    sid = found["sid"]
    name = found["name"] or str(account.get("Name") or "")
    return Member(
        name or sid,
        sid,
        kind_of(sid, found["kind"]),
        disabled=account.get("Disabled") is True,
        bare=account.get("PasswordRequired") is False,
        person=sid == person,
        gone=found["kind"] == "deleted" or (alone and not name and sid.startswith(DOMAIN)),
    )


def kind_of(sid: str, told: str = "") -> str:
    """What an identity says by its numbers, in every language; `told`: what its domain says that it is."""
    last = sid.rpartition("-")[2]
    if sid in EVERYBODY or (sid.startswith(DOMAIN) and last in DOMAIN_EVERYBODY):
        return "everybody"
    if not sid.startswith(DOMAIN):
        return "other"
    if told in GROUPS and last not in DOMAIN_ADMINISTRATORS:
        return "group"
    return {BUILT_IN: "built_in", GUEST: "guest"}.get(last, "other")


def _number(sid: str) -> int:
    last = sid.rpartition("-")[2]
    return int(last) if last.isascii() and last.isdigit() else 0
