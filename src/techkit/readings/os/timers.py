"""Whether a systemd timer has been disabled."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from techkit.host import attempt

if TYPE_CHECKING:
    from techkit.host import Host

UNITS = ("/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
         "/lib/systemd/system")  # fmt: skip
NOTHING = "/dev/null"


def off(host: Host, timer: str) -> str:
    """masked or disabled; "" if the timer is on or missing, or without systemd."""
    if not host.exists("/run/systemd/system"):
        return ""
    for folder in UNITS:
        found = attempt(partial(host.stat, f"{folder}/{timer}"))
        if found is None:
            continue
        if found["link"] == NOTHING or (found["kind"] == "file" and not found["size"]):
            return "masked"
        wanted = any(attempt(partial(host.stat, f"{place}/timers.target.wants/{timer}")) is not None for place in UNITS)
        return "" if wanted else "disabled"
    return ""
