"""How long a boot took, and what delayed it."""

from __future__ import annotations

import pytest
from hosts import MACHINE, given
from hypothesis import given as any_of
from hypothesis import strategies as st

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.os import boots
from techkit.readings.os.boots import Boot, Delay

MISSING = ProbeError(Reason.MISSING)
CHAIN = """The time when unit became active or started is printed after the "@" character.
The time the unit took to start is printed after the "+" character.

graphical.target @6.307s
└─multi-user.target @6.307s
  └─chrony.service @6.241s +65ms
    `-network.target @6.223s
      `-probe.service @218ms +1min 6.004s
        └─run-credentials-systemd\\x2dtmpfiles\\x2dsetup.service.mount @187ms
"""


def test_the_longest_chain_of_a_start() -> None:
    assert boots.parse_chain(CHAIN) == (Delay("chrony.service", 0.065), Delay("probe.service", 66.004))
    assert boots.seconds("1h 2min 3s") == 3723


def test_a_start_of_linux() -> None:
    marks = ("run", "systemctl", "show", f"--property={','.join(boots.MARKS)}")
    outside = {("stat", "/run/systemd/container"): MISSING}
    brief = "UserspaceTimestampMonotonic=3000000\nFinishTimestampMonotonic=7000000\n"
    assert boots.boot(given({**outside, marks: {"out": brief}})) == Boot(7.0, 4.0)
    long = "UserspaceTimestampMonotonic=3000000\nFinishTimestampMonotonic=80000000\n"
    host = given(
        {
            **outside,
            marks: {"out": long},
            ("run", "systemd-analyze", "critical-chain", "--no-pager"): {"out": CHAIN},
            (
                "run",
                "systemctl",
                "show",
                f"--property={','.join(boots.HOLDS)}",
                "--",
                "probe.service",
                "chrony.service",
            ): {"out": "Type=oneshot\nId=probe.service\n\nType=forking\nId=chrony.service\n"},
        }
    )
    assert boots.boot(host).delays == (
        Delay("probe.service", 66.004, "oneshot"),
        Delay("chrony.service", 0.065, "forking"),
    )
    with pytest.raises(ProbeError):
        boots.boot(given({marks: {"out": "FinishTimestampMonotonic=0\n"}}))


def test_what_held_a_start_up_and_has_ended_is_not_in_the_chain() -> None:
    """Recorded: a oneshot that is not kept active, and a job of a timer that ran beside the start."""
    show = ("run", "systemctl", "show", f"--property={','.join(boots.HOLDS)}", "--")
    host = given(
        {
            ("stat", "/run/systemd/container"): MISSING,
            ("run", "systemctl", "show", f"--property={','.join(boots.MARKS)}"): {
                "out": "UserspaceTimestampMonotonic=0\nFinishTimestampMonotonic=9200000\n"
            },
            ("run", "systemd-analyze", "critical-chain", "--no-pager"): {
                "out": "multi-user.target @9.213s\n└─chrony.service @1.060s +579ms\n"
            },
            ("run", "systemd-analyze", "blame", "--no-pager"): {
                "out": "8.1s man-db.service\n7.994s vpnwait.service\n 579ms chrony.service\n"
            },
            (*show, "man-db.service", "vpnwait.service", "chrony.service"): {
                "out": "Type=oneshot\nId=man-db.service\nBefore=shutdown.target\n"
                "InactiveEnterTimestampMonotonic=9000000\n\n"
                "Type=oneshot\nId=vpnwait.service\nBefore=multi-user.target shutdown.target\n"
                "InactiveEnterTimestampMonotonic=9100000\n\n"
                "Type=forking\nId=chrony.service\nBefore=multi-user.target\nInactiveEnterTimestampMonotonic=0\n"
            },
        }
    )
    assert boots.boot(host).delays == (
        Delay("vpnwait.service", 7.994, "oneshot"),
        Delay("chrony.service", 0.579, "forking"),
    )


def test_a_start_of_windows() -> None:
    events = [
        {"id": 101, "time": 1000, "data": {"Name": "agent.exe", "FriendlyName": "Agent", "TotalTime": "31000"}},
        {"id": 100, "time": 1000, "data": {"BootTime": "90000", "BootIsRebootAfterInstall": "false"}},
        {"id": 103, "time": 1, "data": {"Name": "old", "TotalTime": "99000"}},
    ]
    question = ("events", boots.PERFORMANCE, (boots.BOOT, *boots.DELAYS), boots.DAYS, ())
    host = given({("machine",): {**MACHINE, "system": "windows", "edition": "client"}, question: events})
    assert boots.boot(host) == Boot(90.0, delays=(Delay("Agent", 31.0, "program"),))


@any_of(st.text(max_size=200))
def test_no_text_breaks_the_parser(text: str) -> None:
    boots.parse_chain(text)
    boots.seconds(text)
