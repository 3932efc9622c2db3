"""Devices that do not work: no driver, no firmware, refused by the system, or not recognised."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, Record, Severity, Unseen
from techkit.readings.hardware import devices
from techkit.readings.hardware.devices import Device, Devices


class Limits(Record, frozen=True):
    """`fresh` in seconds: a device that failed longer ago may have been pulled out."""

    fresh: float = 24 * 3600
    many: int = 10


NETWORK = {"network", "wifi", "net"}
"""Kinds without which a machine may have no network to fetch a driver from."""
MISSED = {"network", "wifi", "display", "audio", "net", "media", "camera", "image", "mouse", "keyboard", "diskdrive"}
"""Device classes, in lower case, that a person misses; Windows' class names are not translated."""


def probe(host: Host) -> Devices:
    """Every device in trouble."""
    return devices.devices(host)


def judge(seen: Devices, limits: Limits) -> Iterator[Finding | Unseen]:
    """A disabled device, or software that only poses as one, is a note."""
    if seen.unseen:
        yield Unseen("/dev/kmsg", seen.unseen)
    for one in seen.devices[: limits.many]:
        missed = one.kind.casefold() in MISSED or one.kind == "usb" or one.problem in {10, 43}
        severity = Severity.WARNING if missed and not one.virtual else Severity.INFO
        facts: dict[str, Fact] = {
            "device": one.name,
            "kind": one.kind or None,
            "place": one.place or None,
            "problem": one.problem,
            "driver": one.driver or None,
        }
        if one.trouble == "off":
            yield Finding("switched_off", Severity.INFO, one.name, facts)
        elif one.trouble == "restart":
            yield Finding("restart", severity, one.name, facts)
        elif one.trouble == "no_firmware":
            yield Finding("no_firmware", Severity.WARNING, one.place, facts | {"file": one.file})
        elif one.trouble in {"no_driver", "driver", "failed"}:
            yield _broken(one, severity, facts)
        elif one.age is not None and one.age <= limits.fresh:
            yield Finding("unrecognised", severity, one.name, facts | {"age": one.age})


def _broken(one: Device, severity: Severity, facts: dict[str, Fact]) -> Finding:
    """A network card has its own code: its remedy must not need the network; a built-in part cannot be unplugged."""
    said = facts | {"status": one.status or None}
    if one.inside and one.kind.casefold() in NETWORK:
        if one.trouble == "no_driver":
            return Finding("network_no_driver", severity, one.name, facts)
        return Finding("network_failed", severity, one.name, said)
    if one.trouble == "no_driver":
        return Finding("no_driver", severity, one.name, facts)
    if one.trouble == "driver":
        return Finding("driver", severity, one.name, said)
    if one.inside:
        return Finding("failed_inside", severity, one.name, said)
    return Finding("failed", severity, one.name, said)


CHECK = Check(probe=probe, judge=judge, limits=Limits())
