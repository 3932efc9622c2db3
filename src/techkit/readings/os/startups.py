"""What starts by itself when somebody signs in."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from techkit.host import UNANSWERED, attempt
from techkit.readings.antivirus import windows_autoruns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techkit.host import Host

APPROVED = "Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\StartupApproved"
PLACES = ("Run", "Run32", "StartupFolder")


def programs(host: Host) -> tuple[str, ...]:
    """Win32_StartupCommand of the person at the desk, without what Task Manager has switched off."""
    person = str(host.person()["id"])
    off: set[str] = set()
    for root in ("HKLM", f"HKU\\{person}"):
        for place in PLACES:
            values = attempt(partial(host.registry, f"{root}\\{APPROVED}\\{place}"), {"values": {}})["values"]
            off |= {name.removesuffix(".lnk").lower() for name, raw in values.items() if switched_off(str(raw))}
    rows = attempt(partial(host.wmi, "Win32_StartupCommand", "Name", "UserSID"), None, *UNANSWERED)
    if rows is None:
        names = _places(host, person)
    else:
        names = (str(row.get("Name") or "") for row in rows if str(row.get("UserSID") or person) == person)
    return tuple(dict.fromkeys(name for name in names if name and name.lower() not in off))


def _places(host: Host, person: str) -> Iterator[str]:
    """The registry keys and folders behind Win32_StartupCommand; the first is on every Windows."""
    yield from host.registry(rf"HKLM\SOFTWARE\{windows_autoruns.RUN}\Run")["values"]
    for hive in (r"HKLM\SOFTWARE\WOW6432Node", rf"HKU\{person}\SOFTWARE"):
        yield from attempt(partial(host.registry, rf"{hive}\{windows_autoruns.RUN}\Run"), {"values": {}})["values"]
    for folder in windows_autoruns.FOLDERS:
        files = attempt(partial(host.listdir, folder.format(home=host.person().get("home") or "")), [])
        yield from (name.removesuffix(".lnk") for name in files if name.lower() != "desktop.ini")


def switched_off(raw: str) -> bool:
    """Whether a value of StartupApproved, as hexadecimal text, switches its entry off: its first byte is odd."""
    return bool(re.match(r"[0-9a-fA-F][13579bdfBDF]", raw))
