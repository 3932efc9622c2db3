"""Tokens for electronic signatures: whether the service that programs reach them by is there and runs."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, Severity
from techkit.readings.hardware import security_tokens
from techkit.readings.hardware.security_tokens import Tokens


def probe(host: Host) -> Tokens:
    """What is plugged in, and the service."""
    return security_tokens.tokens(host)


def judge(seen: Tokens, _: None) -> Iterator[Finding]:
    """A card reader that came with the machine may never have been used: then it is a note."""
    name = (*seen.tokens, *seen.readers)[0]
    severity = Severity.WARNING if seen.tokens else Severity.INFO
    facts: dict[str, Fact] = {"token": name, "unit": seen.unit}
    if seen.state == "absent":
        yield Finding("no_service", severity, name, facts)
    elif seen.state == "disabled":
        yield Finding("service_disabled", severity, name, facts)
    elif seen.state == "stopped":
        yield Finding("service_stopped", severity, name, facts)


CHECK = Check(probe=probe, judge=judge, limits=None)
