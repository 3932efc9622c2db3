"""What the system itself does against malware is switched on."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, Record, info, warning
from techkit.readings.antivirus import protections
from techkit.readings.antivirus.protections import Guard


class Guards(Record, frozen=True):
    """What is off."""

    off: tuple[Guard, ...] = ()


def probe(host: Host) -> Guards:
    """Read the switches."""
    return Guards(protections.switched_off(host))


def judge(seen: Guards, _: None) -> Iterator[Finding]:
    """An alarm if every program may do everything, or no antivirus may start; the rest are notes."""
    for guard in seen.off:
        if guard.name == "uac":
            yield warning("uac_off", guard.name, where=guard.where, value=guard.value)
        elif guard.name == "uac_silent":
            yield info("uac_silent", guard.name, where=guard.where, value=guard.value)
        elif guard.name == "defender":
            yield warning("defender_forbidden", guard.name, where=guard.where, value=guard.value)
        elif guard.name == "smartscreen":
            yield info("smartscreen_off", guard.name, where=guard.where, value=guard.value)
        elif guard.name == "authorities":
            yield info("authorities_old", guard.name, where=guard.where, value=guard.value)
        elif guard.name == "tamper":
            yield info("tamper_off", guard.name, where=guard.where, value=guard.value)
        else:
            yield info("mandatory_off", guard.name, name=guard.name, where=guard.where, value=guard.value)


CHECK = Check(probe=probe, judge=judge, limits=None)
