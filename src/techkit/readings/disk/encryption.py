"""Whether volumes are encrypted: BitLocker on Windows, LUKS on Linux."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from techkit.host import ProbeError, attempt
from techkit.model import Reason, Record
from techkit.readings.disk import block_devices, volumes

if TYPE_CHECKING:
    from techkit.host import Host

NAMESPACE = "root\\CIMV2\\Security\\MicrosoftVolumeEncryption"
CONVERSION = {0: "plain", 1: "encrypted", 2: "encrypting", 3: "decrypting", 4: "paused", 5: "paused"}
"""ConversionStatus."""
LAYERS = 4


class Volume(Record, frozen=True):
    """`state`: plain, encrypted, encrypting, decrypting or paused; `protected`: whether its key is protected."""

    volume: str
    state: str
    protected: bool | None = None


def encryption(host: Host) -> tuple[Volume, ...]:
    """Every volume whose state is known; on Windows only an administrator may ask."""
    if host.system == "windows":
        rows = host.wmi(
            "Win32_EncryptableVolume", "DriveLetter", "ProtectionStatus", "ConversionStatus", namespace=NAMESPACE
        )
        if not rows:  # the system volume is always listed
            raise ProbeError(Reason.UNREADABLE, "Win32_EncryptableVolume")
        return tuple(
            Volume(
                str(row["DriveLetter"]),
                CONVERSION.get(row.get("ConversionStatus", -1), ""),
                {0: False, 1: True}.get(row.get("ProtectionStatus", -1)),
            )
            for row in sorted(rows, key=lambda row: str(row.get("DriveLetter")))
            if row.get("DriveLetter")
        )
    found = tuple(
        Volume(mount.mount, "encrypted", protected=True)
        for mount in volumes.local(host)
        if mount.device.startswith("/dev/") and _is_luks(host, block_devices.kernel_name(host, mount.device))
    )
    if not found:
        raise ProbeError(Reason.INAPPLICABLE, "no volume is encrypted")
    return found


def _is_luks(host: Host, name: str) -> bool:
    """Whether a dm-crypt mapping is below it; its uuid begins with CRYPT-."""
    waiting = [name]
    for _ in range(LAYERS):
        beneath: list[str] = []
        for one in waiting:
            if attempt(partial(host.read, f"/sys/class/block/{one}/dm/uuid"), "", *Reason).startswith("CRYPT-"):
                return True
            beneath += attempt(partial(host.listdir, f"/sys/class/block/{one}/slaves"), [], *Reason)
        waiting = beneath
    return False
