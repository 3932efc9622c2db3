"""ARP on Linux: who on this network segment has an address; RFC 826, RFC 5227."""

from __future__ import annotations

import contextlib
import socket
import struct
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techkit.host import Answer

ETH_ARP = 0x0806
HARDWARE = 6
"""Bytes of the hardware address of an adapter that speaks ARP."""
NOBODY = bytes(4)


def ask(address: str, interface: str, timeout: float) -> Answer:
    """Ask the segment who has the address; RFC 826."""
    with _line(interface) as (line, own):
        if len(own) != HARDWARE:
            return {"state": "unknown", "mac": None}
        mac = next(_answers(line, own, _own_address(address), address, timeout), None)
    return {"state": "reachable", "mac": mac.hex(":")} if mac else {"state": "silent", "mac": None}


def claimants(address: str, interface: str, timeout: float) -> list[str]:
    """Send an ARP probe with the sender 0.0.0.0, which updates no cache; our own answers are left out."""
    with _line(interface) as (line, own):
        if len(own) != HARDWARE:
            return []
        return list(dict.fromkeys(mac.hex(":") for mac in _answers(line, own, NOBODY, address, timeout) if mac != own))


@contextlib.contextmanager
def _line(interface: str) -> Iterator[tuple[socket.socket, bytes]]:
    """A socket for ARP, and the adapter's own hardware address."""
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_ARP)) as line:
        line.bind((interface, ETH_ARP))
        yield line, line.getsockname()[4]


def _answers(line: socket.socket, own: bytes, source: bytes, address: str, timeout: float) -> Iterator[bytes]:
    """Ask twice; the hardware address of each that answers."""
    wanted = socket.inet_aton(address)
    head = b"\xff" * 6 + own + struct.pack("!HHHBBH", ETH_ARP, 1, 0x0800, 6, 4, 1)
    end = time.monotonic() + timeout
    for deadline in (end - timeout / 2, end):
        line.send(head + own + source + bytes(6) + wanted)
        while (left := deadline - time.monotonic()) > 0:
            line.settimeout(left)
            try:
                packet = line.recv(2048)
            except TimeoutError:
                break
            if packet[20:22] == b"\x00\x02" and packet[28:32] == wanted:
                yield packet[22:28]


def _own_address(towards: str) -> bytes:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.connect((towards, 9))
        return socket.inet_aton(line.getsockname()[0])


def learned(address: str, timeout: float) -> Answer:
    """Send a packet there and watch the kernel's table; an old complete entry proves nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line, contextlib.suppress(OSError):
        line.sendto(b"", (address, 9))
    end = time.monotonic() + timeout
    entry: dict[str, Any] = {"state": "unknown", "mac": None}
    while time.monotonic() < end:
        rows = [line.split() for line in Path("/proc/net/arp").read_text(encoding="ascii").splitlines()]
        flags = next((int(row[2], 16) for row in rows if row and row[0] == address), None)
        if flags is not None and flags & 2:
            return {"state": "unknown", "mac": None}
        if flags == 0:
            entry = {"state": "silent", "mac": None}
        time.sleep(0.1)
    return entry
