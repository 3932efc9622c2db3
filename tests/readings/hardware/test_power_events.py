"""Trouble with electricity in the kernel's log."""

from __future__ import annotations

from techkit.readings.hardware.power_events import parse
from techkit.readings.os.kernel_log import Message


def test_events_are_counted_by_place() -> None:
    said = [
        "usb usb1-port3: over-current condition",
        "usb usb1-port3: over-current change #2",
        "hub 2-0:1.0: over-current condition on port 1",
        "hwmon hwmon1: Undervoltage detected!",
        "Under-voltage detected! (0x00050005)",
        "hwmon hwmon1: Voltage normalised",
        "usb 1-3: new high-speed USB device",
    ]
    assert [(one.kind, one.place, one.count) for one in parse(Message(text) for text in said)] == [
        ("overcurrent", "usb1 port 3", 2),
        ("overcurrent", "2-0:1.0 port 1", 1),
        ("undervoltage", "power supply", 2),
    ]
