"""Sound cards and the sound service of a session."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import given

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.hardware import sound
from techkit.readings.hardware.sound import Sound

CARDS = """\
 0 [PCH            ]: HDA-Intel - HDA Intel PCH
                      HDA Intel PCH at 0xf7210000 irq 132
 1 [Device         ]: USB-Audio - USB Audio Device
                      C-Media USB Audio Device at usb-0000:00:14.0-3, full speed
"""


def process(name: str, uid: int = 1000) -> dict[str, Any]:
    """One process, as the doorway tells it."""
    return {
        "pid": 5, "ppid": 1, "name": name, "exe": None, "deleted": False, "argv": [name], "uid": uid, "state": "S",
        "cpu": 0.0, "rss": 0, "started": 0.0, "threads": 1, "files": None, "own": False,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("names", "running", "desktop"),
    [(["gnome-shell", "pipewire"], True, "gnome-shell"), (["gnome-shell"], False, "gnome-shell"), ([], False, "")],
)
def test_the_service_of_the_person_s_session(names: list[str], running: bool, desktop: str) -> None:
    answers = {
        ("read", sound.CARDS): CARDS,
        ("person",): {"name": "anna", "id": 1000, "home": "/home/anna"},
        ("processes",): [*(process(name) for name in names), process("pulseaudio", 120)],
        ("which", "pipewire"): "/usr/bin/pipewire",
    }
    cards = ("HDA-Intel - HDA Intel PCH", "USB-Audio - USB Audio Device")
    installed = "pipewire" if desktop else ""
    assert sound.sound(given(answers)) == Sound(cards, "", desktop, installed, running=running)


@pytest.mark.parametrize("text", ["--- no soundcards ---\n", ProbeError(Reason.MISSING)])
def test_a_machine_without_sound(text: Any) -> None:
    with pytest.raises(ProbeError) as caught:
        sound.sound(given({("read", sound.CARDS): text, ("listdir", sound.BUS): []}))
    assert caught.value.reason is Reason.INAPPLICABLE
