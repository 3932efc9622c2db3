"""Sound: a card that the system can use, and the sound service of the person's session."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, warning
from techkit.readings.hardware import sound
from techkit.readings.hardware.sound import Sound


def probe(host: Host) -> Sound:
    """Cards and the service."""
    return sound.sound(host)


def judge(seen: Sound, _: None) -> Iterator[Finding]:
    """Without a desktop session sound does not matter."""
    if seen.card:
        yield warning("no_card", seen.card, place=seen.card)
    elif seen.desktop and seen.installed and not seen.running:
        yield warning("service_stopped", seen.installed, unit=f"{seen.installed}.service", cards=seen.cards)


CHECK = Check(probe=probe, judge=judge, limits=None, systems=("linux",))
