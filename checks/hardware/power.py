"""Power: USB ports switched off for over-current, boards with under-voltage."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, Record, warning
from techkit.readings.hardware import power_events
from techkit.readings.hardware.power_events import Event
from techkit.readings.os import kernel_log


class Limits(Record, frozen=True):
    """How often it must have happened since boot; once may be a plug being inserted."""

    overcurrent: int = 3
    undervoltage: int = 1


def probe(host: Host) -> tuple[Event, ...]:
    """What the kernel has said of it since the start."""
    return power_events.parse(kernel_log.kernel_log(host))


def judge(events: tuple[Event, ...], limits: Limits) -> Iterator[Finding]:
    """One finding for a socket, one for the board."""
    for event in events:
        if event.kind == "overcurrent" and event.count >= limits.overcurrent:
            yield warning("overcurrent", event.place, place=event.place, count=event.count, message=event.message)
        elif event.kind == "undervoltage" and event.count >= limits.undervoltage:
            yield warning("undervoltage", event.place, count=event.count, message=event.message)


CHECK = Check(probe=probe, judge=judge, limits=Limits(), systems=("linux",))
