"""What waits for a restart."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import attempt
from techkit.model import Record

if TYPE_CHECKING:
    from techkit.host import Host

FLAG = "/run/reboot-required"
MODULES = ("/usr/lib/modules", "/lib/modules")
CV = "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion"
CONTROL = "HKLM\\SYSTEM\\CurrentControlSet\\Control"
KEYS = (
    f"{CV}\\Component Based Servicing\\RebootPending",
    f"{CV}\\Component Based Servicing\\RebootInProgress",
    f"{CV}\\Component Based Servicing\\PackagesPending",
    f"{CV}\\WindowsUpdate\\Auto Update\\RebootRequired",
    f"{CV}\\WindowsUpdate\\Auto Update\\PostRebootReporting",
)
"""Keys that exist only while Windows waits for a restart."""
VALUES = (
    ("HKLM\\SOFTWARE\\Microsoft\\Updates", "UpdateExeVolatile"),
    (f"{CV}\\RunOnce", "DVDRebootSignal"),
    ("HKLM\\SYSTEM\\CurrentControlSet\\Services\\Netlogon", "JoinDomain"),
    ("HKLM\\SYSTEM\\CurrentControlSet\\Services\\Netlogon", "AvoidSpnSet"),
)
NAMES = {"ComputerName", "JoinDomain", "AvoidSpnSet"}
"""Signs of a pending change of name or domain."""
RENAMES = ("PendingFileRenameOperations", "PendingFileRenameOperations2")


class Reason(Record, frozen=True):
    """One sign: the file, key or kernel that shows it; `weak`: seen on many machines that need no restart."""

    sign: str
    packages: tuple[str, ...] = ()
    weak: bool = False


def linux(host: Host) -> tuple[Reason, ...]:
    """The flag that packages leave, and a kernel newer than the one that runs."""
    found = []
    if attempt(lambda: host.stat(FLAG)):
        packages = attempt(lambda: host.read(f"{FLAG}.pkgs"), "")
        found.append(Reason(FLAG, tuple(dict.fromkeys(packages.split()))))
    running = host.read("/proc/sys/kernel/osrelease").strip()
    installed: list[str] = next((names for place in MODULES if (names := attempt(partial(host.listdir, place)))), [])
    if newer := newest(installed, running):
        found.append(Reason(f"{newer} > {running}"))
    return tuple(found)


def newest(installed: list[str], running: str) -> str | None:
    """The newest installed kernel of the running one's own flavour where that is newer; its own must be among them."""
    if running not in installed:
        return None  # a container shows the host's kernel
    flavour = _flavour(running)
    newer = [name for name in installed if _flavour(name) == flavour and _order(name) > _order(running)]
    return max(newer, key=_order, default=None)


def _flavour(kernel: str) -> str:
    """What is no number at the end of a kernel's name: amd64, generic, el9.x86_64."""
    return re.sub(r"\d+", "", re.sub(r"^[\d.\-]+", "", kernel))


def _order(kernel: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", kernel)]


def windows(host: Host) -> tuple[Reason, ...]:
    """The registry's signs, readable by everyone."""
    found = [Reason(key.rpartition("\\")[2]) for key in KEYS if _key(host, key) is not None]
    found += [Reason(name) for key, name in VALUES if (_key(host, key) or {}).get(name)]
    names = {
        (_key(host, f"{CONTROL}\\ComputerName\\{kind}") or {}).get("ComputerName")
        for kind in ("ActiveComputerName", "ComputerName")
    }
    if len(names - {None}) > 1:
        found.append(Reason("ComputerName"))
    manager = _key(host, f"{CONTROL}\\Session Manager") or {}
    found += [Reason(name, weak=True) for name in RENAMES if manager.get(name)]
    return tuple(found)


def _key(host: Host, key: str) -> dict[str, Any] | None:
    answer = attempt(lambda: host.registry(key))
    return None if answer is None else dict(answer["values"])
