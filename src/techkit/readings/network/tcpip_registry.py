r"""What the registry of Windows says of each interface's gateways and name servers: for where WMI does not answer.

`Tcpip\Parameters\Interfaces\{GUID}` holds what was set by hand and, with Dhcp before it, what was given out.
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
"""Below it, by the same GUID, `Connection` has the name that a person sees."""


class Setting(Record, frozen=True):
    """One interface that is up, its IPv4 gateways and name servers."""

    interface: str
    gateways: tuple[str, ...] = ()
    servers: tuple[str, ...] = ()


def settings(host: Host) -> tuple[Setting, ...]:
    """Every interface that psutil knows to be up; the registry keeps those of adapters that are gone, too."""
    up = {name for name, state in host.psutil("net_if_stats").items() if state.get("isup")}
    found = []
    for guid in host.registry(INTERFACES)["keys"]:
        name = str(_values(host, rf"{NAMES}\{guid}\Connection").get("Name") or "")
        if name in up:
            values = _values(host, rf"{INTERFACES}\{guid}")
            found.append(Setting(name, _addresses(values, "DefaultGateway"), _addresses(values, "NameServer")))
    return tuple(found)


def set_by_hand(host: Host) -> frozenset[str]:
    """The name servers that somebody set here, on whatever interface, instead of those that are given out."""
    keys = attempt(partial(host.registry, INTERFACES), {"keys": []}, *Reason)["keys"]
    texts = (str(_values(host, rf"{INTERFACES}\{guid}").get("NameServer") or "") for guid in keys)
    return frozenset(address for text in texts for address in re.split(r"[,\s]+", text) if address)


def instead(ask: Callable[[], Any], of_settings: Callable[[tuple[Setting, ...]], Any], host: Host) -> Any:
    """What WMI answers, else what the settings say; the first trouble is told where neither can be read."""
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
    """What was set by hand goes before what was given out; several stand in a list, or behind commas or spaces."""
    for key in (name, f"Dhcp{name}"):
        raw = values.get(key)
        texts = raw if isinstance(raw, list) else re.split(r"[,\s]+", raw) if isinstance(raw, str) else []
        if found := tuple(text for text in texts if text and text != "0.0.0.0"):  # noqa: S104 - the word for "none"
            return found
    return ()
