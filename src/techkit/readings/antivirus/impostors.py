"""Windows processes that pose as parts of the system, mine, or run from where no installer puts programs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from techkit.host import attempt
from techkit.readings.antivirus import intrusions
from techkit.readings.antivirus.intrusions import Process
from techkit.readings.disk import volumes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from techkit.host import Host

PARTS = {
    "audiodg", "csrss", "dwm", "fontdrvhost", "lsaiso", "lsass", "services", "sihost", "smss", "spoolsv", "svchost",
    "taskhostw", "wininit", "winlogon",
}  # fmt: skip
"""Programs that exist only in System32, by name without extension."""
SHELL = "explorer"
"""It is in Windows' own folder."""
ALMOST = {
    "crss", "csrsss", "exp1orer", "expl0rer", "isass", "lsasss", "scvhost", "spo1sv", "svch0st", "svchosts", "svhost",
    "winl0gon", "winlogin",
}  # fmt: skip
"""Look-alikes of these names."""
STRAY = re.compile(
    r"[a-z]:\\(perflogs|\$recycle\.bin|recycler|users\\public\\(accountpictures|libraries|music|pictures|videos))\\"
    r"|[a-z]:\\users\\public\\(documents\\|downloads\\)?[^\\]+$"
    r"|[a-z]:\\programdata\\[^\\]+\.(exe|scr|pif|com)$"
    r"|[a-z]:\\users\\[^\\]+\\appdata\\(roaming|local)\\[^\\]+\.(exe|scr|pif|com)$",
    re.IGNORECASE,
)
"""Folders that installers do not use; installers themselves run from temporary folders, and some games and
developer tools live in a subfolder of what all users share."""
CONTAINER = re.compile(r".*\\(windowsfilter|snapshots)\\[^\\]+\\files\\windows\\")
"""Roots of Windows containers, whose processes the host sees too: Docker's and containerd's."""


def processes(host: Host) -> tuple[Process, ...]:
    """The processes with a sign; Windows tells everybody where the program of each of them lies."""
    values = attempt(lambda: host.registry(volumes.CURRENT_VERSION), {"values": {}})["values"]
    root = str(values.get("SystemRoot") or r"C:\Windows").lower()
    return tuple(found for row in host.processes() if (found := parse(row, root)))


def parse(row: Mapping[str, Any], root: str) -> Process | None:
    """The worst sign of one process; one whose path has an unusual form is skipped."""
    path, name = str(row.get("exe") or ""), str(row.get("name") or "")
    argv = [str(word) for word in row.get("argv") or ()]
    line = " ".join(argv)[: intrusions.LINE]
    stem = name.lower().removesuffix(".exe")
    sign = ""
    if stem in intrusions.MINERS or intrusions.POOL.search(line):
        sign = "miner"
    elif re.match(r"[a-z]:\\", path, re.IGNORECASE):
        if stem in ALMOST or _elsewhere(stem, path.lower(), root):
            sign = "impostor"
        elif STRAY.match(path):
            sign = "stray"
    if not sign:
        return None
    return Process(sign, int(row["pid"]), name, path, line[: intrusions.LONGEST], row.get("started"))


def _elsewhere(stem: str, path: str, root: str) -> bool:
    """Whether a part of Windows runs from outside Windows' own folders."""
    path = CONTAINER.sub(lambda _: f"{root}\\", path)
    if stem == SHELL:
        return not path.startswith((f"{root}\\explorer", f"{root}\\syswow64\\", f"{root}\\winsxs\\"))
    return stem in PARTS and not path.startswith((f"{root}\\system32\\", f"{root}\\syswow64\\", f"{root}\\winsxs\\"))
