"""The virtual machines of this computer run, and their copies elsewhere are up to date."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, critical, info, warning
from techkit.readings.software import virtual_machines
from techkit.readings.software.virtual_machines import Machine


def probe(host: Host) -> tuple[Machine, ...]:
    """Ask Hyper-V or libvirt for those that are in trouble."""
    return virtual_machines.troubled(host)


def judge(seen: tuple[Machine, ...], _: None) -> Iterator[Finding]:
    """One finding for each machine."""
    for one in seen:
        facts: dict[str, Fact] = {"machine": one.name}
        if one.trouble == "frozen":
            yield critical("frozen", one.name, **facts, why=one.why or None)
        elif one.trouble == "copy":
            yield warning("copy_failing", one.name, **facts)
        else:
            yield info("broken", one.name, **facts)


CHECK = Check(probe=probe, judge=judge, limits=None)
