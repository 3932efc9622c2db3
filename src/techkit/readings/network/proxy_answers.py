"""Whether the configured proxies accept connections and let pages through."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import attempt
from techkit.model import Reason, Record
from techkit.readings.network import connectivity, proxies

if TYPE_CHECKING:
    from techkit.host import Host

WORKING = {"open", "answered"}
FAILING = 400


class Proxy(Record, frozen=True):
    """One proxy, the places that set it, and what a connection to it came to."""

    proxy: str
    server: str
    places: tuple[str, ...]
    state: str
    """open, refused, timeout, unreachable, unresolved or broken"""
    status: int = 0
    """with which it denies every page that others give"""
    named: bool = False
    """whether it gets credentials"""

    @property
    def works(self) -> bool:
        """Whether it accepts connections."""
        return self.state in WORKING


class Proxies(Record, frozen=True):
    """The proxies, the script that chooses among them, and the places that could not be read."""

    proxies: tuple[Proxy, ...] = ()
    script: str = ""
    script_state: str = ""
    alone: bool = False
    """nothing beyond this network answers directly"""
    unseen: tuple[tuple[str, Reason], ...] = ()


def look(host: Host) -> Proxies:
    """Connect to each proxy once, whatever the number of places that set it."""
    settings = proxies.configured(host)
    asked = ((proxy, partial(host.connect, proxy.host, proxy.port)) for proxy in settings.proxies)
    addresses = tuple(proxy.address for proxy in settings.proxies)
    pages = attempt(partial(connectivity.pages, host, addresses), (), *Reason) if addresses else ()
    asks_itself = host.system == "windows"  # it authenticates in its own way
    found = tuple(
        Proxy(
            proxy.address,
            proxy.host,
            proxy.places,
            answer["state"],
            _turned_away(pages, proxy.address),
            proxy.named or asks_itself,
        )
        for proxy, answer in connectivity.ask(host, asked)
    )
    script = settings.script if settings.script.lower().startswith("http://") else ""
    fetched = connectivity.ask(
        host, [(script, partial(host.http, script, timeout=connectivity.PATIENCE))] if script else []
    )
    state = _fetched(fetched[0][1]) if fetched else ""
    alone = bool(state) and state not in {*WORKING, "unresolved"} and not _direct(host)
    return Proxies(found, script, state, alone, settings.unseen)


def _fetched(answer: dict[str, Any]) -> str:
    """How the script was got; a page that says there is none is no script."""
    return "missing" if (answer.get("status") or 0) >= FAILING else str(answer["state"])


def _direct(host: Host) -> bool:
    """Whether any well-known page answers directly; True in doubt."""
    pages = attempt(partial(connectivity.pages, host), (), *Reason)
    return not pages or any(page.state == "answered" for page in pages)


def _turned_away(pages: tuple[connectivity.Page, ...], proxy: str) -> int:
    """The status with which a proxy answers for every page, where the pages themselves do not answer so; else 0."""
    through = [page for page in pages if page.proxy == proxy and page.state == "answered"]
    directly = {page.status for page in pages if not page.proxy and page.state == "answered"}
    statuses = {page.status for page in through}
    refused = len(through) > 1 and len(statuses) == 1 and min(statuses) >= FAILING and not statuses & directly
    return min(statuses) if refused else 0
