"""Every proxy that is set accepts connections."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from techkit import Check, Finding, Host, Reason, Record, Unseen, critical, info, warning
from techkit.readings import proxies, reach

WORKING = {"open", "answered"}


class Proxy(Record, frozen=True):
    """One proxy, the places that set it, and what a connection to it came to."""

    proxy: str
    server: str
    places: tuple[str, ...]
    state: str
    """open, refused, timeout, unreachable, unresolved or broken"""


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
    found = tuple(
        Proxy(proxy.address, proxy.host, proxy.places, answer["state"]) for proxy, answer in reach.ask(host, asked)
    )
    script = settings.script if settings.script.lower().startswith("http://") else ""
    fetched = reach.ask(host, [(script, partial(host.http, script, timeout=reach.PATIENCE))] if script else [])
    return Proxies(found, script, fetched[0][1]["state"] if fetched else "", settings.unseen)


def judge(seen: Proxies, _: None) -> Iterator[Finding | Unseen]:
    """Tell what a file sets from what only the session still keeps: the cure of that is to log in again."""
    for place, reason in seen.unseen:
        yield Unseen(place, reason)
    for proxy in seen.proxies:
        if proxy.state in WORKING:
            continue
        facts: dict[str, Any] = {
            "proxy": proxy.proxy,
            "server": proxy.server,
            "state": proxy.state,
            "places": proxy.places,
        }
        file = next((place for place in proxy.places if not place.startswith("$")), "")
        if not file:
            yield warning("session", proxy.proxy, **facts)
        elif proxy.state == "unresolved":
            yield critical("unresolved", proxy.proxy, **facts, file=file)
        else:
            yield critical("dead", proxy.proxy, **facts, file=file)
    if seen.script and seen.script_state not in WORKING:
        yield info("script", seen.script, script=seen.script, state=seen.script_state)


CHECK = Check(
    probe=probe,
    judge=judge,
    limits=None,
    blocked_by=(
        "network.adapter.absent",
        "network.adapter.disabled",
        "network.adapter.unplugged",
        "network.adapter.disconnected",
        "network.address.none",
        "network.address.automatic",
    ),
)
