"""Sound: the cards that the kernel has, and the sound service of the person's session."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from techkit.host import ProbeError, attempt
from techkit.model import Reason, Record
from techkit.readings.os.processes import processes

if TYPE_CHECKING:
    from techkit.host import Host

CARDS = "/proc/asound/cards"
BUS = "/sys/bus/pci/devices"
AUDIO = ("0x0401", "0x0403")
DESKTOPS = {
    "gnome-shell", "plasmashell", "xfce4-session", "mate-session", "cinnamon", "lxqt-session", "lxsession",
    "budgie-panel", "fly-wm", "gala", "sway", "Hyprland",
}  # fmt: skip
"""Processes that prove a graphical desktop session."""
SERVERS = ("pipewire", "pulseaudio")


class Sound(Record, frozen=True):
    """The sound devices; `card` names a sound card for which its driver created no device."""

    cards: tuple[str, ...] = ()
    card: str = ""
    desktop: str = ""
    """the desktop of the person; empty where nobody sits at one"""
    installed: str = ""
    """the sound service that is installed"""
    running: bool = True


def sound(host: Host) -> Sound:
    """Ask for cards, and for the sound service of the person's own session; INAPPLICABLE without sound hardware."""
    text = attempt(lambda: host.read(CARDS), "")
    cards = parse_cards(text)
    silent = "" if cards or host.machine().get("container") else _silent(host)
    if not cards and not silent:
        raise ProbeError(Reason.INAPPLICABLE, "no sound card")
    mine = {process.name for process in processes(host) if process.uid == host.person()["id"]}
    desktop = next(iter(sorted(DESKTOPS & mine)), "")
    installed = next((name for name in SERVERS if host.which(name)), "") if desktop else ""
    return Sound(cards, silent, desktop, installed, running=bool(mine & set(SERVERS)))


def parse_cards(text: str) -> tuple[str, ...]:
    """The cards of /proc/asound/cards by their long names; `--- no soundcards ---` is none."""
    return tuple(match.strip() for match in re.findall(r"^ *\d+ \[[^\]]*\]: (.+)$", text, re.MULTILINE))


def _silent(host: Host) -> str:
    """A sound card on the bus with a driver; hardware.devices reports one without."""
    for address in attempt(lambda: host.listdir(BUS), []):
        kind = attempt(partial(host.read, f"{BUS}/{address}/class"), "")
        if kind.startswith(AUDIO) and attempt(partial(host.stat, f"{BUS}/{address}/driver")):
            return str(address)
    return ""
