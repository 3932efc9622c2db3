"""The services of the site file, each probed by its kind."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import ProbeError
from techkit.model import Reason, Record
from techkit.readings.disk import mapped_drives
from techkit.readings.network import connectivity

if TYPE_CHECKING:
    from techkit.host import Host

PORTS = {"http": 80, "https": 443, "tls": 443}
PRINTING = (9100, 631, 515)
"""Where printers listen: raw, IPP, LPD."""
TARGET = re.compile(r"(?:([a-z]+)://)?(?:\[([^\]]+)\]|([^:/\s]+))(?::(\d{1,5}))?(/.*)?", re.IGNORECASE)


class Service(Record, frozen=True):
    """One service of the site file, and the result of probing it."""

    service: str
    title: str
    kind: str
    target: str
    state: str = ""
    """open, answered, timeout, refused, unreachable, unresolved or broken"""
    status: int = 0
    """of a web page"""
    code: int = 0
    """OpenSSL's verification error; 0 if trusted or not checked"""
    issuer: str = ""
    unseen: Reason | None = None


def services(host: Host) -> tuple[Service, ...]:
    """Probe each service by its kind: a connection, a TLS handshake, a page; https is a handshake."""
    named = host.site()["services"]
    if not named:
        raise ProbeError(Reason.INAPPLICABLE, "no services configured")
    language = host.machine()["language"]
    asked = [_named(raw, language) for raw in named]
    answers = host.side_by_side(partial(_ask, host, service) for service in asked)
    return tuple(_seen(service, answer) for service, answer in zip(asked, answers, strict=True))


def _named(raw: dict[str, Any], language: str) -> Service:
    """The title in the machine's language, because a fact has one wording."""
    titles = raw.get("title") or {}
    return Service(raw["name"], titles.get(language) or titles.get("en") or raw["name"], raw["kind"], raw["target"])


def _ask(host: Host, service: Service) -> dict[str, Any]:
    if service.kind in {"share", "printer"}:
        return _knock(host, service)
    match = TARGET.fullmatch(service.target)
    scheme = ((match and match[1]) or service.kind).lower()
    if not match or not (match[4] or scheme in PORTS):
        raise ProbeError(Reason.UNREADABLE, service.target)
    name, port = match[2] or match[3], int(match[4] or PORTS[scheme])
    answer: dict[str, Any]
    if service.kind == "http" and scheme == "http":
        url = service.target if match[1] else f"http://{service.target}"
        answer = host.http(url, timeout=connectivity.PATIENCE)
    elif service.kind in {"http", "tls"}:
        answer = host.tls(name, port, timeout=connectivity.PATIENCE)
    else:
        answer = host.connect(name, port)
    return answer


def _knock(host: Host, service: Service) -> dict[str, Any]:
    """A share by the SMB port of its server; a printer by its first open port."""
    share = mapped_drives.parse_target(service.target) if service.kind == "share" else None
    match = TARGET.fullmatch(service.target)
    name = share[0] if share else match and not match[1] and (match[2] or match[3])
    if not name:
        raise ProbeError(Reason.UNREADABLE, service.target)
    own = int(match[4]) if match and match[4] else 0
    ports = (share[1],) if share else (own,) if own else PRINTING if service.kind == "printer" else (mapped_drives.SMB,)
    answer: dict[str, Any] = {}
    for port in ports:  # a silent host answers on no other port either
        answer = host.connect(name, port)
        if answer["state"] != "refused":
            break
    return answer


def _seen(service: Service, answer: dict[str, Any] | ProbeError) -> Service:
    told = (service.service, service.title, service.kind, service.target)
    if isinstance(answer, ProbeError):
        late = answer.reason is Reason.TIMEOUT
        return Service(*told, state="timeout") if late else Service(*told, unseen=answer.reason)
    issuer = answer.get("issuer") or ""
    return Service(*told, answer["state"], answer.get("status") or 0, answer.get("code") or 0, issuer)
