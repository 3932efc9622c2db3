"""An adapter is on and has a link."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, critical
from techkit.readings.network import interfaces


def probe(host: Host) -> tuple[interfaces.Adapter, ...]:
    """Ask for every adapter that could lead to the network."""
    return interfaces.adapters(host)


def judge(adapters: tuple[interfaces.Adapter, ...], _: None) -> Iterator[Finding]:
    """Alarm only where no adapter is usable: a second card without a cable is normal."""
    if any(adapter.usable for adapter in adapters):
        return
    if not adapters:
        yield critical("absent", "-")
        return
    waiting = [adapter for adapter in adapters if adapter.enabled]
    blamed = sorted(waiting or adapters, key=lambda adapter: (adapter.wireless, adapter.index))
    first, others = blamed[0], tuple(adapter.name for adapter in blamed[1:])
    if not waiting:
        yield critical("disabled", first.name, interface=first.name, others=others, wireless=first.wireless)
    elif first.mobile:
        yield critical("no_cell", first.name, interface=first.name, others=others)
    elif first.wireless:
        yield critical("disconnected", first.name, interface=first.name, others=others)
    else:
        yield critical("unplugged", first.name, interface=first.name, others=others)


CHECK = Check(probe=probe, judge=judge, limits=None, core=True)
