r"""Gateways and name servers of each interface from the registry of Windows, if WMI does not answer.

`Tcpip\Parameters\Interfaces\{GUID}` holds static values and, with the prefix Dhcp, those from DHCP.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import UNANSWERED, ProbeError, attempt
from techkit.model import Reason, Record

if TYPE_CHECKING:
    from collections.abc import Callable

    from techkit.host import Host

INTERFACES = r"HKLM\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters\Interfaces"
NAMES = r"HKLM\SYSTEM\CurrentControlSet\Control\Network\{4D36E972-E325-11CE-BFC1-08002BE10318}"
"""By the same GUID, its subkey `Connection` has the displayed name."""


class Setting(Record, frozen=True):
    """One interface that is up, its IPv4 gateways and name servers."""

    interface: str
    gateways: tuple[str, ...] = ()
    servers: tuple[str, ...] = ()


def settings(host: Host) -> tuple[Setting, ...]:
    """Every interface that is up by psutil, because the registry keeps those of removed adapters."""
    up = {name for name, state in host.psutil("net_if_stats").items() if state.get("isup")}
    found = []
    for guid in host.registry(INTERFACES)["keys"]:
        name = str(_values(host, rf"{NAMES}\{guid}\Connection").get("Name") or "")
        if name in up:
            values = _values(host, rf"{INTERFACES}\{guid}")
            found.append(Setting(name, _addresses(values, "DefaultGateway"), _addresses(values, "NameServer")))
    return tuple(found)


def set_by_hand(host: Host) -> frozenset[str]:
    """The static name servers of any interface."""
    keys = attempt(partial(host.registry, INTERFACES), {"keys": []}, *Reason)["keys"]
    texts = (str(_values(host, rf"{INTERFACES}\{guid}").get("NameServer") or "") for guid in keys)
    return frozenset(address for text in texts for address in re.split(r"[,\s]+", text) if address)


def instead(ask: Callable[[], Any], of_settings: Callable[[tuple[Setting, ...]], Any], host: Host) -> Any:
    """WMI's answer, else the registry's; raises the first error if neither can be read."""
    try:
        return ask()
    except ProbeError as error:
        if error.reason not in UNANSWERED:
            raise
        try:
            return of_settings(settings(host))
        except ProbeError:
            raise error from None


def _values(host: Host, key: str) -> dict[str, Any]:
    return dict(attempt(partial(host.registry, key), {"values": {}})["values"])


def _addresses(values: dict[str, Any], name: str) -> tuple[str, ...]:
    """Static values override DHCP's; several are a list, or separated by commas or spaces."""
    for key in (name, f"Dhcp{name}"):
        raw = values.get(key)
        texts = raw if isinstance(raw, list) else re.split(r"[,\s]+", raw) if isinstance(raw, str) else []
        if found := tuple(text for text in texts if text and text != "0.0.0.0"):  # noqa: S104 - the word for "none"
            return found
    return ()
