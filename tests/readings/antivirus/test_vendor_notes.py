"""What makers of antiviruses note of themselves on Windows."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import bare

from techkit.readings.antivirus import vendor_notes
from techkit.readings.antivirus.vendor_notes import Note

MARCH_10 = 1_773_187_199.0
"""The end of 10 March 2026."""
KES = rf"{vendor_notes.KASPERSKY[0]}\KES.21.15"


def key(path: str, *keys: str, **values: Any) -> dict[tuple[Any, ...], Any]:
    return {("registry", path): {"values": values, "keys": list(keys)}}


def defs(vendor: str, text: str) -> dict[tuple[Any, ...], Any]:
    return {("read", vendor_notes.AVAST[vendor]): text}


@pytest.mark.parametrize(
    ("vendor", "answers", "note"),
    [
        (
            "kaspersky",
            key(vendor_notes.KASPERSKY[0], "KES.21.15") | key(rf"{KES}\Data", LastSuccessfulUpdate=1_789_000_000),
            Note(1_789_000_000),
        ),
        (
            "kaspersky",
            key(vendor_notes.KASPERSKY_AGENT[0], Protection_BasesDate="10-03-2026 04-30-00"),
            Note(1_773_117_000, "release"),
        ),
        ("kaspersky", key(vendor_notes.KASPERSKY_AGENT[0], Protection_BasesDate="31-02-2026 04-30-00"), None),
        ("drweb", key(vendor_notes.DRWEB, LastUpdate=0xFFFFFFFF), None),
        ("drweb", key(vendor_notes.DRWEB, LastUpdate=1_789_000_000), Note(1_789_000_000)),
        ("eset", key(vendor_notes.ESET, ScannerVersion="30245 (20260310)"), Note(MARCH_10, "release")),
        ("eset", key(vendor_notes.ESET, ScannerVersion=30245), None),
        (
            "symantec",
            key(rf"{vendor_notes.SYMANTEC[1]}\CurrentVersion\public-opstate", LatestVirusDefsDate="2026-03-10"),
            Note(MARCH_10, "release"),
        ),
        ("avast", defs("avast", "[Definitions]\nLatest=26031004\n"), Note(MARCH_10, "release")),
        ("avg", defs("avg", "\0".join("Latest=26031004")), Note(MARCH_10, "release")),
        ("avast", defs("avast", "Latest=99999999"), None),
        (
            "bitdefender",
            {
                ("stat", vendor_notes.BITDEFENDER): {"kind": "file"},
                ("run", vendor_notes.BITDEFENDER, "/c", "GetUpdateStatus", "antivirus"): {
                    "code": 0, "out": "lastAttemptedTime: 1789000100\nlastSucceededTime: 1789000000\n", "err": "",
                },
            },
            Note(1_789_000_000),
        ),
        ("bitdefender", {}, None),
        ("mcafee", key(rf"{vendor_notes.MCAFEE}\DS\DS", szContentCreationDate="2026-03-10"), Note(MARCH_10, "release")),
        ("mcafee", key(rf"{vendor_notes.MCAFEE}\DS\DS", szContentCreationDate="10.03.2026"), None),
        ("nobody", {}, None),
    ],
)  # fmt: skip
def test_a_date_says_what_it_is_the_date_of(vendor: str, answers: dict[Any, Any], note: Note | None) -> None:
    assert vendor_notes.noted(bare(answers), vendor) == note


@pytest.mark.parametrize(("value", "guard"), [(1, "on"), (0, "off"), ("x", "unknown"), (None, "unknown")])
def test_a_guard_that_the_registry_tells(value: Any, guard: str) -> None:
    scan = rf"{vendor_notes.SYMANTEC[0]}\AV\Storages\Filesystem\RealTimeScan"
    assert vendor_notes.guard(bare(key(scan, OnOff=value)), "symantec") == guard
    assert vendor_notes.guard(bare({}), "eset") == "unknown"


@pytest.mark.parametrize(
    ("vendor", "place", "name", "value", "guard"),
    [
        ("mcafee", rf"{vendor_notes.MCAFEE}\MCSHIELDGLOBAL\GLOBAL", "enableoas", 0, "off"),
        ("kaspersky", vendor_notes.KASPERSKY_AGENT[1], "Protection_RtpState", 5, "on"),
        ("kaspersky", vendor_notes.KASPERSKY_AGENT[0], "Protection_RtpState", 1, "off"),
        ("kaspersky", vendor_notes.KASPERSKY_AGENT[0], "Protection_RtpState", 3, "unknown"),
        ("sophos", vendor_notes.SOPHOS, "service", 1, "on"),
        ("sophos", vendor_notes.SOPHOS, "service", 3, "off"),
        ("sophos", vendor_notes.SOPHOS, "service", 2, "unknown"),
    ],
)
def test_other_guards_that_the_registry_tells(vendor: str, place: str, name: str, value: int, guard: str) -> None:
    assert vendor_notes.guard(bare(key(place, **{name: value})), vendor) == guard
