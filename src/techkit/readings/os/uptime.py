"""How long the system has been running."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techkit.host import ProbeError
from techkit.model import Reason

if TYPE_CHECKING:
    from techkit.host import Host

FILE = "/proc/uptime"


def uptime(host: Host) -> float:
    """Seconds since the kernel started; Fast Startup on Windows does not count."""
    if host.system == "windows":
        return host.now() - float(host.psutil("boot_time"))
    text = host.read(FILE)
    try:
        return float(text.split()[0])
    except (ValueError, IndexError) as error:
        raise ProbeError(Reason.UNREADABLE, FILE) from error
