"""The folder in which a person's files and settings lie at Windows."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from techkit.host import attempt
from techkit.model import Record

if TYPE_CHECKING:
    from techkit.host import Host

LIST = "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\ProfileList"
PROVIDER = "Microsoft-Windows-User Profiles Service"
TEMPORARY = (1511, 1515)
"""Signed in with a temporary profile; the profile was set aside."""


class Profile(Record, frozen=True):
    """How the person at the desk is signed in at Windows."""

    temporary: bool = False
    path: str = ""
    set_aside: tuple[str, ...] = ()
    """folders of profiles that Windows has set aside"""
    events: int = 0


def profile(host: Host) -> Profile:
    """A profile with .bak behind its name was set aside; the person's own path then is a temporary one."""
    person = str(host.person()["id"])
    keys = host.registry(LIST)["keys"]
    aside = [key for key in keys if key.lower().endswith(".bak")]
    own = str(attempt(lambda: host.registry(f"{LIST}\\{person}"), {"values": {}})["values"].get("ProfileImagePath", ""))
    folders = tuple(
        str(attempt(partial(host.registry, f"{LIST}\\{key}"), {"values": {}})["values"].get("ProfileImagePath", ""))
        for key in aside
    )
    for path in (own, *folders):
        if not re.search(r"\\TEMP(\.[^\\]*)?$", path, re.IGNORECASE):
            host.private("person", path.rpartition("\\")[2])
    events = host.events("Application", ids=TEMPORARY, days=7, providers=[PROVIDER])
    temporary = bool(re.search(r"\\TEMP(\.[^\\]*)?$", own, re.IGNORECASE))
    return Profile(temporary, own, tuple(filter(None, folders)), len(events))
