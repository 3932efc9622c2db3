"""The last start did not wait long for any one thing."""

import re
from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, ProbeError, Reason, Record, info, warning
from techkit.readings.os import boots, services
from techkit.readings.os.boots import Boot, Delay

WAITING = re.compile(
    r".*wait.*|plymouth.*|snapd.*|cloud-.*|systemd-(udev-settle|cryptsetup.*|fsck.*|firstboot|networkd.*|logind.*)"
    r"|dev-.*|.*\.(device|mount|swap|socket|automount)|fwupd.*|apt-daily.*|rc-local\.service|ldconfig.*"
    r"|dracut.*|initrd.*|user@.*|gdm.*|sddm.*|lightdm.*|getty@.*"
)
"""Units that wait by design, or run once after an update."""


class Limits(Record, frozen=True):
    """Seconds, and the share of the boot time, that one unit may take."""

    unit: float = 5
    share: float = 0.5
    large: float = 15
    """a daemon that reports when it is ready: a database, a container engine"""
    waiting: float = 30
    program: float = 30
    """Windows names each program, driver or service that holds up the start"""
    total: float = 180


def probe(host: Host) -> Boot:
    """Ask for the times of the last boot, and for its critical chain if it was slow."""
    if host.system == "linux" and not services.has_systemd(host):
        raise ProbeError(Reason.INAPPLICABLE, "nothing measures the start of this machine")
    return boots.boot(host)


def judge(seen: Boot, limits: Limits) -> Iterator[Finding]:
    """Name what delayed the boot; else the total time, as a note."""
    named = [delay for delay in seen.delays if _too_long(delay, seen, limits)]
    for delay in named:
        facts: dict[str, Fact] = {"seconds": delay.seconds, "total": seen.total, "kind": delay.kind}
        if delay.kind == "service":
            yield warning("delayed_service", delay.name, unit=delay.name, **facts)
        elif delay.kind in {"driver", "device"}:
            yield warning("delayed_driver", delay.name, unit=delay.name, **facts)
        else:
            yield warning("delayed", delay.name, unit=delay.name, **facts)
    if not named and seen.total > limits.total:
        yield info("slow", "-", total=seen.total)


def _too_long(delay: Delay, seen: Boot, limits: Limits) -> bool:
    if delay.kind in boots.DELAYS.values():
        return delay.seconds >= limits.program
    if WAITING.fullmatch(delay.name):
        return delay.seconds >= limits.waiting
    least = limits.large if delay.kind in {"notify", "dbus", "notify-reload"} else limits.unit
    return delay.seconds >= least and delay.seconds >= limits.share * seen.userspace


CHECK = Check(probe=probe, judge=judge, limits=Limits())
