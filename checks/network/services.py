"""Every service that this company has named answers."""

from collections.abc import Iterator
from typing import Any

from techkit import Check, Finding, Host, Unseen, critical
from techkit.readings.network import connectivity, site_services
from techkit.readings.network.site_services import Service


def probe(host: Host) -> tuple[Service, ...]:
    """Ask for each in its own way."""
    return site_services.services(host)


def judge(services: tuple[Service, ...], _: None) -> Iterator[Finding | Unseen]:
    """A page that asks for a login counts as an answer, an error page does not."""
    for service in services:
        facts: dict[str, Any] = {
            "service": service.service,
            "title": service.title,
            "kind": service.kind,
            "target": service.target,
        }
        if service.unseen:
            yield Unseen(service.service, service.unseen)
        elif service.state == "refused":
            yield critical("refused", service.service, **facts)
        elif service.state == "unresolved":
            yield critical("unresolved", service.service, **facts)
        elif service.state not in {"open", "answered"}:
            yield critical("silent", service.service, **facts, state=service.state)
        elif service.code:
            yield critical("untrusted", service.service, **facts, code=service.code, issuer=service.issuer or None)
        elif service.status >= 500:
            yield critical("failing", service.service, **facts, status=service.status)


CHECK = Check(probe=probe, judge=judge, limits=None, blocked_by=connectivity.NO_ADDRESS)
