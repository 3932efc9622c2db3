"""Whether Windows is activated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techkit.host import ProbeError
from techkit.model import Reason, Record

if TYPE_CHECKING:
    from techkit.host import Host

WINDOWS = "55c92734-d682-4d71-983e-d6ec3f16059f"
"""The application id of Windows itself; Office has others."""
STATES = {0: "unlicensed", 1: "licensed", 2: "grace", 3: "grace", 4: "not_genuine", 5: "notification", 6: "grace"}
"""LicenseStatus of SoftwareLicensingProduct."""


BY_COMPANY = "VOLUME_KMSCLIENT"
"""The channel, in Description, of a Windows that a server of its company activates, and renews for 180 days."""
NEW_HARDWARE = {"0xc004f00f"}
"""The hardware has changed beyond tolerance."""
REFUSED = {
    "0xc004b100", "0xc004c001", "0xc004c003", "0xc004c008", "0xc004c020", "0xc004c021", "0xc004f014", "0xc004f050",
    "0xc004f051",
}  # fmt: skip
"""The key is invalid, blocked, used up or gone; Microsoft's table of activation errors."""


class Licence(Record, frozen=True):
    """The licence of Windows; `minutes` left of a period, 0 for one that never ends; `reason` an error number."""

    product: str
    state: str
    minutes: int = 0
    reason: str = ""
    evaluation: bool = False
    company: bool = False
    """whether a server of its company activates it"""


def licence(host: Host) -> Licence:
    """Ask for the one product of Windows that has a key."""
    rows = host.wmi(
        "SoftwareLicensingProduct",
        "Name",
        "Description",
        "LicenseStatus",
        "LicenseStatusReason",
        "GracePeriodRemaining",
        where=f"ApplicationID='{WINDOWS}' AND PartialProductKey IS NOT NULL",
        timeout=20,
    )
    if not rows:
        raise ProbeError(Reason.MISSING, "SoftwareLicensingProduct")
    row = min(rows, key=lambda row: row.get("LicenseStatus") != 1)
    if row.get("LicenseStatus") is None:
        raise ProbeError(Reason.UNREADABLE, "SoftwareLicensingProduct.LicenseStatus")
    reason = row.get("LicenseStatusReason")
    return Licence(
        str(row.get("Name") or "Windows"),
        STATES.get(row["LicenseStatus"], "unlicensed"),
        int(row.get("GracePeriodRemaining") or 0),
        f"0x{int(reason) & 0xFFFFFFFF:08x}" if isinstance(reason, int) else "",
        "EVAL" in str(row.get("Description") or "").upper(),
        BY_COMPANY in str(row.get("Description") or "").upper(),
    )
