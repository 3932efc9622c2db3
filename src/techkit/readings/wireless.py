"""Wi-Fi: whether the radio is on, how strong it is heard, and what became of the last connections to each network."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import ProbeError, attempt
from techkit.model import Reason, Record
from techkit.readings import interfaces, links, services

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from techkit.host import Host
    from techkit.readings.interfaces import Adapter

SWITCHES = "/sys/class/rfkill"
SERVICE = "WlanSvc"
LOG = "Microsoft-Windows-WLAN-AutoConfig/Operational"
PROVIDER = "Microsoft-Windows-WLAN-AutoConfig"
CONNECTED, FAILED, LOST = 8001, 8002, 8003
"""Events of WLAN-AutoConfig, each with SSID and ReasonCode."""
KEYS = {294932, 294930, 262147, 262148, 262166}
"""WLAN_REASON_CODE: the key does not match, has the wrong form, the wrong length, or a character that it may not."""
DROPPED = {229383, 229384, 229385, 229387}
"""WLAN_REASON_CODE: security in time, roaming, its security; disconnected by the driver: the network was lost."""
OUT_OF_REACH = {163851, 229396}
"""WLAN_REASON_CODE: the network is not available, no access point is seen: it is elsewhere, which is no fault."""
SLEEP = "Microsoft-Windows-Kernel-Power"
SLEEPS = (42, 107, 506, 507)
"""Into sleep and out of it, of both kinds, by the texts of Kernel-Power's own manifest."""
NEAR = 120
"""Seconds around a sleep in which every connection is lost."""


class Trouble(Record, frozen=True):
    """What goes wrong with one network: `kind` is key, failing or dropping; `reason` the last WLAN_REASON_CODE."""

    network: str
    kind: str
    count: int
    time: float
    reason: str = ""


class Wifi(Record, frozen=True):
    """Every wireless adapter's link, those whose radio is off, and the networks that make trouble."""

    links: tuple[links.Link, ...] = ()
    off: tuple[tuple[str, str], ...] = ()
    """(interface, hardware: by a switch, or software)"""
    alone: bool = True
    """no adapter is in use"""
    unit: str = ""
    """the service that connects, where it does not run"""
    startup: str = ""
    troubles: tuple[Trouble, ...] = ()


def wifi(host: Host) -> Wifi:
    """Ask for the radios; raises INAPPLICABLE where there is none."""
    every = interfaces.adapters(host)
    radios = [adapter for adapter in every if adapter.wireless]
    if not radios:
        raise ProbeError(Reason.INAPPLICABLE, "no Wi-Fi here")
    alone = not any(adapter.usable for adapter in every)
    if host.system == "windows":
        return _windows(host, radios, alone=alone)
    heard = tuple(link for link in links.read(host) if link.signal is not None)
    return Wifi(heard, tuple(_blocked(host, radios)), alone)


# ---------------------------------------------------------------------- Linux
def _blocked(host: Host, radios: Iterable[Adapter]) -> Iterable[tuple[str, str]]:
    """The radios that a switch holds, by the name of their chip; the kernel's rfkill."""
    names = {_text(host, f"{interfaces.NET}/{radio.name}/phy80211/name"): radio.name for radio in radios}
    for switch in attempt(partial(host.listdir, SWITCHES), []):
        path = f"{SWITCHES}/{switch}"
        interface = names.get(_text(host, f"{path}/name"))
        if interface and _text(host, f"{path}/hard") == "1":
            yield interface, "hardware"
        elif interface and _text(host, f"{path}/soft") == "1":
            yield interface, "software"


def _text(host: Host, path: str) -> str:
    return str(attempt(partial(host.read, path), "", Reason.MISSING, Reason.UNREADABLE)).strip()


# ---------------------------------------------------------------------- Windows
def _windows(host: Host, adapters: list[Adapter], *, alone: bool) -> Wifi:
    unit = services.units(host, SERVICE)[SERVICE]
    if unit.loaded and unit.active == "inactive":
        return Wifi(alone=alone, unit=unit.name, startup=unit.startup)
    names = {adapter.guid.upper(): adapter.name for adapter in adapters}
    rows = [(names.get(row["guid"].upper(), row["interface"]), row) for row in host.radios()]
    joined = any(row["state"] == "connected" for _, row in rows)
    records = attempt(
        partial(host.events, LOG, ids=[CONNECTED, FAILED, LOST], days=1, providers=[PROVIDER]), [], Reason.MISSING
    )
    return Wifi(
        tuple(
            links.Link(name, signal=row["strength"])
            for name, row in rows
            if row["state"] == "connected" and row["strength"] is not None and row["strength"] < 0
        ),
        tuple((name, row["off"]) for name, row in rows if row["off"]),
        alone,
        troubles=(*_refused(records, joined=joined), *_dropped(host, records)),
    )


def _refused(records: Iterable[Mapping[str, Any]], *, joined: bool) -> Iterable[Trouble]:
    """Networks to which the last attempts all failed; of no account while another network serves."""
    failures: dict[str, list[Mapping[str, Any]]] = {}
    reached: set[str] = set()
    for record in records:  # the newest first
        network = _said(record, "SSID") or _said(record, "ProfileName")
        if record["id"] == CONNECTED:
            reached.add(network)
        elif record["id"] == FAILED and network not in reached and _reason(record) not in OUT_OF_REACH:
            failures.setdefault(network, []).append(record)
    for network, found in failures.items() if not joined else ():
        key = any(_reason(record) in KEYS for record in found)
        last = next((record for record in found if _reason(record) in KEYS), found[0])
        reason = f"0x{_reason(last):x}" if _reason(last) else ""
        yield Trouble(network, "key" if key else "failing", len(found), float(last["time"]), reason)


def _dropped(host: Host, records: Iterable[Mapping[str, Any]]) -> Iterable[Trouble]:
    """Networks that were lost though nobody left them; what sleep did is taken out."""
    lost = [record for record in records if record["id"] == LOST and _reason(record) in DROPPED]
    if not lost:
        return
    slept = attempt(partial(host.events, "System", ids=SLEEPS, days=1, providers=[SLEEP]), [], *Reason)
    by_network: dict[str, list[float]] = {}
    for record in lost:
        if all(abs(record["time"] - sleep["time"]) > NEAR for sleep in slept):
            by_network.setdefault(_said(record, "SSID"), []).append(float(record["time"]))
    for network, times in by_network.items():
        yield Trouble(network, "dropping", len(times), max(times))


def _said(record: Mapping[str, Any], name: str) -> str:
    return str(record["data"].get(name) or "") if isinstance(record["data"], dict) else ""


def _reason(record: Mapping[str, Any]) -> int:
    try:
        return int(_said(record, "ReasonCode") or "0", 0)
    except ValueError:
        return 0
