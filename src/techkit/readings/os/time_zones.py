"""The time zone that a machine is set to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from techkit.host import ProbeError, attempt
from techkit.model import Reason, Record

if TYPE_CHECKING:
    from techkit.host import Host

LOCALTIME = "/etc/localtime"
FOLDER = "/usr/share/zoneinfo"
UTC = "Etc/UTC"
MAGIC = "TZif"
"""How a time zone file begins; tzfile(5)."""
WINDOWS = "HKLM\\SYSTEM\\CurrentControlSet\\Control\\TimeZoneInformation"
KNOWN = "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Time Zones"


class Zone(Record, frozen=True):
    """What is set: the zone's name, whether it exists, and what a second place says."""

    name: str
    state: str = "good"
    """good, dangling (no such zone), invalid (not a zone file) or absent (no zones are installed)"""
    where: str = LOCALTIME
    other: str = ""
    """the zone that /etc/timezone names, where its rules are not the same"""
    fallback: str = UTC
    """a zone that exists: the one that /etc/timezone names, else UTC"""


def zone(host: Host) -> Zone:
    """The zone of this machine; Linux without /etc/localtime uses UTC."""
    return _windows(host) if host.system == "windows" else _linux(host)


def _linux(host: Host) -> Zone:
    named = attempt(lambda: host.read("/etc/timezone"), "").strip()
    known = _rules(host, named) if re.fullmatch(r"[A-Za-z0-9_+\-]+(/[A-Za-z0-9_+\-]+)*", named) else ""
    fallback = named if known else UTC
    found = attempt(lambda: host.stat(LOCALTIME))
    if found is None:
        target = _target(host)
        if not target:
            return Zone(UTC, fallback=fallback)
        state = "dangling" if attempt(lambda: host.listdir(FOLDER)) else "absent"
        return Zone(name(target), state, fallback=fallback)
    own = name(found["link"] or "")
    rules = host.head(LOCALTIME, 4096)
    if not rules.startswith(MAGIC):
        return Zone(own, "invalid", fallback=fallback)
    differs = named and named != own and known != rules
    return Zone(own, other=named if differs else "", fallback=fallback)


def _rules(host: Host, named: str) -> str:
    text = attempt(lambda: host.head(f"{FOLDER}/{named}", 4096), "", Reason.MISSING, Reason.UNREADABLE)
    return text if text.startswith(MAGIC) else ""


def _target(host: Host) -> str:
    """Where a link leads that leads nowhere."""
    return str(host.run("readlink", LOCALTIME)["out"]).strip()


def name(target: str) -> str:
    """The zone's name in a path: Europe/Berlin of ../usr/share/zoneinfo/Europe/Berlin."""
    return target.rpartition("zoneinfo/")[2] if "zoneinfo/" in target else target


def _windows(host: Host) -> Zone:
    """The zone's key, which is not translated; older versions leave garbage after its end."""
    values = host.registry(WINDOWS)["values"]
    named = str(values.get("TimeZoneKeyName") or "").partition("\0")[0]
    if not named:
        raise ProbeError(Reason.MISSING, "TimeZoneKeyName")
    there = attempt(lambda: host.registry(f"{KNOWN}\\{named}")) is not None
    return Zone(named, "good" if there else "dangling", where=WINDOWS, fallback="UTC")
