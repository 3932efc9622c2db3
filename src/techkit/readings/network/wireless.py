"""Wi-Fi: radios, signal, band, encryption, and the results of the last connections."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from techkit.host import ProbeError, attempt
from techkit.model import Reason, Record
from techkit.readings.network import interfaces, links, routes
from techkit.readings.os import services

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from techkit.host import Host
    from techkit.readings.network.interfaces import Adapter

SWITCHES = "/sys/class/rfkill"
SERVICE = "WlanSvc"
LOG = "Microsoft-Windows-WLAN-AutoConfig/Operational"
PROVIDER = "Microsoft-Windows-WLAN-AutoConfig"
CONNECTED, FAILED, LOST = 8001, 8002, 8003
"""Events of WLAN-AutoConfig, each with SSID and ReasonCode."""
KEYS = {294932, 294930, 262147, 262148, 262166}
"""WLAN_REASON_CODE: the key does not match, has the wrong form, the wrong length, or a character that it may not."""
DROPPED = {229383, 229384, 229385, 229387}
"""WLAN_REASON_CODE: security timeout, roaming, roaming security; disconnected by the driver: the network was lost."""
OUT_OF_REACH = {163851, 229396}
"""WLAN_REASON_CODE: network not available, no access point visible: out of range, which is no fault."""
SLEEP = "Microsoft-Windows-Kernel-Power"
SLEEPS = (42, 107, 506, 507)
"""Entering and leaving sleep, of both kinds, by Kernel-Power's own manifest."""
NEAR = 120
"""Seconds around sleep in which lost connections are normal."""
OPEN = "open"
PROTECTIONS = {
    "open": OPEN, "shared": "WEP", "WPA": "WPA", "WPAPSK": "WPA", "WPA2": "WPA2", "WPA2PSK": "WPA2",
}  # fmt: skip
"""Outdated authentications of a WLAN_profile."""
CIPHERS = {"WEP": "WEP", "TKIP": "WPA"}
"""Encryptions of a WLAN_profile that matter more than its authentication."""
NOT_IN_SIX = {"open", "shared", "WPA", "WPAPSK", "WPA2PSK"}
"""Authentications that no access point may offer in the band of 6 GHz; hostapd_config_check_bss_6g."""
NMCLI = ("nmcli", "-t", "-f", "IN-USE,SSID,FREQ,SECURITY", "device", "wifi", "list", "--rescan", "no", "ifname")


class Trouble(Record, frozen=True):
    """Trouble with one network: `kind` is key, failing or dropping; `reason` the last WLAN_REASON_CODE."""

    network: str
    kind: str
    count: int
    time: float
    reason: str = ""


class Network(Record, frozen=True):
    """The network of an adapter; `protection` is open, WEP, WPA, WPA2, or empty if newer or unknown."""

    interface: str
    name: str
    protection: str = ""


class Wifi(Record, frozen=True):
    """Wireless links, radios that are off, and networks with trouble."""

    links: tuple[links.Link, ...] = ()
    off: tuple[tuple[str, str], ...] = ()
    """(interface, hardware: by a switch, or software)"""
    alone: bool = True
    """no adapter is in use"""
    unit: str = ""
    """the Wi-Fi service, if it does not run"""
    startup: str = ""
    troubles: tuple[Trouble, ...] = ()
    networks: tuple[Network, ...] = ()


def wifi(host: Host) -> Wifi:
    """Ask for the radios; raises INAPPLICABLE where there is none."""
    found = _wifi(host)
    for one in found.networks:
        host.named("network", one.name)
    for trouble in found.troubles:
        host.named("network", trouble.network)
    return found


def _wifi(host: Host) -> Wifi:
    every = interfaces.adapters(host)
    radios = [adapter for adapter in every if adapter.wireless and not adapter.mobile]
    if not radios:
        if host.system == "windows" and every and not any(adapter.guid for adapter in every):
            raise ProbeError(Reason.UNREADABLE, "MSFT_NetAdapter", "wmi")
        raise ProbeError(Reason.INAPPLICABLE, "no Wi-Fi here")
    alone = not any(adapter.usable for adapter in every)
    if host.system == "windows":
        return _windows(host, radios, alone=alone)
    off = tuple(_blocked(host, radios))
    heard, networks = [], []
    for link in links.read(host):
        if link.signal is not None:
            said = attempt(partial(host.run, *NMCLI, link.interface), {"out": ""}, *Reason)["out"]
            network, band = parse_nmcli(link.interface, said)
            heard.append(msgspec.structs.replace(link, band=band))
            networks += [network] if network else []
    return Wifi(tuple(heard), off, alone, networks=tuple(networks))


# ---------------------------------------------------------------------- Linux
def _blocked(host: Host, radios: Iterable[Adapter]) -> Iterable[tuple[str, str]]:
    """Blocked radios by chip name; rfkill."""
    names = {_text(host, f"{interfaces.NET}/{radio.name}/phy80211/name"): radio.name for radio in radios}
    for switch in attempt(partial(host.listdir, SWITCHES), []):
        path = f"{SWITCHES}/{switch}"
        interface = names.get(_text(host, f"{path}/name"))
        if interface and _text(host, f"{path}/hard") == "1":
            yield interface, "hardware"
        elif interface and _text(host, f"{path}/soft") == "1":
            yield interface, "software"


