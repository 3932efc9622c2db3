"""Local accounts, members of a group, and the domain of a Windows PC, without WMI."""

from __future__ import annotations

import contextlib
from importlib import import_module
from typing import Any

from techkit.host import ProbeError
from techkit.host.local import problem, valid
from techkit.model import Reason

SIDS = 0
"""LOCALGROUP_MEMBERS_INFO_0: identities without names, for which no domain has to be asked."""
ALL = 0xFFFFFFFF
"""MAX_PREFERRED_LENGTH"""
KINDS = {
    1: "user", 2: "group", 4: "alias", 5: "well_known", 6: "deleted", 9: "computer",
}  # fmt: skip
"""SID_NAME_USE"""
FLAGS, NORMAL, ROOM = 20, 2, 1 << 16
"""USER_INFO_20, FILTER_NORMAL_ACCOUNT; bytes for accounts: a controller may have very many."""
DISABLED, LOCKED, NO_PASSWORD = 0x2, 0x10, 0x20
"""UF_ACCOUNTDISABLE, UF_LOCKOUT, UF_PASSWD_NOTREQD"""
IN_DOMAIN = 3
"""NetSetupDomainName"""


def members(group: str) -> list[str]:
    """The SIDs of a group's members; the group is named by its SID, because its name is translated."""
    c: Any = import_module("ctypes")
    library = c.WinDLL("netapi32")
    library.NetApiBufferFree.argtypes = [c.c_void_p]
    data, count, total = c.c_void_p(), c.c_uint32(), c.c_uint32()
    failure = library.NetLocalGroupGetMembers(
        None, c.c_wchar_p(_named(group)), c.c_uint32(SIDS), c.byref(data), c.c_uint32(ALL), c.byref(count),
        c.byref(total), None,
    )  # fmt: skip
    if failure:
        raise problem(c.WinError(failure), "NetLocalGroupGetMembers")
    if not data.value:  # Wine reports success and gives nothing
        raise ProbeError(Reason.UNREADABLE, "NetLocalGroupGetMembers")
    try:
        places = (c.c_void_p * count.value).from_address(data.value)
        length = c.WinDLL("advapi32").GetLengthSid
        return [text(c.string_at(place, length(c.c_void_p(place)))) for place in places]
    finally:
        library.NetApiBufferFree(data)


def _named(group: str) -> str:
    security = import_module("win32security")
    try:
        return str(security.LookupAccountSid(None, security.ConvertStringSidToSid(group))[0])
    except import_module("pywintypes").error as error:
        raise problem(error, group) from error


def text(raw: bytes) -> str:
    """A security identifier as text: revision, authority, sub-authorities."""
    parts = [int.from_bytes(raw[place : place + 4], "little") for place in range(8, 8 + 4 * raw[1], 4)]
    return "-".join(["S", str(raw[0]), str(int.from_bytes(raw[2:8], "big")), *map(str, parts)])


def accounts() -> list[dict[str, Any]]:
    """The local accounts, in the form of Win32_UserAccount."""
    net, security = import_module("win32net"), import_module("win32security")
    failure = import_module("pywintypes").error
    try:
        found, _, _ = net.NetUserEnum(None, FLAGS, NORMAL, 0, ROOM)
    except failure as error:
        raise problem(error, "NetUserEnum") from error
    here = import_module("win32api").GetComputerName()
    rows = []
    for raw in found:
        sid = ""
        with contextlib.suppress(failure):
            sid = security.ConvertSidToStringSid(security.LookupAccountName(None, rf"{here}\{raw['name']}")[0])
        rows.append(account(raw, sid))
    return rows


def account(raw: dict[str, Any], sid: str) -> dict[str, Any]:
    """One account from its USER_INFO_20."""
    return {
        "Name": valid(raw["name"]),
        "SID": sid,
        "Disabled": bool(raw["flags"] & DISABLED),
        "Lockout": bool(raw["flags"] & LOCKED),
        "PasswordRequired": not raw["flags"] & NO_PASSWORD,
    }


def membership() -> dict[str, Any]:
    """{name, domain: whether it is one}: the domain or workgroup of this PC."""
    try:
        name, kind = import_module("win32net").NetGetJoinInformation()
    except import_module("pywintypes").error as error:
        raise problem(error, "NetGetJoinInformation") from error
    return {"name": valid(name or ""), "domain": kind == IN_DOMAIN}


def names(sids: list[str], found: dict[str, tuple[str, str]]) -> None:
    """Put (name, kind) of each known SID into `found`, last those that a domain controller must resolve."""
    security = import_module("win32security")
    for sid in sorted(sids, key=lambda sid: sid.startswith("S-1-5-21-")):
        with contextlib.suppress(import_module("pywintypes").error):
            name, _, kind = security.LookupAccountSid(None, security.ConvertStringSidToSid(sid))
            found[sid] = (valid(name), KINDS.get(kind, ""))
