"""The camera: whether Windows lets programs use it."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, info, warning
from techkit.readings.hardware import privacy_consents
from techkit.readings.hardware.privacy_consents import Consent


def probe(host: Host) -> Consent:
    """The switches that apply to the person at this PC."""
    return privacy_consents.consent(host, "webcam")


def judge(seen: Consent, _: None) -> Iterator[Finding]:
    """One finding: the widest switch that denies; a denial by policy is intended."""
    match seen.denied_by:
        case "policy":
            yield info("policy", seen.devices[0], **seen.facts)
        case "everyone":
            yield warning("denied_everyone", seen.devices[0], **seen.facts)
        case "person":
            yield warning("denied", seen.devices[0], **seen.facts)
        case "desktop":
            yield warning("denied_desktop", seen.devices[0], **seen.facts)


CHECK = Check(probe=probe, judge=judge, limits=None, systems=("windows",), editions=("client",))
