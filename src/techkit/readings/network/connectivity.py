"""Connectivity to well-known pages, addresses and TLS servers, probed in parallel."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from techkit.host import Answer, ProbeError
from techkit.model import Reason, Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from techkit.host import Host

About = TypeVar("About")

PATIENCE = 1.8
"""Seconds for each step of an exchange: resolve, connect, answer."""

NO_LINK = (
    "network.adapter.absent",
    "network.adapter.disabled",
    "network.adapter.disconnected",
    "network.adapter.no_cell",
    "network.adapter.unplugged",
)
"""Codes that make every question to the network meaningless."""
NO_ADDRESS = (*NO_LINK, "network.address.none", "network.address.automatic")
"""Codes that make every question beyond this machine's own adapter meaningless."""
NO_RESOLVER = (
    "network.resolver.empty",
    "network.resolver.folder",
    "network.resolver.mistyped",
    "network.resolver.unset",
)
"""Codes that leave no name server to ask."""
NO_NAMES = (
    *NO_RESOLVER,
    "network.resolver.bypassed",
    "network.dns.silent",
    "network.dns.refused",
    "network.dns.negative",
    "network.dns.failing",
)
"""Codes that make every question to a named host meaningless."""


class Page(Record, frozen=True):
    """What one well-known page answered; `expected`: with what its owner puts there."""

    url: str
    state: str
    """answered, timeout, refused, unreachable, unresolved or broken"""
    status: int = 0
    location: str = ""
    expected: bool = False
    proxy: str = ""
    """host:port it was asked through, nothing where it was asked directly"""


class Door(Record, frozen=True):
    """A public address and the state of a connection to it: open, refused, timeout or unreachable."""

    address: str
    port: int
    state: str


class Handshake(Record, frozen=True):
    """A TLS server; `code` is OpenSSL's verification error, `store` the number of authorities here."""

    name: str
    state: str
    """answered, timeout, refused, unreachable, unresolved or broken"""
    verified: bool = False
    code: int = 0
    issuer: str = ""
    not_before: float | None = None
    not_after: float | None = None
    store: int = 0


def pages(host: Host, proxies: tuple[str, ...] = ()) -> tuple[Page, ...]:
    """Every well-known page, asked directly and through each of the proxies (host:port)."""
    asked = [(page, proxy) for page in host.site()["pages"] for proxy in ("", *proxies)]
    questions = (((page, proxy), partial(host.http, page["url"], proxy, timeout=PATIENCE)) for page, proxy in asked)
    return tuple(_page(page, proxy, answer) for (page, proxy), answer in ask(host, questions))


def _page(page: dict[str, str], proxy: str, answer: Answer) -> Page:
    status, expect = answer.get("status") or 0, page.get("expect", "")
    as_known = status == 200 and str(answer.get("body") or "").startswith(expect) if expect else status == 204
    expected = answer["state"] == "answered" and as_known
    return Page(page["url"], answer["state"], status, answer.get("location") or "", expected, proxy)


def doors(host: Host) -> tuple[Door, ...]:
    """Every well-known address, which needs no name server."""
    return _doors(host, host.site()["addresses"])


def doors_six(host: Host) -> tuple[Door, ...]:
    """The same for IPv6."""
    return _doors(host, host.site().get("addresses_six") or ())


def _doors(host: Host, targets: Iterable[dict[str, Any]]) -> tuple[Door, ...]:
    questions = ((door, partial(host.connect, door["address"], door["port"], timeout=PATIENCE)) for door in targets)
    return tuple(Door(door["address"], door["port"], answer["state"]) for door, answer in ask(host, questions))


def handshakes(host: Host) -> tuple[Handshake, ...]:
    """Shake hands with every well-known secure server, judged by this machine's own authorities."""
    questions = ((name, partial(host.tls, name, timeout=PATIENCE)) for name in host.site()["tls"])
    return tuple(handshake(name, answer) for name, answer in ask(host, questions))


def handshake(name: str, answer: Answer) -> Handshake:
    """One answer of `Host.tls` as a record."""
    return Handshake(
        name=name,
        state=answer["state"],
        verified=bool(answer.get("verified")),
        code=answer.get("code") or 0,
        issuer=answer.get("issuer") or "",
        not_before=answer.get("not_before"),
        not_after=answer.get("not_after"),
        store=answer.get("store") or 0,
    )


def ask(host: Host, questions: Iterable[tuple[About, Callable[[], Answer]]]) -> list[tuple[About, Answer]]:
    """Ask in parallel: the subject of each question with its answer; a late one gets {state: timeout}.

    Questions that could not be asked are left out; raises if none could.
    """
    asked = list(questions)
    found: list[tuple[About, Answer]] = []
    errors: list[ProbeError] = []
    for (about, _), answer in zip(asked, host.side_by_side(question for _, question in asked), strict=True):
        if not isinstance(answer, ProbeError):
            found.append((about, answer))
        elif answer.reason is Reason.TIMEOUT:
            found.append((about, {"state": "timeout"}))
        else:
            errors.append(answer)
    if errors and not found:
        raise errors[0]
    return found


def host_of(url: str) -> str:
    """Take the host out of a URL, in small letters; nothing for a relative one."""
    match = re.match(r"[a-z][a-z0-9+.-]*://(?:[^/@?#]*@)?(\[[^\]]*\]|[^/:?#]*)", url, re.IGNORECASE)
    return match[1].strip("[]").rstrip(".").lower() if match else ""


def owner(url: str) -> str:
    """The owner of a page: the last two labels of its host, or its address."""
    name = host_of(url)
    return name if ":" in name or name.replace(".", "").isdigit() else ".".join(name.split(".")[-2:])
