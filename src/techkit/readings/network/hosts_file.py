"""The hosts file: names that are resolved locally."""

from __future__ import annotations

import ipaddress
import ntpath
from typing import TYPE_CHECKING

from techkit.host import attempt
from techkit.model import Reason, Record

if TYPE_CHECKING:
    from techkit.host import Host

LINUX = "/etc/hosts"
WINDOWS = "System32\\drivers\\etc\\hosts"
VERSION = "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"


class Entry(Record, frozen=True):
    """One name of one line."""

    address: str
    name: str

    @property
    def blocks(self) -> bool:
        """Whether the name is blocked, as in ad-blocking lists."""
        ip = ipaddress.ip_address(self.address)
        return ip.is_loopback or ip.is_unspecified


def path(host: Host) -> str:
    """The path of the file."""
    if host.system != "windows":
        return LINUX
    values = attempt(lambda: host.registry(VERSION), {"values": {}}, Reason.MISSING, Reason.UNRECORDED)["values"]
    return ntpath.join(values.get("SystemRoot") or "C:\\Windows", WINDOWS)


def entries(host: Host) -> tuple[Entry, ...]:
    """Every name of the file; without a file none."""
    return parse(attempt(lambda: host.read(path(host)), ""))


def parse(text: str) -> tuple[Entry, ...]:
    """Parse a hosts file, hosts(5); lines with an invalid address are left out."""
    found = []
    for line in text.splitlines():
        words = line.partition("#")[0].split()
        if len(words) < 2:
            continue
        try:
            address = str(ipaddress.ip_address(words[0].partition("%")[0]))
        except ValueError:
            continue
        found += [Entry(address, name.rstrip(".").casefold()) for name in words[1:]]
    return tuple(found)
