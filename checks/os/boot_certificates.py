"""The firmware knows the certificates by which systems are signed from 2026 on."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, info, warning
from techkit.readings.os import boot_certificates
from techkit.readings.os.boot_certificates import BootCertificates

SUBJECT = "Secure Boot"


def probe(host: Host) -> BootCertificates:
    """Ask Windows, or the firmware itself."""
    return boot_certificates.boot_certificates(host)


def judge(seen: BootCertificates, _: None) -> Iterator[Finding]:
    """Refused by the firmware: somebody must act; not there yet: the system itself will bring them."""
    facts: dict[str, Fact] = {"status": seen.status or None}
    if seen.known:
        return
    if seen.error:
        yield warning("refused", SUBJECT, **facts, error=f"0x{seen.error & 0xFFFFFFFF:08X}", event=seen.event or None)
    else:
        yield info("old", SUBJECT, **facts)


CHECK = Check(probe=probe, judge=judge, limits=None)
