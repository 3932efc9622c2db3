"""No service that this machine needs is forbidden to start."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, ProbeError, Reason, Record, Severity, Unseen, critical, warning
from techkit.readings.os import disabled_services, services
from techkit.readings.os.disabled_services import Off
from techkit.readings.supplements import Supplements

SPARED = {"store"}
"""What many a company does without on purpose."""


class Seen(Record, frozen=True):
    """Units that are off, and the default target, where it leads nowhere."""

    off: tuple[Off, ...] = ()
    target: str = ""
    unseen: tuple[Unseen, ...] = ()


def probe(host: Host) -> Seen:
    """Look for masked units that something needs."""
    if host.system == "linux" and not services.has_systemd(host):
        raise ProbeError(Reason.INAPPLICABLE, "systemd does not run this machine")
    target = disabled_services.lost_target(host) if host.system == "linux" else ""
    more = Supplements(host)
    return Seen(disabled_services.switched_off(host, more), target, more.unseen)


def judge(seen: Seen, _limits: None) -> Iterator[Finding | Unseen]:
    """Masked, or taken out of the start: Linux; disabled: Windows."""
    if seen.target:
        yield critical(
            "no_target", seen.target, target=seen.target, link=f"{disabled_services.FOLDERS[0]}/default.target"
        )
    for one in seen.off:
        facts: dict[str, Fact] = {"unit": one.unit, "why": one.why, "description": one.description or one.unit}
        if one.on_call:
            severity = Severity.INFO if one.why in SPARED else Severity.WARNING
            yield Finding("on_call", severity, one.unit, facts)
        elif one.why == "system":
            yield critical("disabled", one.unit, **facts)
        elif one.allowed:
            yield warning("taken_out", one.unit, **facts)
        else:
            yield warning("masked", one.unit, **facts)
    yield from seen.unseen


CHECK = Check(probe=probe, judge=judge, limits=None)
