"""Every proxy that is set accepts connections, and lets pages through."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from techkit import Check, Finding, Host, Reason, Record, Unseen, attempt, critical, info, warning
from techkit.readings import proxies, reach

WORKING = {"open", "answered"}
LOGIN_REQUIRED = 407  # RFC 9110
FAILING = 400


class Proxy(Record, frozen=True):
    """One proxy, the places that set it, and what a connection to it came to."""

    proxy: str
    server: str
    places: tuple[str, ...]
    state: str
    """open, refused, timeout, unreachable, unresolved or broken"""
    status: int = 0
    """with which it turns away every page that others give"""
    named: bool = False
    """whether it is told a name and a password"""


class Proxies(Record, frozen=True):
    """The proxies, the script that chooses among them, and the places that could not be read."""

    proxies: tuple[Proxy, ...] = ()
    script: str = ""
    script_state: str = ""
    unseen: tuple[tuple[str, Reason], ...] = ()


def probe(host: Host) -> Proxies:
    """Connect to each proxy once, whatever the number of places that set it."""
    settings = proxies.configured(host)
    asked = ((proxy, partial(host.connect, proxy.host, proxy.port)) for proxy in settings.proxies)
    addresses = tuple(proxy.address for proxy in settings.proxies)
    pages = attempt(partial(reach.pages, host, addresses), (), *Reason) if addresses else ()
    asks_itself = host.system == "windows"  # it has a way of its own to say who asks
    found = tuple(
        Proxy(
            proxy.address,
            proxy.host,
            proxy.places,
            answer["state"],
            _turned_away(pages, proxy.address),
            proxy.named or asks_itself,
        )
        for proxy, answer in reach.ask(host, asked)
    )
    script = settings.script if settings.script.lower().startswith("http://") else ""
    fetched = reach.ask(host, [(script, partial(host.http, script, timeout=reach.PATIENCE))] if script else [])
    return Proxies(found, script, fetched[0][1]["state"] if fetched else "", settings.unseen)


def _turned_away(pages: tuple[reach.Page, ...], proxy: str) -> int:
    """The status with which a proxy answers for every page, where the pages themselves do not answer so; else 0."""
    through = [page for page in pages if page.proxy == proxy and page.state == "answered"]
    directly = {page.status for page in pages if not page.proxy and page.state == "answered"}
    statuses = {page.status for page in through}
    refused = len(through) > 1 and len(statuses) == 1 and min(statuses) >= FAILING and not statuses & directly
    return min(statuses) if refused else 0


def judge(seen: Proxies, _: None) -> Iterator[Finding | Unseen]:
    """What could not be read, what does not work, and a script that cannot be fetched."""
    for place, reason in seen.unseen:
        yield Unseen(place, reason)
    for proxy in seen.proxies:
        if proxy.state not in WORKING or proxy.status:
            yield from _broken(proxy)
    if seen.script and seen.script_state not in WORKING:
        yield info("script", seen.script, script=seen.script, state=seen.script_state)


def _broken(proxy: Proxy) -> Iterator[Finding]:
    """Tell what a file sets from what only the session keeps, and from what only services of Windows use."""
    facts: dict[str, Any] = {
        "proxy": proxy.proxy,
        "server": proxy.server,
        "state": proxy.state,
        "places": proxy.places,
    }
    file = next((place for place in proxy.places if not place.startswith("$")), "")
    if proxy.state in WORKING:
        facts |= {"status": proxy.status, "file": file or None}
        if proxy.status != LOGIN_REQUIRED:
            yield critical("denies", proxy.proxy, **facts)
        elif not proxy.named:
            yield warning("login", proxy.proxy, **facts)
    elif not file:
        yield warning("session", proxy.proxy, **facts)
    elif set(proxy.places) == {proxies.WINHTTP}:
        yield warning("services", proxy.proxy, **facts)
    elif proxy.state == "unresolved":
        yield critical("unresolved", proxy.proxy, **facts, file=file)
    else:
        yield critical("dead", proxy.proxy, **facts, file=file)


CHECK = Check(
    probe=probe,
    judge=judge,
    limits=None,
    blocked_by=reach.NO_ADDRESS,
)
