"""Activation of Windows, and of volume-licensed or older versions of Office."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec

from techkit.host import ProbeError
from techkit.model import Reason, Record
from techkit.readings.software import offices

if TYPE_CHECKING:
    from techkit.host import Host

WINDOWS = "55c92734-d682-4d71-983e-d6ec3f16059f"
OFFICE = "0ff1ce15-a989-479d-af46-f275c6370663"
"""The application ids of Windows itself and of Office from 2013 on."""
STATES = {0: "unlicensed", 1: "licensed", 2: "grace", 3: "grace", 4: "not_genuine", 5: "notification", 6: "grace"}
"""LicenseStatus of SoftwareLicensingProduct."""
COLUMNS = ("Name", "Description", "LicenseStatus", "LicenseStatusReason", "GracePeriodRemaining")
VOLUME = re.compile(r"VL[_ ]")
"""In `Office 21, Office21ProPlus2021VL_KMS_Client_AE edition`, of one that is sold alone R; recorded by ospp.vbs."""
BY_COMPANY = "VOLUME_KMSCLIENT"
"""The channel, in Description, of what a server of its company activates, and renews for 180 days."""
NEW_HARDWARE = {"0xc004f00f"}
"""The hardware has changed beyond tolerance."""
REFUSED = {
    "0xc004b100", "0xc004c001", "0xc004c003", "0xc004c008", "0xc004c020", "0xc004c021", "0xc004f014", "0xc004f050",
    "0xc004f051",
}  # fmt: skip
"""The key is invalid, blocked, used up or gone; Microsoft's table of activation errors."""


class Licence(Record, frozen=True):
    """One licence; `minutes` left of a period, 0 if it never ends; `reason` an error number."""

    product: str
    """as Windows calls it, of Office as people do"""
    state: str
    minutes: int = 0
    reason: str = ""
    evaluation: bool = False
    company: bool = False
    """whether a server of its company activates it"""
    release: str = ""
    """how Windows calls an Office"""


def licence(host: Host) -> Licence:
    """Ask for the one product of Windows that has a key."""
    rows = _rows(host, WINDOWS)
    if not rows:
        raise ProbeError(Reason.MISSING, "SoftwareLicensingProduct")
    return _licence(min(rows, key=lambda row: row.get("LicenseStatus") != 1), "Windows")


def office(host: Host) -> tuple[Licence, ...]:
    """The best licence of Office itself, of Visio and of Project; raises INAPPLICABLE where Windows keeps none."""
    kind = offices.kept_by_windows(host)
    if not kind:
        raise ProbeError(Reason.INAPPLICABLE, "no Office whose licence Windows keeps")
    rows = [row for row in _rows(host, OFFICE) if kind == "any" or VOLUME.search(str(row.get("Name")))]
    if not rows:
        raise ProbeError(Reason.MISSING, "SoftwareLicensingProduct")
    best: dict[str, Licence] = {}
    for row in sorted(rows, key=lambda row: row.get("LicenseStatus") != 1):
        release = str(row.get("Name") or "")
        part = next((part for part in ("Visio", "Project") if part in release), "Microsoft Office")
        best.setdefault(part, msgspec.structs.replace(_licence(row, part), product=part, release=release))
    return tuple(best.values())


def _rows(host: Host, application: str) -> list[dict[str, Any]]:
    where = f"ApplicationID='{application}' AND PartialProductKey IS NOT NULL"
    return host.wmi("SoftwareLicensingProduct", *COLUMNS, where=where, timeout=20)


def _licence(row: dict[str, Any], otherwise: str) -> Licence:
    if row.get("LicenseStatus") is None:
        raise ProbeError(Reason.UNREADABLE, "SoftwareLicensingProduct.LicenseStatus")
    reason, described = row.get("LicenseStatusReason"), str(row.get("Description") or "").upper()
    return Licence(
        str(row.get("Name") or otherwise),
        STATES.get(row["LicenseStatus"], "unlicensed"),
        int(row.get("GracePeriodRemaining") or 0),
        f"0x{int(reason) & 0xFFFFFFFF:08x}" if isinstance(reason, int) else "",
        "EVAL" in described,
        BY_COMPANY in described,
    )
