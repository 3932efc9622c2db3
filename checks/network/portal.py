"""The network lets web pages through without asking for a login."""

from collections import Counter
from collections.abc import Iterator

from techkit import Check, Finding, Host, ProbeError, Reason, Record, critical
from techkit.readings.network import connectivity, proxies

LOGIN_REQUIRED = 511  # RFC 6585


class Limits(Record, frozen=True):
    """How many owners' pages must be replaced: one alone may have moved."""

    owners: int = 2


def probe(host: Host) -> tuple[connectivity.Page, ...]:
    """Ask for the pages that network.internet asks for too: each is asked once."""
    if not host.site()["pages"]:
        raise ProbeError(Reason.INAPPLICABLE, "no pages configured")
    return connectivity.pages(host, tuple(proxy.address for proxy in proxies.configured(host).proxies))


def judge(pages: tuple[connectivity.Page, ...], limits: Limits) -> Iterator[Finding]:
    """Find a portal that redirects or replaces pages; one genuine answer disproves it."""
    if any(page.expected for page in pages):
        return
    direct = [page for page in pages if page.state == "answered" and not page.proxy]
    led_away = [page for page in direct if 300 <= page.status < 400 and _elsewhere(page)]
    pairs = {(connectivity.host_of(page.location), connectivity.owner(page.url)) for page in led_away}
    targets = Counter(sorted(target for target, _ in pairs))
    replaced = [page for page in direct if page.status in {200, LOGIN_REQUIRED}]
    target, owners = targets.most_common(1)[0] if targets else ("", 0)
    if owners >= limits.owners:
        caught = [page for page in led_away if connectivity.host_of(page.location) == target]
        portal = caught[0].location.partition("?")[0]  # what follows names this machine
    elif len({connectivity.owner(page.url) for page in replaced}) >= limits.owners:
        caught, target = replaced, connectivity.host_of(replaced[0].url)
        portal = replaced[0].url
    else:
        return
    urls = tuple(page.url for page in caught)
    yield critical("login", target, portal=portal, page=urls[0], pages=urls, status=caught[0].status)


def _elsewhere(page: connectivity.Page) -> bool:
    """Whether a page redirects to somebody other than its owner."""
    return bool(connectivity.host_of(page.location)) and connectivity.owner(page.location) != connectivity.owner(
        page.url
    )


CHECK = Check(
    probe=probe,
    judge=judge,
    limits=Limits(),
    blocked_by=("network.internet.unreachable", "network.internet.partial"),
)
