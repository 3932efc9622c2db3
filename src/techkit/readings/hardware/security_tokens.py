"""Tokens for signatures and card readers that are plugged in, and the service that programs reach them by."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from techkit.host import ProbeError, attempt
from techkit.model import Reason, Record
from techkit.readings.hardware import devices
from techkit.readings.os import services

if TYPE_CHECKING:
    from techkit.host import Host

USB = "/sys/bus/usb/devices"
CHIP_CARD = "0b"
"""The USB interface class of card readers and tokens (CCID)."""
VENDORS = {"0a89": "Rutoken", "24dc": "JaCarta", "0529": "eToken"}
"""Makers whose devices are only for signatures."""
KEYS = {"1050"}
"""Makers whose security keys usually need no such service."""
SOCKET = "/run/pcscd/pcscd.comm"


class Tokens(Record, frozen=True):
    """What is plugged in, and the service: running, stopped, disabled or absent."""

    tokens: tuple[str, ...]
    readers: tuple[str, ...] = ()
    """card readers that are no tokens: many laptops have one built in that nobody uses"""
    unit: str = "pcscd.socket"
    state: str = "running"


def tokens(host: Host) -> Tokens:
    """Ask what is plugged in, and only then for the service; INAPPLICABLE where nothing is."""
    found = _windows(host) if host.system == "windows" else _linux(host)
    if not found.tokens and not found.readers:
        raise ProbeError(Reason.INAPPLICABLE, "no token and no card reader is plugged in")
    return found


def _linux(host: Host) -> Tokens:
    known: list[str] = []
    others: list[str] = []
    places = attempt(lambda: host.listdir(USB), [])
    cards = {
        place.partition(":")[0]
        for place in places
        if ":" in place and _text(host, f"{USB}/{place}/bInterfaceClass") == CHIP_CARD
    }
    for place in sorted(cards):
        vendor, name = (_text(host, f"{USB}/{place}/{what}") for what in ("idVendor", "product"))
        if vendor in VENDORS:
            known.append(name or VENDORS[vendor])
        elif vendor not in KEYS:
            others.append(name or vendor)
    if not cards:
        return Tokens(())
    return Tokens(tuple(known), tuple(others), *_pcscd(host))


def _text(host: Host, path: str) -> str:
    return str(attempt(partial(host.read, path), "")).strip()


def _pcscd(host: Host) -> tuple[str, str]:
    if host.exists(SOCKET):
        return "pcscd.socket", "running"
    if host.which("pcscd") is None:
        return "pcscd", "absent"
    if not services.has_systemd(host):
        return "pcscd", "stopped"
    units = services.units(host, "pcscd.socket", "pcscd.service")
    masked = [unit for unit in units.values() if re.match("masked", unit.startup)]
    return (masked[0].name, "disabled") if masked else ("pcscd.socket", "stopped")


def _windows(host: Host) -> Tokens:
    known: list[str] = []
    others: list[str] = []
    for row in devices.entities(host, "SmartCardReader"):
        if row["Present"] is False or not (
            match := re.match(r"USB\\VID_([0-9A-F]{4})", str(row["PNPDeviceID"]).upper())
        ):
            continue
        (known if match[1].lower() in VENDORS else others).append(str(row["Name"]))
    service = services.units(host, "SCardSvr")["SCardSvr"]
    state = "absent" if not service.loaded else "disabled" if service.startup == "disabled" else "running"
    return Tokens(tuple(known), tuple(others), "SCardSvr", state)
