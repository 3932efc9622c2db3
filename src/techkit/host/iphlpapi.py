"""ICMP echo and ARP on Windows, by iphlpapi, without administrator rights."""

from __future__ import annotations

import contextlib
import socket
import struct
import sys
import threading
import time
from importlib import import_module

from techkit.host import Answer, ProbeError
from techkit.model import Reason

ECHO_BODY = b"techkit!" * 4
IP_PACKET_TOO_BIG = 11009
IP_TIMED_OUT = 11010
DONT_FRAGMENT = 2
IP_STATUSES = range(11000, 11051)
UNREACHABLE_ERRORS = {1231, 1232}
ERROR_BAD_NET_NAME = 67
"""SendARP: nobody answered."""


def ping(address: str, timeout: float) -> Answer:
    """The first of two echoes that is answered."""
    for _ in range(2):
        status, milliseconds = _echo(address, int(timeout * 500))
        if status == 0:
            return {"state": "answered", "milliseconds": float(milliseconds)}
        if status != IP_TIMED_OUT:
            return {"state": "unreachable", "milliseconds": None}
    return {"state": "timeout", "milliseconds": None}


def pings(  # noqa: PLR0913, PLR0917 - what the question is made of
    address: str,
    count: int,
    interval: float,
    size: int,
    timeout: float,
    whole: bool,  # noqa: FBT001
) -> Answer:
    """A train of echoes, each waited for in a thread of its own."""
    said: list[tuple[int, int] | None] = [None] * count
    body = (ECHO_BODY * (size // len(ECHO_BODY) + 1))[:size]

    def one(place: int) -> None:
        time.sleep(place * interval)
        with contextlib.suppress(ProbeError):
            said[place] = _echo(address, int(timeout * 1000), body, whole=whole)

    threads = [threading.Thread(target=one, args=(place,), daemon=True) for place in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if not any(said):
        raise ProbeError(Reason.UNREADABLE, f"IcmpSendEcho {address}")
    times = [float(answer[1]) for answer in said if answer and answer[0] == 0]
    big = sum(1 for answer in said if answer and answer[0] == IP_PACKET_TOO_BIG)
    return {"sent": count, "received": len(times), "too_big": big, "refused": 0, "milliseconds": times}


def _echo(address: str, milliseconds: int, body: bytes = ECHO_BODY, *, whole: bool = False) -> tuple[int, int]:
    """(status, round trip) of one IcmpSendEcho; status 0 is an answer."""
    c = import_module("ctypes")
    library = c.WinDLL("iphlpapi", use_last_error=True)
    library.IcmpCreateFile.restype = c.c_void_p
    library.IcmpCloseHandle.argtypes = [c.c_void_p]
    library.IcmpSendEcho.argtypes = [
        c.c_void_p, c.c_uint32, c.c_char_p, c.c_uint16, c.c_void_p, c.c_void_p, c.c_uint32, c.c_uint32,
    ]  # fmt: skip
    handle, reply = library.IcmpCreateFile(), c.create_string_buffer(256 + len(body))
    pointer = c.sizeof(c.c_void_p)
    # IP_OPTION_INFORMATION: time to live, type of service, flags, size of the options, pointer to them
    options = struct.pack("4B", 128, 0, DONT_FRAGMENT, 0).ljust(pointer, b"\0") + bytes(pointer) if whole else None
    try:
        came = library.IcmpSendEcho(
            handle, _number_of(address), body, len(body), options, reply, len(reply), milliseconds
        )
        failure = c.get_last_error()
    finally:
        library.IcmpCloseHandle(handle)
    if came:
        _, status, round_trip = struct.unpack_from("=3I", reply)  # ICMP_ECHO_REPLY
        return status, round_trip
    if failure in IP_STATUSES or failure in UNREACHABLE_ERRORS:
        return failure, 0
    raise ProbeError(Reason.UNREADABLE, f"IcmpSendEcho: error {failure}")


def neighbour(address: str) -> Answer:
    """SendARP; a recently seen address is answered from the cache."""
    c = import_module("ctypes")
    mac, length = c.create_string_buffer(8), c.c_uint32(8)
    failure = c.WinDLL("iphlpapi").SendARP(c.c_uint32(_number_of(address)), 0, mac, c.byref(length))
    if failure:
        return {"state": "silent" if failure == ERROR_BAD_NET_NAME else "unknown", "mac": None}
    return {"state": "reachable", "mac": mac.raw[: length.value].hex(":")}


def _number_of(address: str) -> int:
    """An IPv4 address as Windows' IPAddr: its bytes in network order."""
    return int.from_bytes(socket.inet_aton(address), sys.byteorder)
