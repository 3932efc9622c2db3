"""Secure Boot's certificates: those of 2011 expire in 2026, and firmware needs those of 2023 instead."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import ProbeError, attempt
from techkit.model import Reason, Record

if TYPE_CHECKING:
    from techkit.host import Host

SECURE_BOOT = r"HKLM\SYSTEM\CurrentControlSet\Control\SecureBoot"
UPDATED = "Updated"
"""UEFICA2023Status; else NotStarted or InProgress."""
VARIABLES = "/sys/firmware/efi/efivars"
ENABLED = f"{VARIABLES}/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
TRUSTED = f"{VARIABLES}/db-d719b2cb-3d3a-4596-a3bc-dad00e67656f"
"""What the firmware trusts, per the UEFI specification. Four bytes of attributes precede the value."""
OLD, NEW = "Microsoft Corporation UEFI CA 2011", "UEFI CA 2023"
ON = "\x01"


class BootCertificates(Record, frozen=True):
    """Whether the firmware has the new certificates."""

    known: bool = True
    status: str = ""
    """UEFICA2023Status; empty on Linux"""
    error: int = 0
    """what the firmware answered when Windows wrote them"""
    event: int = 0
    """the event in the System log with the details"""


def boot_certificates(host: Host) -> BootCertificates:
    """Read them; INAPPLICABLE if the computer starts without Secure Boot or does not say."""
    return _windows(host) if host.system == "windows" else _linux(host)


def _windows(host: Host) -> BootCertificates:
    def values(key: str) -> dict[str, Any]:
        found: dict[str, Any] = attempt(partial(host.registry, rf"{SECURE_BOOT}\{key}"), {"values": {}})
        return dict(found["values"])

    if values("State").get("UEFISecureBootEnabled") != 1:
        raise ProbeError(Reason.INAPPLICABLE, "this computer starts without Secure Boot")
    noted = values("Servicing")
    status = str(noted.get("UEFICA2023Status") or "")
    if not status:
        raise ProbeError(Reason.INAPPLICABLE, "this Windows does not say which certificates its firmware knows")
    error, event = (int(noted.get(name) or 0) for name in ("UEFICA2023Error", "UEFICA2023ErrorEvent"))
    return BootCertificates(status == UPDATED, status, error, event)


def _linux(host: Host) -> BootCertificates:
    if not attempt(partial(host.read, ENABLED), "").endswith(ON):
        raise ProbeError(Reason.INAPPLICABLE, "this computer starts without Secure Boot")
    trusted = host.read(TRUSTED)
    if OLD not in trusted:
        raise ProbeError(Reason.INAPPLICABLE, "the firmware trusts keys of somebody else")
    return BootCertificates(NEW in trusted)
