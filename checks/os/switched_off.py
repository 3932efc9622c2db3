"""No service that this machine needs is forbidden to start."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, ProbeError, Reason, critical, warning
from techkit.readings import services, switched_off
from techkit.readings.switched_off import Off


def probe(host: Host) -> tuple[Off, ...]:
    """Look for masked units, and for what waits for them."""
    if host.system == "linux" and not services.has_systemd(host):
        raise ProbeError(Reason.INAPPLICABLE, "systemd does not run this machine")
    return switched_off.switched_off(host)


def judge(seen: tuple[Off, ...], _limits: None) -> Iterator[Finding]:
    """Masked, or taken out of the start: Linux; disabled: Windows."""
    for one in seen:
        facts = {"unit": one.unit, "why": one.why, "description": one.description or one.unit}
        if one.why == "system":
            yield critical("disabled", one.unit, **facts)
        elif one.allowed:
            yield warning("taken_out", one.unit, **facts)
        else:
            yield warning("masked", one.unit, **facts)


CHECK = Check(probe=probe, judge=judge, limits=None)
