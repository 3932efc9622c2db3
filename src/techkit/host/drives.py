"""What the driver of each disk says about it on Windows: without WMI and without administrator rights.

The requests need no access to the disk (FILE_ANY_ACCESS), so it is opened without any.
"""

from __future__ import annotations

import struct
from importlib import import_module
from typing import Any

from techkit.host import Answer, ProbeError
from techkit.host.local import problem, valid
from techkit.model import Reason

QUERY, PREDICT, ATTRIBUTES = 0x2D1400, 0x2D1100, 0x700F0
"""IOCTL_STORAGE_QUERY_PROPERTY, IOCTL_STORAGE_PREDICT_FAILURE, IOCTL_DISK_GET_DISK_ATTRIBUTES"""
OFFLINE, READ_ONLY = 1, 2
"""DISK_ATTRIBUTE_OFFLINE, DISK_ATTRIBUTE_READ_ONLY"""
IDENTITY, PROTOCOL = 0, 50
"""StorageDeviceProperty, StorageDeviceProtocolSpecificProperty"""
NVME, LOG_PAGE, HEALTH = 3, 2, 2
"""ProtocolTypeNvme, NVMeDataTypeLogPage, the page SMART / Health Information"""
BUS_NVME = 17
ABOUT, SPECIFIC, PAGE = 8, 40, 512
"""Bytes of STORAGE_PROTOCOL_DATA_DESCRIPTOR before its STORAGE_PROTOCOL_SPECIFIC_DATA, of that, and of the page."""
TOLD, TABLE = 232, 362
"""Bytes of the page, and of ATA's data, beyond which makers differ."""
SHARED, EXISTING = 0x3, 3
MOST = 32


def drive(number: int) -> Answer:
    """One disk; None where there is none of this number."""
    file, failure = import_module("win32file"), import_module("pywintypes").error
    try:
        handle = file.CreateFile(rf"\\.\PhysicalDrive{number}", 0, SHARED, None, EXISTING, 0, None)
    except failure as error:
        unseen = problem(error, f"PhysicalDrive{number}")
        if unseen.reason is Reason.MISSING:
            return None
        raise unseen from error

    def asked(code: int, query: bytes, size: int) -> bytes:
        try:
            return bytes(file.DeviceIoControl(handle, code, query, size))
        except failure:  # it does not know the question
            return b""

    try:
        found = identity(asked(QUERY, struct.pack("<III", IDENTITY, 0, 0), 1024))
        page = asked(QUERY, question(), ABOUT + SPECIFIC + PAGE) if found["bus"] == BUS_NVME else b""
        told = prediction(asked(PREDICT, b"", 4 + PAGE)) | state(asked(ATTRIBUTES, b"", 16))
        return {"number": number, **found, "health": health(page), **told}
    finally:
        handle.Close()


def identity(raw: bytes) -> dict[str, Any]:
    """STORAGE_DEVICE_DESCRIPTOR: {model, serial, bus: STORAGE_BUS_TYPE, removable}."""
    if len(raw) < 32:
        raise ProbeError(Reason.UNREADABLE, "STORAGE_DEVICE_DESCRIPTOR")
    vendor, product, _, serial, bus = struct.unpack_from("<5I", raw, 12)

    def text(start: int) -> str:
        return valid(raw[start:].partition(b"\0")[0].decode("latin-1")).strip() if 0 < start < len(raw) else ""

    model = f"{text(vendor)} {text(product)}".strip()
    return {"model": model, "serial": text(serial), "bus": bus, "removable": bool(raw[10])}


def question() -> bytes:
    """STORAGE_PROPERTY_QUERY for the page on a disk's health, with the room for it."""
    wanted = struct.pack("<10I", NVME, LOG_PAGE, HEALTH, 0, SPECIFIC, PAGE, 0, 0, 0, 0)
    return struct.pack("<II", PROTOCOL, 0) + wanted + bytes(PAGE)


def health(raw: bytes) -> str:
    """The health page of an NVMe disk as hex text; empty if the answer is none."""
    if len(raw) < ABOUT + SPECIFIC:
        return ""
    version, size = struct.unpack_from("<II", raw)
    start, length = struct.unpack_from("<II", raw, ABOUT + 16)
    page = raw[ABOUT + start : ABOUT + start + length]
    right = version == size == ABOUT + SPECIFIC and start >= SPECIFIC and len(page) == PAGE
    return page[:TOLD].hex() if right else ""


def prediction(raw: bytes) -> dict[str, Any]:
    """STORAGE_PREDICT_FAILURE: {predicts: None where it does not, attributes: those of ATA as hex text}."""
    if len(raw) < 4:
        return {"predicts": None, "attributes": ""}
    data = raw[4:]
    whole = len(data) == PAGE and any(data) and not sum(data) % 256  # the last byte makes it so
    return {"predicts": raw[:4] != bytes(4), "attributes": data[:TABLE].hex() if whole else ""}


def state(raw: bytes) -> dict[str, Any]:
    """GET_DISK_ATTRIBUTES: {offline, read_only}: None where it does not say."""
    if len(raw) < 16:
        return {"offline": None, "read_only": None}
    bits = struct.unpack_from("<Q", raw, 8)[0]
    return {"offline": bool(bits & OFFLINE), "read_only": bool(bits & READ_ONLY)}
