"""Packet sizes: the MTU of adapters, and what gets through to the internet."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from techkit.host import Answer, ProbeError, attempt
from techkit.model import Reason, Record
from techkit.readings.network import connectivity, interfaces, routes

if TYPE_CHECKING:
    from collections.abc import Callable

    from techkit.host import Host

HEADERS = 28
"""Bytes of IPv4 and ICMP headers."""
SMALL = 56
LADDER = (1492, 1480, 1472, 1460, 1440, 1420, 1400, 1380, 1360, 1340, 1320, 1300, 1280, 1200, 1000, 576)
"""Sizes that are tried if the adapter's MTU does not get through."""


class Link(Record, frozen=True):
    """An Ethernet adapter and its MTU."""

    interface: str
    mtu: int


class Sizes(Record, frozen=True):
    """The adapters, and the fate of large and small packets on the way out."""

    links: tuple[Link, ...] = ()
    interface: str = ""
    mtu: int = 0
    small: tuple[str, ...] = ()
    """targets that answered a small echo"""
    large: tuple[str, ...] = ()
    """targets that answered a large one, or for which it was reported as too large"""
    through: tuple[str, ...] = ()
    """what large packets of another kind reached"""
    stuck: tuple[str, ...] = ()
    """what only small packets of another kind reached"""
    passes: int | None = None
    """the largest size that was answered"""


def seen(host: Host) -> Sizes:
    """Send large echoes; only without an answer, find out whether other large packets vanish too."""
    usable = [adapter for adapter in interfaces.adapters(host) if adapter.usable]
    found = links(host, usable)
    gateways = attempt(partial(routes.default_gateways, host), (), Reason.MISSING, Reason.UNREADABLE)
    first = next((one for one in gateways if one.version == 4), None)
    mtu = next((link.mtu for link in found if first and link.interface == first.interface), 0)
    targets = [one["address"] for one in host.site()["addresses"] if ":" not in one["address"]]
    if not first or mtu <= SMALL + HEADERS or not targets:
        return Sizes(found)
    asked = [(target, size) for target in targets for size in (SMALL, mtu - HEADERS)]
    questions: list[Callable[[], Answer]] = [partial(_whole, host, *one) for one in asked]
    *answers, doors = host.side_by_side([*questions, partial(connectivity.doors, host)])
    if isinstance(answers[0], ProbeError):
        raise answers[0]
    said = {one: answer is True for one, answer in zip(asked, answers, strict=True)}
    opened = not isinstance(doors, ProbeError) and any(door.state == "open" for door in doors)
    small = tuple(target for target in targets if said[target, SMALL])
    large = tuple(target for target in targets if said[target, mtu - HEADERS])
    if large or not (small or opened):
        return Sizes(found, first.interface, mtu, small, large)
    through, stuck = _pages(host, mtu, opened=opened)
    passes = (
        max((size for size in LADDER if size < mtu and _passed(host, small, size)), default=None) if stuck else None
    )
    return Sizes(found, first.interface, mtu, small, large, through, stuck, passes)


def _whole(host: Host, target: str, size: int) -> bool:
    """Whether an unfragmentable packet is answered, or reported as too large."""
    try:
        answer = host.pings(target, 3, 0.05, size, whole=True, timeout=1)
    except ProbeError as error:
        if error.reason is not Reason.TIMEOUT:
            raise
        return False
    return bool(answer["received"] or answer["too_big"])


def _pages(host: Host, mtu: int, *, opened: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(through, stuck): pages asked with a question of several full packets, and handshakes, which bring some back."""
    pages = [page["url"] for page in host.site()["pages"][:3]]
    long = {url: f"{url}?{'x' * 2 * mtu}" for url in pages}
    parts = host.side_by_side(
        [
            *(partial(host.http, url, "", timeout=connectivity.PATIENCE) for url in pages),
            *(partial(host.http, url, "", timeout=connectivity.PATIENCE) for url in long.values()),
            partial(connectivity.handshakes, host),
        ]
    )
    plain = [url for url, answer in zip(pages, parts, strict=False) if _state(answer) == "answered"]
    asked = {url: _state(answer) for url, answer in zip(pages, parts[len(pages) :], strict=False)}
    through = [url for url in plain if asked[url] == "answered"]
    stuck = [url for url in plain if asked[url] in {"timeout", "broken"}]
    handshakes = () if isinstance(parts[-1], ProbeError) else parts[-1]
    if handshakes and opened:
        silent = [server.name for server in handshakes if server.state == "timeout"]
        stuck += silent if len(silent) == len(handshakes) else []
        through = [] if len(silent) == len(handshakes) else through
    return tuple(through), tuple(stuck)


def _state(answer: Answer | ProbeError) -> str:
    if isinstance(answer, ProbeError):
        return "timeout" if answer.reason is Reason.TIMEOUT else ""
    return str(answer["state"])


def _passed(host: Host, targets: tuple[str, ...], size: int) -> bool:
    """Whether one of the targets answers a packet of this size; all sizes are asked at once, each once."""
    asked = [(target, step) for target in targets for step in LADDER]
    host.side_by_side(partial(_whole, host, target, step - HEADERS) for target, step in asked)
    return any(_whole(host, target, size - HEADERS) for target in targets)


def links(host: Host, usable: list[interfaces.Adapter]) -> tuple[Link, ...]:
    """The usable Ethernet adapters, and Ethernet interfaces on top of them that lead out."""
    if host.system == "windows":
        rows = attempt(
            partial(routes.instances, host, "MSFT_NetIPInterface", *routes.SETTINGS),
            [],
            Reason.UNREADABLE,
        )
        mtus = {row.get("InterfaceIndex"): int(row.get("NlMtu") or 0) for row in rows if row.get("AddressFamily") == 2}
        return tuple(Link(one.name, mtus[one.index]) for one in usable if 0 < mtus.get(one.index, 0) < 1 << 17)
    names = interfaces.leading(host, usable)
    return tuple(Link(name, mtu) for name in names if (mtu := interfaces.ethernet_mtu(host, name)))