def parse_nmcli(interface: str, text: str) -> tuple[Network | None, str]:
    """The network in use and its band, of `nmcli -t` for IN-USE,SSID,FREQ,SECURITY; a colon in a name is escaped."""
    for line in text.splitlines():
        parts = re.split(r"(?<!\\):", line)
        if len(parts) == 4 and parts[0] == "*":
            words = parts[3].split()
            protection = next((word for word in ("WPA3", "OWE", "WPA2", "WPA1", "WEP") if word in words), "")
            known = {"WPA2": "WPA2", "WPA1": "WPA", "WEP": "WEP"}.get(protection, "" if words else OPEN)
            megahertz = re.match(r"\d+", parts[2])
            name = re.sub(r"\\(.)", r"\1", parts[1])
            return Network(interface, name, known), band_of(int(megahertz[0]) if megahertz else 0)
    return None, ""


def band_of(megahertz: int) -> str:
    """The band of a frequency; IEEE 802.11."""
    limits = ((2400, 2500, "2.4"), (4900, 5925, "5"), (5925, 7126, "6"))
    return next((band for low, high, band in limits if low <= megahertz < high), "")


def _text(host: Host, path: str) -> str:
    return str(attempt(partial(host.read, path), "", Reason.MISSING, Reason.UNREADABLE)).strip()


# ---------------------------------------------------------------------- Windows
def _windows(host: Host, adapters: list[Adapter], *, alone: bool) -> Wifi:
    unit = services.units(host, SERVICE)[SERVICE]
    if unit.loaded and unit.active == "inactive":
        return Wifi(alone=alone, unit=unit.name, startup=unit.startup)
    names = {adapter.guid.upper(): adapter.name for adapter in adapters}
    rows = [(names.get(row["guid"].upper(), row["interface"]), row) for row in host.radios()]
    joined = [(name, row) for name, row in rows if row["state"] == "connected"]
    records = attempt(
        partial(host.events, LOG, ids=[CONNECTED, FAILED, LOST], days=1, providers=[PROVIDER]), [], Reason.MISSING
    )
    indexes = {adapter.guid.upper(): adapter.index for adapter in adapters}
    heard, networks = [], []
    for name, row in joined:
        network, authentication = _noted(host, name, row["guid"], records, indexes)
        networks += [network] if network else []
        if row["strength"] is not None and row["strength"] < 0:
            band = band_of_channel(row["channel"] or 0, six=authentication not in NOT_IN_SIX)
            heard.append(links.Link(name, signal=row["strength"], band=band, channel=row["channel"] or None))
    return Wifi(
        tuple(heard),
        tuple((name, row["off"]) for name, row in rows if row["off"]),
        alone,
        troubles=(*_refused(records, joined=bool(joined)), *_dropped(host, records)),
        networks=tuple(networks),
    )


def _noted(
    host: Host, interface: str, guid: str, records: Iterable[Mapping[str, Any]], indexes: Mapping[str, int]
) -> tuple[Network | None, str]:
    """The network of an adapter from Windows' profile, with its authentication."""
    joined = [record for record in records if record["id"] == CONNECTED]
    names = [_said(one, "ProfileName") for one in joined if _said(one, "InterfaceGuid").upper() == guid.upper()]
    for name in names[:1] or _shown(host, indexes.get(guid.upper())):
        noted = attempt(partial(host.wireless_network, guid, name), {}, *Reason)
        if authentication := noted.get("authentication"):
            protection = CIPHERS.get(noted["encryption"]) or PROTECTIONS.get(authentication, "")
            return Network(interface, name, protection), authentication
    return None, ""


def _shown(host: Host, index: int | None) -> list[str]:
    """The network name that Windows shows for an adapter, usually its SSID."""
    rows = attempt(partial(routes.instances, host, "MSFT_NetConnectionProfile", *routes.PROFILE), [], *Reason)
    return [str(row["Name"]) for row in rows if row.get("Name") and row.get("InterfaceIndex") == index]


def band_of_channel(channel: int, *, six: bool) -> str:
    """The band of a channel; those of 6 GHz are 1, 5, 9 … 233 and some of them stand for another band too."""
    if not 1 <= channel <= 233:
        return ""
    above = six and channel % 4 == 1
    if channel <= 14:
        return "2.4/6" if above else "2.4"
    if 32 <= channel <= 144 and channel % 4 == 0:
        return "5"
    if 149 <= channel <= 177:
        return "5/6" if above else "5"
    return "6" if channel % 4 == 1 else ""


def _refused(records: Iterable[Mapping[str, Any]], *, joined: bool) -> Iterable[Trouble]:
    """Networks whose last attempts all failed; none while another network is connected."""
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
    """Networks that were lost unintentionally, except by sleep."""
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
