"""Disk quotas of a Windows machine: who has used up theirs on a volume."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from techkit.host import ProbeError
from techkit.model import Reason, Record

if TYPE_CHECKING:
    from techkit.host import Host

COLUMNS = ("QuotaVolume", "User", "DiskSpaceUsed", "Limit", "WarningLimit", "Status")
WARNED, EXCEEDED = 1, 2
"""Win32_DiskQuota.Status"""
NONE = (1 << 64) - 1
"""The value that means "no limit"."""


class Quota(Record, frozen=True):
    """One account on one volume, in bytes; `exceeded`: the limit, else only the warning level."""

    volume: str
    account: str
    used: int
    limit: int | None = None
    exceeded: bool = False


def quotas(host: Host) -> tuple[Quota, ...]:
    """Accounts that have reached a level; INAPPLICABLE if none has, which usually means no quotas at all."""
    rows = host.wmi("Win32_DiskQuota", *COLUMNS, where="Status <> 0")
    if not rows:
        raise ProbeError(Reason.INAPPLICABLE, "no quota is reached")
    found = []
    for row in rows:
        limit = row["Limit"] if row["Status"] == EXCEEDED else row["WarningLimit"]
        account = reference(str(row["User"]), "Name")
        host.private("person", account)
        known = isinstance(limit, int) and 0 < limit < NONE
        volume, used = reference(str(row["QuotaVolume"]), "DeviceID"), int(row["DiskSpaceUsed"] or 0)
        found.append(Quota(volume, account, used, limit if known else None, row["Status"] == EXCEEDED))
    return tuple(found)


def reference(path: str, key: str) -> str:
    r"""A key in the path of an instance: `\\PC\root\cimv2:Win32_Account.Domain="PC",Name="anna"`."""
    match = re.search(rf'\b{key}="((?:[^"\\]|\\.)*)"', path)
    return re.sub(r"\\(.)", r"\1", match[1]) if match else ""
