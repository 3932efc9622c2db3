"""/etc/fstab: what a Linux machine is meant to mount."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from techkit.host import attempt
from techkit.model import Record

if TYPE_CHECKING:
    from techkit.host import Host

PATH = "/etc/fstab"


class Entry(Record, frozen=True):
    """One line, or what is wrong with it."""

    line: int
    device: str = ""
    mount: str = ""
    filesystem: str = ""
    options: tuple[str, ...] = ()
    broken: str = ""
    """the line itself where it has too few words"""

    @property
    def readonly(self) -> bool:
        """Whether it asks for a volume that cannot be written to."""
        return "ro" in self.options

    @property
    def expected(self) -> bool:
        """Whether it is meant to be mounted now: not on demand, not by hand, and not where nobody minds its absence."""
        waits = {"noauto", "nofail", "x-systemd.automount"} & set(self.options)
        return not self.broken and self.mount.startswith("/") and not waits


def entries(host: Host) -> tuple[Entry, ...]:
    """The lines of the file; without a file none."""
    return parse(attempt(lambda: host.read(PATH), ""))


def parse(text: str) -> tuple[Entry, ...]:
    """The lines of fstab(5), comments left out."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if len(words) < 3:
            found.append(Entry(number, broken=line.strip()))
            continue
        device, mount, filesystem = map(_unescape, words[:3])
        options = tuple(words[3].split(",")) if len(words) > 3 else ()
        found.append(Entry(number, device, mount.rstrip("/") or "/", filesystem, options))
    return tuple(found)


def _unescape(text: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), text)
