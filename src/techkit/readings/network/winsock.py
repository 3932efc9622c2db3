"""The network stack of Windows: its own internet test, and third-party parts."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import attempt
from techkit.model import Reason, Record
from techkit.readings.network import connectivity, routes

if TYPE_CHECKING:
    from techkit.host import Host

PROBING = r"HKLM\SYSTEM\CurrentControlSet\Services\NlaSvc\Parameters\Internet"
POLICY = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\NetworkConnectivityStatusIndicator"
CATALOGUE = r"HKLM\SYSTEM\CurrentControlSet\Services\WinSock2\Parameters\Protocol_Catalog9\Catalog_Entries64"
OWN = ("%systemroot%\\", "c:\\windows\\", "%windir%\\")


WITHOUT_INTERNET = {1, 2, 3}
"""MSFT_NetConnectionProfile: no traffic, subnet, local network; 0 is disconnected, 4 the internet."""


class Stack(Record, frozen=True):
    """Whether Windows tests the internet, whether a policy disables that, and third-party files."""

    probing: bool = True
    policy: bool = False
    foreign: tuple[str, ...] = ()
    shown_offline: bool = False
    """it shows no internet, although the internet answers"""
    listed: bool = True
    """whether the parts could be read"""


def read(host: Host) -> Stack:
    """Read the registry."""
    entries = attempt(partial(host.registry, CATALOGUE), {"keys": []})["keys"]  # Windows itself always has some
    items = [attempt(partial(host.registry, rf"{CATALOGUE}\{entry}"), {"values": {}})["values"] for entry in entries]
    paths = {provider(str(item.get("PackedCatalogItem") or "")) for item in items}
    return Stack(
        probing=_value(host, PROBING, "EnableActiveProbing") != 0,
        policy=_value(host, POLICY, "NoActiveProbe") == 1,
        foreign=tuple(sorted(path for path in paths if path and not path.lower().startswith(OWN))),
        listed=bool(entries),
        shown_offline=_shown_offline(host) and any(page.expected for page in connectivity.pages(host)),
    )


def _shown_offline(host: Host) -> bool:
    """Whether Windows shows every connected network as one without internet."""
    rows = attempt(partial(routes.instances, host, "MSFT_NetConnectionProfile", *routes.PROFILE), [], *Reason)
    shown = [(row["IPv4Connectivity"], row["IPv6Connectivity"]) for row in rows]
    known = [max(pair) for pair in shown if all(isinstance(one, int) for one in pair)]
    return bool(known) and max(known) in WITHOUT_INTERNET


def _value(host: Host, key: str, name: str) -> Any:
    return attempt(partial(host.registry, key), {"values": {}})["values"].get(name)


def provider(packed: str) -> str:
    """The file at the beginning of a catalogue entry, which ends with a zero byte."""
    try:
        return bytes.fromhex(packed).split(b"\0", 1)[0].decode("ascii", "backslashreplace")
    except ValueError:
        return ""
