"""The person at the desk is signed in with their own folder and settings."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, critical, info
from techkit.readings.os import profiles
from techkit.readings.os.profiles import Profile


def probe(host: Host) -> Profile:
    """Ask Windows which folder the person was given."""
    return profiles.profile(host)


def judge(seen: Profile, _: None) -> Iterator[Finding]:
    """Everything saved in a temporary profile is lost at sign-out."""
    if seen.temporary:
        yield critical("temporary", seen.path, path=seen.path, kept=seen.set_aside, count=seen.events)
    elif seen.set_aside:
        yield info("set_aside", seen.set_aside[0], kept=seen.set_aside)


CHECK = Check(probe=probe, judge=judge, limits=None, systems=("windows",))
