"""The internet can be reached: well-known pages, addresses and secure servers of several owners."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, ProbeError, Reason, Record, critical, warning
from techkit.readings.network import connectivity, proxies

SUBJECT = "internet"
HEARD = {"open", "answered", "broken"}
CLOSED = {"timeout", "refused", "unreachable"}
SECURE_PORT = 443


class Internet(Record, frozen=True):
    """What was asked and what each answered."""

    pages: tuple[connectivity.Page, ...] = ()
    doors: tuple[connectivity.Door, ...] = ()
    handshakes: tuple[connectivity.Handshake, ...] = ()


def probe(host: Host) -> Internet:
    """Ask all at once: pages directly and through the proxies, IP addresses, secure servers."""
    through = tuple(proxy.address for proxy in proxies.configured(host).proxies)
    parts = host.side_by_side(
        [
            lambda: connectivity.pages(host, through),
            lambda: connectivity.doors(host),
            lambda: connectivity.handshakes(host),
        ]
    )
    pages, doors, handshakes = (() if isinstance(part, ProbeError) else part for part in parts)
    if not pages and not doors:
        failed = next((part for part in parts[:2] if isinstance(part, ProbeError)), None)
        raise failed or ProbeError(Reason.INAPPLICABLE, "no pages and addresses configured")
    return Internet(pages, doors, handshakes)


def judge(seen: Internet, _: None) -> Iterator[Finding]:
    """One genuine page is enough; foreign pages are reported by network.portal."""
    answered = [page for page in seen.pages if page.state == "answered"]
    states = {one.state for group in (seen.pages, seen.doors, seen.handshakes) for one in group}
    answers = (
        *(f"{page.url}: {page.status or page.state}" for page in seen.pages),
        *(f"{door.address}:{door.port}: {door.state}" for door in seen.doors),
        *(f"{server.name}:{SECURE_PORT}: {server.state}" for server in seen.handshakes),
    )
    if any(page.expected for page in seen.pages):
        if _secure_is_closed(seen):
            yield critical("blocked", SUBJECT, port=SECURE_PORT, answers=answers)
    elif answered:
        if all(page.status >= 400 for page in answered):
            yield critical("failing", SUBJECT, status=answered[0].status, answers=answers)
    elif any(server.state == "answered" for server in seen.handshakes):
        yield warning("partial", SUBJECT, answers=answers)
    elif states & HEARD:
        yield critical("partial", SUBJECT, answers=answers)
    else:
        yield critical("unreachable", SUBJECT, answers=answers)


def _secure_is_closed(seen: Internet) -> bool:
    """Pages open, and nothing answers on the HTTPS port, neither by name nor by address."""
    states = [server.state for server in seen.handshakes]
    states += [door.state for door in seen.doors if door.port == SECURE_PORT]
    directly = any(page.expected and not page.proxy for page in seen.pages)
    return directly and bool(seen.handshakes) and len(states) > 1 and CLOSED.issuperset(states)


CHECK = Check(
    probe=probe,
    judge=judge,
    limits=None,
    core=True,
    blocked_by=(*connectivity.NO_ADDRESS, "network.gateway.none"),
)
