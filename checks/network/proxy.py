"""Every proxy that is set accepts connections, and lets pages through."""

from collections.abc import Iterator
from typing import Any

from techkit import Check, Finding, Host, Unseen, critical, info, warning
from techkit.readings.network import connectivity, proxies, proxy_answers
from techkit.readings.network.proxy_answers import WORKING, Proxies, Proxy

LOGIN_REQUIRED = 407  # RFC 9110


def probe(host: Host) -> Proxies:
    """Connect to each proxy once, however many places set it."""
    return proxy_answers.look(host)


def judge(seen: Proxies, _: None) -> Iterator[Finding | Unseen]:
    """What could not be read, what does not work, and a script that cannot be fetched."""
    for place, reason in seen.unseen:
        yield Unseen(place, reason)
    for proxy in seen.proxies:
        if not proxy.works or proxy.status:
            yield from _broken(proxy)
    if seen.script and seen.alone:
        yield critical("script_needed", seen.script, script=seen.script, state=seen.script_state)
    elif seen.script and seen.script_state not in WORKING:
        yield info("script", seen.script, script=seen.script, state=seen.script_state)


def _broken(proxy: Proxy) -> Iterator[Finding]:
    """By origin: a file, only the session, or only the services of Windows."""
    facts: dict[str, Any] = {
        "proxy": proxy.proxy,
        "server": proxy.server,
        "state": proxy.state,
        "places": proxy.places,
    }
    file = next((place for place in proxy.places if not place.startswith("$")), "")
    if proxy.works:
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


CHECK = Check(probe=probe, judge=judge, limits=None, blocked_by=connectivity.NO_ADDRESS)
