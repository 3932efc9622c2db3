"""ICMP echo on Linux, by sockets of our own; RFC 792, RFC 4443."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import socket
import struct
import time

from techkit.host import Answer, ProbeError
from techkit.model import Reason

ECHO_REQUEST, ECHO_REQUEST_6 = 8, 128
ECHO_BODY = b"techkit!" * 4
ECHO_REPLIES = {0, 129}


def line(*, six: bool) -> socket.socket | None:
    """A socket for ICMP: an unprivileged one where the system allows it, else a raw one."""
    family, protocol = (socket.AF_INET6, socket.IPPROTO_ICMPV6) if six else (socket.AF_INET, socket.IPPROTO_ICMP)
    for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW):
        with contextlib.suppress(OSError):
            return socket.socket(family, kind, protocol)
    return None


def once(line: socket.socket, address: str, timeout: float) -> Answer:
    """Send two echoes; the first answer counts."""
    request = ECHO_REQUEST_6 if line.family == socket.AF_INET6 else ECHO_REQUEST
    with line:
        for sequence in (1, 2):
            began = time.monotonic()
            end = began + timeout / 2
            try:
                line.sendto(_echo(request, sequence), (address, 0))
                while (left := end - time.monotonic()) > 0:
                    line.settimeout(left)
                    packet, (sender, *_) = line.recvfrom(1024)
                    if sender == address and ECHO_BODY in packet:  # a raw socket receives everybody's
                        return {"state": "answered", "milliseconds": round((time.monotonic() - began) * 1000, 1)}
            except TimeoutError:
                continue
            except OSError:
                return {"state": "unreachable", "milliseconds": None}
    return {"state": "timeout", "milliseconds": None}


def train(  # noqa: PLR0913, PLR0917 - what the question is made of
    line: socket.socket, address: str, count: int, interval: float, size: int, timeout: float, *, whole: bool
) -> Answer:
    """Send at a steady pace and collect what comes; each echo carries its own mark and number."""
    six = line.family == socket.AF_INET6
    mark = os.urandom(8)
    filler = bytes(max(0, size - len(mark) - 2))
    sent: dict[int, float] = {}
    times: dict[int, float] = {}
    said = {"too_big": 0, "refused": 0}
    began = time.monotonic()
    with line:
        if whole:
            level, option = (socket.IPPROTO_IPV6, 23) if six else (socket.IPPROTO_IP, 10)  # *_MTU_DISCOVER
            line.setsockopt(level, option, 2)  # IP_PMTUDISC_DO
        for number in range(count):
            until = began + number * interval
            _collect(line, mark, sent, times, until)
            sent[number] = time.monotonic()
            try:
                body = mark + struct.pack("!H", number) + filler
                line.sendto(_echo(ECHO_REQUEST_6 if six else ECHO_REQUEST, number + 1, body), (address, 0))
            except OSError as error:
                del sent[number]
                said["too_big"] += error.errno == errno.EMSGSIZE
                said["refused"] += error.errno in {errno.EPERM, errno.EACCES}
        _collect(line, mark, sent, times, time.monotonic() + timeout, last=True)
    return {"sent": count, "received": len(times), **said, "milliseconds": [times[one] for one in sorted(times)]}


def _collect(  # noqa: PLR0913 - the state of one train
    line: socket.socket,
    mark: bytes,
    sent: dict[int, float],
    times: dict[int, float],
    until: float,
    *,
    last: bool = False,
) -> None:
    """Collect answers until the deadline; the `last` time only while one is missing."""
    while (left := until - time.monotonic()) > 0 and not (last and len(times) == len(sent)):
        line.settimeout(left)
        try:
            packet = line.recv(1 << 16)
        except TimeoutError:
            return
        except OSError:
            continue  # reported as undeliverable
        came, place = time.monotonic(), packet.find(mark)
        if place < 8 or packet[place - 8] not in ECHO_REPLIES:
            continue
        number = int.from_bytes(packet[place + 8 : place + 10], "big")
        if number in sent:
            times.setdefault(number, round((came - sent[number]) * 1000, 1))


def parse_pings(outputs: list[str], count: int) -> Answer:
    """What ping(8), of iputils or busybox, says of every answer."""
    text = "\n".join(outputs)
    times = [float(number) for number in re.findall(r"\btime[=<]([0-9.]+) ?ms", text)]
    big = len(re.findall(r"message too long|frag needed|packet too big", text, re.IGNORECASE))
    refused = len(re.findall(r"operation not permitted|permission denied", text, re.IGNORECASE))
    if refused and not times and "socket" in text.lower():
        raise ProbeError(Reason.FORBIDDEN, "ping")
    return {"sent": count, "received": len(times), "too_big": big, "refused": refused, "milliseconds": times}


def _echo(kind: int, sequence: int, body: bytes = ECHO_BODY) -> bytes:
    """An echo request; for IPv6 the kernel writes the checksum."""
    body += bytes(len(body) % 2)
    head = struct.pack("!BBHHH", kind, 0, 0, 0, sequence)
    total = sum(struct.unpack(f"!{(len(head) + len(body)) // 2}H", head + body))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return struct.pack("!BBHHH", kind, 0, ~total & 0xFFFF, 0, sequence) + body
