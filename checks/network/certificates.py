"""Secure connections are trusted: well-known servers of several owners show valid certificates."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, ProbeError, Reason, Severity
from techkit.readings.network import connectivity

# X509_V_ERR numbers of OpenSSL's x509_vfy.h
NOT_YET_VALID = {9}
EXPIRED = {10}
WRONG_NAME = {62, 64}
UNKNOWN_ISSUER = {2, 18, 19, 20, 21}


def probe(host: Host) -> tuple[connectivity.Handshake, ...]:
    """Shake hands with the servers that network.internet asks too: each is asked once."""
    if not host.site()["tls"]:
        raise ProbeError(Reason.INAPPLICABLE, "no secure servers configured")
    answered = tuple(server for server in connectivity.handshakes(host) if server.state == "answered")
    if not answered:
        raise ProbeError(Reason.TIMEOUT, ", ".join(host.site()["tls"]))
    return answered


def judge(seen: tuple[connectivity.Handshake, ...], _: None) -> Iterator[Finding]:
    """Servers of several owners do not fail alike by chance: then the fault is here or on the way."""
    failed = [server for server in seen if not server.verified]
    severity = Severity.CRITICAL if len(failed) == len(seen) > 1 else Severity.WARNING
    for codes in (NOT_YET_VALID, EXPIRED, WRONG_NAME, UNKNOWN_ISSUER):
        if group := [server for server in failed if server.code in codes]:
            yield _finding(group, severity)
    known = NOT_YET_VALID | EXPIRED | WRONG_NAME | UNKNOWN_ISSUER
    if group := [server for server in failed if server.code not in known]:
        yield _finding(group, severity)


def _finding(group: list[connectivity.Handshake], severity: Severity) -> Finding:
    first, names = group[0], tuple(server.name for server in group)
    subject = ", ".join(names)
    facts = {
        "names": names,
        "first": first.name,
        "issuer": first.issuer or None,
        "not_before": first.not_before,
        "not_after": first.not_after,
        "code": first.code,
    }
    if first.code in NOT_YET_VALID:
        return Finding("not_yet_valid", severity, subject, facts)
    if first.code in EXPIRED:
        return Finding("expired", severity, subject, facts)
    if first.code in WRONG_NAME:
        return Finding("wrong_name", severity, subject, facts)
    if first.code in UNKNOWN_ISSUER and not first.store:
        return Finding("store_empty", Severity.CRITICAL, subject, facts)
    if first.code in UNKNOWN_ISSUER and len(group) > 1 and len({server.issuer for server in group}) == 1:
        return Finding("intercepted", severity, subject, facts)
    return Finding("untrusted", severity, subject, facts)


CHECK = Check(
    probe=probe,
    judge=judge,
    limits=None,
    blocked_by=(
        *connectivity.NO_NAMES,
        "network.internet.unreachable",
        "network.internet.blocked",
    ),
)
